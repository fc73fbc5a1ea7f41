//! What has been proved so far, as a table that can be pasted into BENCHMARKS.md.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::kept::Last;
use super::mutants::{self, KILLED_MIN, SHARDS};
use super::outcome::Outcome;
use super::{fuzz, simulate, storm};

/// Prints it. An error when too few mutants were killed, or one survives without a reason; with `all`, also when something is missing
/// or was proved of other code.
pub(super) fn print(commit: &str, all: bool) -> Result<()> {
    let mutated = mutants::kept()?.last()?;
    let found = mutants::outcome(&mutated.batches);
    let rows = rows(&mutated, &found)?;
    let mut text = format!(
        "`cargo xtask prove` of commit {commit}.\n\n| proof | done | wanted | of |\n|---|---|---|---|\n"
    );
    for row in &rows {
        let of = match &row.since {
            _ if row.done == "0" => "not begun".into(),
            Some(since) => format!("{since}; its code has changed since"),
            None => "this code".into(),
        };
        let Row { proof, done, .. } = row;
        writeln!(text, "| {proof} | {done} | {} | {of} |", row.wanted)?;
    }
    if !found.survivors.is_empty() {
        writeln!(text, "\nMutants that survive:\n")?;
    }
    for (mutant, reason) in &found.survivors {
        let reason = reason.as_deref().unwrap_or("no reason is given");
        writeln!(text, "- `{mutant}`: {reason}")?;
    }
    println!("\n{text}");
    let is_of_this = mutated.since.is_none() && found.shards == SHARDS;
    if is_of_this && found.killed() * 100 < found.viable() * KILLED_MIN {
        bail!("fewer than {KILLED_MIN} % of the mutants were killed");
    }
    let missing = rows.iter().filter(|row| !row.whole || row.since.is_some());
    let missing: Vec<&str> = missing.map(|row| row.proof).collect();
    if all && !missing.is_empty() {
        bail!("not all is proved of this code: {}", missing.join("; "));
    }
    let silent = found.unexplained().len();
    if mutated.since.is_none() && silent > 0 {
        bail!("{silent} mutants survive without a reason");
    }
    Ok(())
}

/// A line of the table.
struct Row {
    proof: &'static str,
    done: String,
    wanted: String,
    /// Whether all that is wanted is done.
    whole: bool,
    /// The commit that it was proved of, if its code has changed since.
    since: Option<String>,
}

impl Row {
    fn of(proof: &'static str, done: u64, wanted: u64, last: &Last) -> Self {
        Self {
            proof,
            done: done.to_string(),
            wanted: wanted.to_string(),
            whole: done >= wanted,
            since: last.since.clone(),
        }
    }
}

fn rows(mutated: &Last, found: &Outcome) -> Result<Vec<Row>> {
    let simulated = simulate::kept()?.last()?;
    let stormed = storm::kept()?.last()?;
    let fuzzed = fuzz::kept()?.last()?;
    let parsers = fuzz::seconds(&fuzz::kept()?)?;
    let long_enough = parsers.values().filter(|had| **had >= fuzz::SECONDS);
    let histories = "histories simulated without a violation";
    let (points, sequences) = ("crash points covered", "sequences of up to six events");
    let kills = "kills under load: nothing lost, nothing double";
    let fuzzing = "parsers fuzzed for ten minutes without a crash";
    let inputs = "inputs of fuzzed parsers";
    let (shards, wanted) = (found.shards as u64, SHARDS as u64);
    let killed = Row {
        done: format!(
            "{} of {} ({} do not compile)",
            found.killed(),
            found.viable(),
            found.unviable
        ),
        wanted: format!(">= {KILLED_MIN} %"),
        ..Row::of("mutants of the rules killed", 0, 0, mutated)
    };
    let sequences = Row {
        wanted: "all".into(),
        ..Row::of(sequences, simulated.sum("sequences"), 1, &simulated)
    };
    Ok(vec![
        Row::of(
            histories,
            simulated.sum("seeds"),
            simulate::SEEDS,
            &simulated,
        ),
        Row::of(
            points,
            simulated.sum("covered"),
            simulated.sum("points"),
            &simulated,
        ),
        sequences,
        Row::of(kills, stormed.sum("kills"), storm::KILLS, &stormed),
        Row::of(
            fuzzing,
            long_enough.count() as u64,
            parsers.len() as u64,
            &fuzzed,
        ),
        Row::of(inputs, fuzzed.sum("executions"), 0, &fuzzed),
        killed,
        Row::of("shards of mutants", shards, wanted, mutated),
    ])
}
