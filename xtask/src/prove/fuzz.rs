//! Ten minutes of fuzzing for each parser of outside bytes.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Deadline;
use super::kept::Kept;
use crate::fuzz::{Run, fuzz, require_none_crashed, targets};
use crate::root;

/// How it is called.
const NAME: &str = "fuzz";

/// Seconds of each parser that are wanted.
pub(super) const SECONDS: u64 = 600;

/// Seconds of a batch.
const BATCH: u64 = 300;

/// What is kept of it.
pub(super) fn kept() -> Result<Kept> {
    Kept::over_commits(NAME)
}

/// Goes on with the parsers that have had too little, as many at a time as there are processors, until there is no more
/// time. A batch begins with what those before it have found.
pub(super) fn go_on(commit: &str, deadline: Deadline) -> Result<()> {
    let kept = &kept()?;
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    loop {
        let done = seconds(kept)?;
        let mut open: Vec<(u64, String)> = done
            .into_iter()
            .filter(|(_, seconds)| *seconds < SECONDS)
            .map(|(name, seconds)| (seconds, name))
            .collect();
        open.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
        // Those that were begun come first, and only parsers that have had as much go together.
        let begun = open.first().map_or(0, |(seconds, _)| *seconds);
        open.retain(|(seconds, _)| *seconds == begun);
        open.truncate(at_once);
        if open.is_empty() || !deadline.is_ahead() {
            return Ok(());
        }
        let names: Vec<String> = open.into_iter().map(|(_, name)| name).collect();
        println!(
            "  fuzz {}, seconds {begun}..{}",
            names.join(", "),
            begun + BATCH
        );
        let all = fuzz(&Run {
            targets: names,
            seconds: BATCH,
            start: begun,
            pool: Some(root().join("target/prove/fuzz-pool")),
            keep: false,
        })?;
        require_none_crashed(&all)?;
        for fuzzed in all {
            let mut figures = fuzzed.figures;
            figures["seconds"] = BATCH.into();
            figures["commit"] = commit.into();
            kept.add_batch(figures)?;
        }
    }
}

/// Seconds of each parser so far.
pub(super) fn seconds(kept: &Kept) -> Result<BTreeMap<String, u64>> {
    let mut all: BTreeMap<String, u64> = targets()?.into_iter().map(|name| (name, 0)).collect();
    for batch in kept.batches()? {
        let name = batch["target"].as_str().unwrap_or_default();
        if let Some(seconds) = all.get_mut(name) {
            *seconds += batch["seconds"].as_u64().unwrap_or_default();
        }
    }
    Ok(all)
}
