//! What has been proved so far, as a table that can be pasted into BENCHMARKS.md.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::mutants::{self, KILLED_MIN, SHARDS};
use super::{fuzz, simulate, storm};

/// Prints it. An error when too few mutants were killed, or one survives without a reason; with `all`, also when something is missing.
pub(super) fn print(commit: &str, all: bool) -> Result<()> {
    let found = mutants::outcome(&mutants::kept()?)?;
    let mut text = format!(
        "`cargo xtask prove` of commit {commit}.\n\n| proof | done | wanted |\n|---|---|---|\n"
    );
    let simulated = simulate::kept()?;
    let sum = |figure| simulated.sum(figure);
    let fuzzed = fuzz::seconds(&fuzz::kept()?)?;
    let long_enough = fuzzed.values().filter(|seconds| **seconds >= fuzz::SECONDS);
    let rows = [
        (
            "histories simulated without a violation",
            sum("seeds")?.to_string(),
            simulate::SEEDS.to_string(),
        ),
        (
            "crash points covered",
            sum("covered")?.to_string(),
            sum("points")?.to_string(),
        ),
        (
            "sequences of up to six events",
            sum("sequences")?.to_string(),
            "all".into(),
        ),
        (
            "kills under load: nothing lost, nothing double",
            storm::kept()?.sum("kills")?.to_string(),
            storm::KILLS.to_string(),
        ),
        (
            "parsers fuzzed for ten minutes without a crash",
            long_enough.count().to_string(),
            fuzzed.len().to_string(),
        ),
        (
            "inputs of fuzzed parsers",
            fuzz::kept()?.sum("executions")?.to_string(),
            "-".into(),
        ),
        (
            "mutants of the rules killed",
            format!(
                "{} of {} ({} do not compile)",
                found.killed(),
                found.viable(),
                found.unviable
            ),
            format!(">= {KILLED_MIN} %"),
        ),
        (
            "shards of mutants",
            found.shards.to_string(),
            SHARDS.to_string(),
        ),
    ];
    for (proof, done, wanted) in rows {
        writeln!(text, "| {proof} | {done} | {wanted} |")?;
    }
    if !found.survivors.is_empty() {
        writeln!(text, "\nMutants that survive:\n")?;
    }
    for (mutant, reason) in &found.survivors {
        let reason = reason.as_deref().unwrap_or("no reason is given");
        writeln!(text, "- `{mutant}`: {reason}")?;
    }
    println!("\n{text}");
    if found.shards == SHARDS && found.killed() * 100 < found.viable() * KILLED_MIN {
        bail!("fewer than {KILLED_MIN} % of the mutants were killed");
    }
    let missing = [
        (sum("seeds")? < simulate::SEEDS, "histories"),
        (sum("covered")? < sum("points")?, "crash points"),
        (sum("sequences")? == 0, "sequences"),
        (storm::kept()?.sum("kills")? < storm::KILLS, "kills"),
        (
            fuzzed.values().any(|seconds| *seconds < fuzz::SECONDS),
            "parsers",
        ),
        (found.shards < SHARDS, "mutants"),
    ];
    let missing: Vec<&str> = missing
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| *what)
        .collect();
    if all && !missing.is_empty() {
        bail!("not all is proved yet: {}", missing.join(", "));
    }
    let silent = found.survivors.iter().filter(|(_, why)| why.is_none());
    let silent = silent.count();
    if silent > 0 {
        bail!("{silent} mutants survive without a reason");
    }
    Ok(())
}
