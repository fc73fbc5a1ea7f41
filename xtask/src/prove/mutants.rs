//! Mutants of the rules: each a small change that some test must notice, made by cargo-mutants, in shards.
//!
//! Only the modules of `shared` that decide, and only the unit tests and small properties of `shared`. Outcomes are kept by the code without
//! its tests: where tests were added, the mutants that had survived without a reason are tried again, and no other. One that survives
//! is listed with its reason from `shared/surviving-mutants.txt`: a line `MUTANT  # REASON`, where a mutant is named without its line and column.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Deadline;
use super::code::Code;
use super::kept::Kept;
use super::outcome::Outcome;
use crate::{process, root};

/// How it is called.
const NAME: &str = "mutants";

/// Shards, of some minutes each and never more than thirty.
pub(super) const SHARDS: usize = 12;

/// How many that have survived are tried at once.
const AT_ONCE: usize = 20;

/// Of a hundred mutants, how many must be killed.
pub(super) const KILLED_MIN: u64 = 90;

/// Longest time for the tests on one mutant, in seconds: a mutant that loops is killed by it.
const TEST_SECONDS: &str = "60";

/// Modules that decide.
const RULES: [&str; 11] = [
    "shared/src/attribution*",
    "shared/src/attribution/**",
    "shared/src/cart.rs",
    "shared/src/decide/**",
    "shared/src/event.rs",
    "shared/src/journal.rs",
    "shared/src/money.rs",
    "shared/src/order.rs",
    "shared/src/program/**",
    "shared/src/reward*",
    "shared/src/risk/**",
];

/// Tests that ask nothing of a rule: readers and writers of outside bytes, whose thousands of inputs would take longer than
/// everything else together.
const SKIPPED: [&str; 6] = [
    "audit::",
    "code::",
    "json::",
    "lowercase::",
    "sorted::",
    "token::",
];

/// Cases of a property: fewer than usual, so that what kills a mutant is a rule's own test or a property that any input breaks.
const CASES: &str = "64";

const REASONS: &str = "shared/surviving-mutants.txt";

/// What is kept of it: nothing where there are fewer tests than an outcome has met. That one was made weaker is not seen.
pub(super) fn kept() -> Result<Kept> {
    let Code { digest, tests } = Code::of_rules()?;
    let kept = Kept::of_digest(NAME, digest)?;
    let batches = kept.batches()?;
    let mut met = batches.iter().filter_map(|one| one["tests"].as_u64());
    if met.any(|met| met > tests) {
        bail!(
            "there are fewer tests of the rules than there were: remove {NAME}.json, and begin anew"
        );
    }
    Ok(kept)
}

/// Goes on with the shards that are missing, until there is no more time.
pub(super) fn go_on(deadline: Deadline) -> Result<()> {
    let kept = &kept()?;
    let done: Vec<Value> = kept
        .batches()?
        .iter()
        .map(|one| one["shard"].clone())
        .collect();
    for shard in (0..SHARDS).filter(|shard| !done.contains(&json!(shard))) {
        if !deadline.is_ahead() {
            return Ok(());
        }
        println!("  mutants, shard {shard} of {SHARDS}");
        let which = ["--shard".to_owned(), format!("{shard}/{SHARDS}")];
        let mut done = run(&which)?.figures;
        done["shard"] = json!(shard);
        kept.add_batch(done)?;
    }
    again(kept, deadline)
}

