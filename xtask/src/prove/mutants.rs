//! Mutants of the rules: each a small change that some test must notice, made by cargo-mutants, in shards.
//!
//! Only the modules of `shared` that decide, and only the unit tests and small properties of `shared`. Outcomes are kept by the code without
//! its tests: where tests were added, the mutants that had survived are tried again, and no other. One that survives is listed with
//! its reason from `shared/surviving-mutants.txt`: a line `MUTANT  # REASON`, where a mutant is named without its line and column.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Deadline;
use super::code::Code;
use super::kept::Kept;
use crate::{process, root};

/// How it is called.
const NAME: &str = "mutants";

/// Shards, of some minutes each and never more than thirty.
pub(super) const SHARDS: usize = 12;

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

/// All shards that are done, taken together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) shards: usize,
    pub(super) caught: u64,
    pub(super) timed_out: u64,
    /// They do not compile, and so need no test.
    pub(super) unviable: u64,
    /// Each with its reason, if there is one.
    pub(super) survivors: Vec<(String, Option<String>)>,
}

impl Outcome {
    /// Mutants that some test had to notice.
    pub(super) fn viable(&self) -> u64 {
        self.killed() + self.survivors.len() as u64
    }

    /// Of these, those that were noticed.
    pub(super) fn killed(&self) -> u64 {
        self.caught + self.timed_out
    }
}

/// What is kept of it.
pub(super) fn kept() -> Result<Kept> {
    Kept::of_digest(NAME, Code::of_rules()?.digest)
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
        let mut done = run(&which)?;
        done["shard"] = json!(shard);
        kept.add_batch(done)?;
    }
    if deadline.is_ahead() {
        again(kept)?;
    }
    Ok(())
}

/// Tries once more what has survived without a reason, where there are tests that it has not met.
fn again(kept: &Kept) -> Result<()> {
    let found = outcome(kept)?;
    let silent = found.survivors.iter().filter(|(_, why)| why.is_none());
    let names: Vec<String> = silent.map(|(name, _)| exactly(name)).collect();
    let batches = kept.batches()?;
    let met = batches.iter().filter_map(|one| one["tests"].as_u64()).max();
    if names.is_empty() || met >= Some(Code::of_rules()?.tests) {
        return Ok(());
    }
    println!("  mutants that had survived: {}", names.len());
    let mut done = run(&["--re".to_owned(), format!("^({})$", names.join("|"))])?;
    done["again"] = json!(true);
    kept.add_batch(done)
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

/// Everything that the shards so far have found.
pub(super) fn outcome(kept: &Kept) -> Result<Outcome> {
    let reasons = std::fs::read_to_string(root().join(REASONS)).unwrap_or_default();
    let reasons = reasons_of(&reasons);
    let mut all = Outcome::default();
    for batch in kept.batches()? {
        let count = |name: &str| batch[name].as_u64().unwrap_or_default();
        if batch["again"] == true {
            // Whatever of them is not missed any more was killed.
            let missed = batch["missed"].as_array().cloned().unwrap_or_default();
            let before = all.survivors.len();
            all.survivors
                .retain(|(name, why)| why.is_some() || missed.contains(&json!(name)));
            all.caught += (before - all.survivors.len()) as u64;
            continue;
        }
        all.shards += 1;
        all.caught += count("caught");
        all.timed_out += count("timed_out");
        all.unviable += count("unviable");
        for mutant in batch["missed"].as_array().into_iter().flatten() {
            let mutant = mutant.as_str().unwrap_or_default().to_owned();
            let reason = reasons.get(&without_place(&mutant)).cloned();
            all.survivors.push((mutant, reason));
        }
    }
    Ok(all)
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

/// Runs some mutants, and counts what came of them.
fn run(which: &[String]) -> Result<Value> {
    install()?;
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
    Ok(json!({
        "tests": Code::of_rules()?.tests,
        "caught": lines("caught.txt")?.len(),
        "timed_out": lines("timeout.txt")?.len(),
        "unviable": lines("unviable.txt")?.len(),
        "missed": lines("missed.txt")?,
    }))
}

fn reasons_of(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once("  # "))
        .map(|(mutant, reason)| (mutant.trim().to_owned(), reason.trim().to_owned()))
        .collect()
}

/// `shared/src/money.rs:12:5: replace ...` without line and column, which move with every change.
fn without_place(mutant: &str) -> String {
    let mut parts = mutant.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(change)) => format!("{file}:{change}"),
        _ => mutant.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{reasons_of, without_place};

    #[test]
    fn a_mutant_is_named_without_its_place() {
        let mutant = "shared/src/money.rs:12:5: replace Money::plus -> Result<Self> with Ok(0: u8)";
        let named = "shared/src/money.rs: replace Money::plus -> Result<Self> with Ok(0: u8)";
        assert_eq!(without_place(mutant), named);
        let reasons = reasons_of(&format!("# a comment\n{named}  # the same either way\n"));
        assert_eq!(reasons[named], "the same either way");
        assert_eq!(reasons.len(), 1);
    }
}
