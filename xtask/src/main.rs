//! The developer commands: `cargo xtask <command>`.
//!
//! One file a command, so that what a command does can be read from top to bottom. Everything that a command needs and
//! this machine lacks is set up on the way, and nothing that a command starts outlives it.

mod args;
mod audit;
mod bench;
mod build;
mod deploy;
mod dev;
mod fuzz;
mod help;
mod http;
mod idle;
mod lists;
mod network;
mod ports;
mod process;
mod prove;
mod python;
mod risk_report;
mod seed;
mod setup;
mod simulate;
mod size;
mod steps;
mod storm;
mod test;
mod tidy;
mod vars;
mod wait;
mod wrangler;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::{Result, bail};

use crate::args::Arguments;

struct Command {
    name: &'static str,
    usage: &'static str,
    summary: &'static str,
    run: fn(Arguments) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        usage: "",
        summary: "install what is missing: wasm target, npm packages, browser",
        run: setup::run,
    },
    Command {
        name: "build",
        usage: "[--release]",
        summary: "build the Worker into build/ and the widget into dist/",
        run: build::run,
    },
    Command {
        name: "dev",
        usage: "[--fresh] [--edge-port N] [--store-port N]",
        summary: "run the edge and the demo store on this machine",
        run: dev::run,
    },
    Command {
        name: "seed",
        usage: "[--edge URL] [--store URL]",
        summary: "make the demo program through the API",
        run: seed::run,
    },
    Command {
        name: "test",
        usage: "[--full] [FILTER | commands | contract | oracles | firefox]",
        summary: "run every check and every test, or the tests whose name has FILTER, or those of these commands, or the contract's fuzzer, or the pages in Firefox",
        run: test::run,
    },
    Command {
        name: "simulate",
        usage: "[--seeds N] [--start S] [--steps K] [--scope D]",
        summary: "run the ledger under chaos, and check its books after every step",
        run: simulate::run,
    },
    Command {
        name: "storm",
        usage: "[--kills N] [--seed S]",
        summary: "orders, refunds and claims while the runtime is killed again and again",
        run: storm::run,
    },
    Command {
        name: "fuzz",
        usage: "[--seconds N] [--start S] [--target NAME] [--keep] [--replay FILE]",
        summary: "every parser of outside bytes under a coverage-guided fuzzer",
        run: fuzz::run,
    },
    Command {
        name: "prove",
        usage: "[--minutes N] [simulate | storm | fuzz | mutants | report]",
        summary: "the long proofs of this commit, in batches that are gone on with",
        run: prove::run,
    },
    Command {
        name: "risk-report",
        usage: "[--start S] [--seeds N]",
        summary: "precision and recall of the risk rules on generated referrals, per class",
        run: risk_report::run,
    },
    Command {
        name: "lists",
        usage: "",
        summary: "make the lists of disposable mail domains and crawlers anew, from their packages",
        run: lists::run,
    },
    Command {
        name: "tidy",
        usage: "",
        summary: "check the rules that no compiler knows",
        run: tidy::run,
    },
    Command {
        name: "size",
        usage: "",
        summary: "print the bytes that are sent, beside budgets and rivals",
        run: size::run,
    },
    Command {
        name: "bench",
        usage: "[--quick] [redirect|kv|orders|referrals|start|pages|bytes]",
        summary: "measure speed beside floors, and fail when a budget is missed",
        run: bench::run,
    },
    Command {
        name: "export-audit",
        usage: "[--edge URL] [--program ID] [--out FILE]",
        summary: "write the activity log into a file, with GOODWORD_API_KEY",
        run: audit::export,
    },
    Command {
        name: "verify-audit",
        usage: "FILE --head HASH [--key PUBLIC]",
        summary: "check that nothing in an exported log was changed, left out or cut off",
        run: audit::verify,
    },
    Command {
        name: "deploy",
        usage: "[--dry-run] [--name N] [--program ID] [--store URL] [--currency EUR] [--domain HOST]",
        summary: "put Goodword into a Cloudflare account",
        run: deploy::run,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let mut name = words.next().unwrap_or_default();
    let mut rest: Vec<String> = words.collect();
    let mut asked = rest.iter().any(|word| help::is_wanted(word));
    if name == "help" && !rest.is_empty() {
        (name, asked) = (rest.remove(0), true);
    }
    if matches!(name.as_str(), "" | "help") || help::is_wanted(&name) {
        help::print(&help::all(COMMANDS));
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        help::print(&help::all(COMMANDS));
        eprintln!("error: there is no command `{name}`");
        return ExitCode::from(2);
    };
    if asked {
        help::print(&help::one(command));
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::new(rest.into_iter());
    match process::stop_on_signal().and_then(|()| (command.run)(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::yield_to_signal();
            process::end_all();
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that holds `Cargo.toml` and `wrangler.toml`. Cargo names it when it runs this program; the path from the
/// time of compiling would lead astray where several checkouts share one target folder.
fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package =
            std::env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").to_owned());
        Path::new(&package)
            .parent()
            .unwrap_or(Path::new("."))
            .to_owned()
    });
    &ROOT
}

/// A path below the root, which must be there: `what` says in the error how to get it.
fn existing(path: &str, what: &str) -> Result<PathBuf> {
    let full = root().join(path);
    if !full.exists() {
        bail!("{path} is missing: {what}");
    }
    Ok(full)
}
