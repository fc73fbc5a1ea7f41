//! What each command takes, in words: for `help`, for `--help`, and after a mistake.

use std::io::Write;

use crate::Command;

/// What each flag means. It means the same wherever it is taken.
const FLAGS: &[(&str, &str)] = &[
    (
        "--release",
        "as it is deployed: small, without development features",
    ),
    ("--fresh", "begin with an empty ledger and new keys"),
    ("--edge-port", "where the edge listens (8787)"),
    ("--store-port", "where the demo store listens (8080)"),
    (
        "--edge",
        "address of a running edge (http://localhost:8787)",
    ),
    ("--store", "address of the shop"),
    (
        "--full",
        "the long run: the contract's fuzzer for minutes, and the hostile pages in Firefox too",
    ),
    ("--seeds", "how many histories"),
    ("--start", "the first seed"),
    ("--seconds", "how long each parser is fuzzed"),
    ("--target", "one parser, by its name"),
    (
        "--keep",
        "add an input to the corpus for each outcome that it did not reach",
    ),
    ("--replay", "the file of a crash, to see it again"),
    ("--steps", "how long each history is"),
    ("--scope", "length of the sequences that are all tried"),
    ("--kills", "how often the runtime is killed"),
    ("--seed", "the seed of what happens when, to see it again"),
    ("--minutes", "how long this batch may take"),
    ("--quick", "fewer rounds, for a first impression"),
    ("--program", "the program's id: a-z, 0-9 and dashes"),
    ("--out", "the file to write"),
    ("--head", "hash of the last line, as the export printed it"),
    (
        "--key",
        "public key of the checkpoints, as the export printed it; without it the head alone is proof",
    ),
    ("--dry-run", "show every step, deploy nothing"),
    ("--name", "the Worker's name (goodword)"),
    (
        "--currency",
        "the program's currency, an ISO 4217 code (EUR)",
    ),
    (
        "--domain",
        "a host of yours at Cloudflare, or a path of one (shop.example/refer), instead of workers.dev",
    ),
];

/// Whether somebody asks for help instead of giving an order.
pub(crate) fn is_wanted(word: &str) -> bool {
    matches!(word, "--help" | "-h")
}

/// Every command with its summary.
pub(crate) fn all(commands: &[Command]) -> String {
    let mut lines = vec!["cargo xtask <command>".to_owned(), String::new()];
    for command in commands {
        lines.push(format!("  {:<12}  {}", command.name, command.summary));
        if !command.usage.is_empty() {
            lines.push(format!("                {}", command.usage));
        }
    }
    lines.push(String::new());
    lines.push("`cargo xtask help <command>` says what its flags mean.\n".to_owned());
    lines.join("\n")
}

/// One command with its flags.
pub(crate) fn one(command: &Command) -> String {
    let line = format!("cargo xtask {} {}", command.name, command.usage);
    let mut lines = vec![line.trim_end().to_owned(), String::new()];
    lines.push(format!("  {}\n", command.summary));
    for flag in flags(command.usage) {
        let meaning = meaning(flag).unwrap_or_default();
        lines.push(format!("  {flag:<14}{meaning}"));
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// Prints a text. Whoever reads it may have seen enough before its end: that is no mistake.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn meaning(flag: &str) -> Option<&'static str> {
    let found = FLAGS.iter().find(|(name, _)| *name == flag);
    found.map(|(_, meaning)| *meaning)
}

/// The flags of a line such as `[--fresh] FILE --head HASH`.
fn flags(usage: &str) -> impl Iterator<Item = &str> {
    usage
        .split([' ', '[', ']'])
        .filter(|word| word.starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::{all, flags, meaning, one};
    use crate::COMMANDS;

    #[test]
    fn every_flag_of_every_command_is_explained() {
        for command in COMMANDS {
            let text = one(command);
            assert!(text.contains(command.summary), "{text}");
            for flag in flags(command.usage) {
                assert!(meaning(flag).is_some(), "{} {flag}", command.name);
            }
        }
    }

    #[test]
    fn the_list_names_every_command() {
        let text = all(COMMANDS);
        for command in COMMANDS {
            assert!(text.contains(&format!("\n  {} ", command.name)), "{text}");
        }
    }
}
