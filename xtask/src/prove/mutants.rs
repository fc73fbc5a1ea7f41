//! Mutants of the rules: each a small change that some test must notice, made by cargo-mutants, in shards.
//!
//! Only the modules of `shared` that decide, and only the unit tests and small properties of `shared`. A mutant that survives is listed with its reason
//! from `shared/surviving-mutants.txt`: a line `MUTANT  # REASON`, where a mutant is named without its line and column.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Deadline;
use super::kept::Kept;
use crate::{process, root};

/// How it is called.
const NAME: &str = "mutants";

/// What it depends on.
const PATHS: [&str; 2] = ["shared/src", "shared/Cargo.toml"];

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
    Kept::of(NAME, &PATHS)
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
        install()?;
        println!("  mutants, shard {shard} of {SHARDS}");
        kept.add_batch(run_shard(shard)?)?;
    }
    Ok(())
}

/// Everything that the shards so far have found.
pub(super) fn outcome(kept: &Kept) -> Result<Outcome> {
    let reasons = std::fs::read_to_string(root().join(REASONS)).unwrap_or_default();
    let reasons = reasons_of(&reasons);
    let mut all = Outcome::default();
    for batch in kept.batches()? {
        let count = |name: &str| batch[name].as_u64().unwrap_or_default();
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

/// Runs a shard, and counts what came of its mutants.
fn run_shard(shard: usize) -> Result<Value> {
    let under_way = root().join("target/prove/mutants");
    if under_way.exists() {
        std::fs::remove_dir_all(&under_way)?;
    }
    std::fs::create_dir_all(&under_way)?;
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--package", "goodword-shared", "--no-shuffle"])
        .args(["--shard", &format!("{shard}/{SHARDS}")])
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
        "shard": shard,
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