/// Tries once more what has survived without a reason, where there are tests that it has not met.
fn again(kept: &Kept, deadline: Deadline) -> Result<()> {
    let batches = kept.batches()?;
    let tests = Code::of_rules()?.tests;
    let has_met_all = |name: &String| {
        let mut tried = batches.iter().filter(|one| one["tests"] == json!(tests));
        tried.any(|one| has(&one["missed"], name))
    };
    let names = outcome(&batches).unexplained();
    let names: Vec<String> = names.into_iter().filter(|one| !has_met_all(one)).collect();
    for tried in names.chunks(AT_ONCE) {
        if !deadline.is_ahead() {
            return Ok(());
        }
        println!("  mutants that had survived: {}", tried.len());
        let patterns: Vec<String> = tried.iter().map(|name| exactly(name)).collect();
        let Ran { figures, killed } =
            run(&["--re".to_owned(), format!("^({})$", patterns.join("|"))])?;
        // Beside those that were named, cargo-mutants deletes fields of every struct: what it says of these is not asked.
        let left = tried.iter().filter(|name| !killed.contains(name));
        let left: Vec<&String> = left.collect();
        if !left.iter().all(|name| has(&figures["missed"], name)) {
            bail!("the lines of the rules have moved: remove {NAME}.json, and begin anew");
        }
        kept.add_batch(json!({ "tests": figures["tests"], "tried": tried, "missed": left }))?;
    }
    Ok(())
}

fn has(list: &Value, name: &str) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|one| one == name))
}

/// A pattern of this text alone.
fn exactly(text: &str) -> String {
    let mut pattern = String::new();
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Everything that was found in these batches.
pub(super) fn outcome(batches: &[Value]) -> Outcome {
    let reasons = std::fs::read_to_string(root().join(REASONS)).unwrap_or_default();
    Outcome::of(batches, &reasons)
}

fn install() -> Result<()> {
    let mut version = Command::new("cargo");
    version.args(["mutants", "--version"]).current_dir(root());
    if process::output(&mut version, &crate::steps::Note::default())?
        .status
        .success()
    {
        return Ok(());
    }
    let mut install = Command::new("cargo");
    install.args(["install", "--locked", "cargo-mutants"]);
    process::run("cargo-mutants, compiled", &mut install)?;
    Ok(())
}

/// What came of some mutants.
struct Ran {
    figures: Value,
    /// Those that were noticed.
    killed: Vec<String>,
}

/// Runs some mutants, and counts what came of them.
fn run(which: &[String]) -> Result<Ran> {
    install()?;
    let tests = Code::of_rules()?.tests;
    let under_way = root().join("target/prove/mutants");
    if under_way.exists() {
        std::fs::remove_dir_all(&under_way)?;
    }
    std::fs::create_dir_all(&under_way)?;
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--package", "goodword-shared", "--no-shuffle"])
        .args(which)
        .args(["--profile", "mutants", "--timeout", TEST_SECONDS])
        // Of each mutant a half is compiled and a half is tried, on one processor: two go side by side.
        .args(["--jobs", "2"])
        .arg("--output")
        .arg(&under_way)
        .env("PROPTEST_CASES", CASES)
        .current_dir(root());
    for rule in RULES {
        command.args(["--file", rule]);
    }
    command.args(["--", "--lib", "--"]);
    for skipped in SKIPPED {
        command.args(["--skip", skipped]);
    }
    let status = process::foreground(&mut command)?;
    // 2 says that mutants survived, 3 that some took too long: both are outcomes.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        bail!("cargo-mutants: {status}");
    }
    let lines = |name: &str| -> Result<Vec<String>> {
        let path = under_way.join("mutants.out").join(name);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let (mut killed, late) = (lines("caught.txt")?, lines("timeout.txt")?);
    let figures = json!({
        "tests": tests,
        "caught": killed.len(),
        "timed_out": late.len(),
        "unviable": lines("unviable.txt")?.len(),
        "missed": lines("missed.txt")?,
    });
    killed.extend(late);
    Ok(Ran { figures, killed })
}

#[cfg(test)]
mod tests {
    use super::exactly;

    #[test]
    fn a_pattern_is_of_one_mutant_alone() {
        let named = "a.rs:1:2: replace + with * in A::b -> Result<(), C>";
        let pattern = r"a\.rs:1:2: replace \+ with \* in A::b -> Result<\(\), C>";
        assert_eq!(exactly(named), pattern);
    }
}
