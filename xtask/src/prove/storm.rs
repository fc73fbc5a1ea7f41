//! Two hundred kills of the real runtime under load.

use anyhow::{Result, bail};
use serde_json::json;

use super::Deadline;
use super::kept::Kept;
use crate::storm::run_for_text;

/// How it is called.
const NAME: &str = "storm";

/// What it depends on beside the rules.
const PATHS: [&str; 8] = [
    "edge",
    "tests/src/harness",
    "tests/src/store",
    "tests/tests/storm",
    "tests/tests/storm.rs",
    "Cargo.toml",
    "Cargo.lock",
    "wrangler.toml",
];

/// Kills that are wanted.
pub(super) const KILLS: u64 = 200;

/// Kills of a batch: some minutes.
const BATCH: u32 = 40;

/// What is kept of it.
pub(super) fn kept() -> Result<Kept> {
    Kept::of(NAME, &PATHS)
}

/// Goes on until there are enough, or no more time.
pub(super) fn go_on(deadline: Deadline) -> Result<()> {
    let kept = &kept()?;
    loop {
        let done = kept.sum("kills")?;
        if done >= KILLS || !deadline.is_ahead() {
            return Ok(());
        }
        println!("  kills {done}..{}", done + u64::from(BATCH));
        let text = run_for_text(BATCH)?;
        let told: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("number: storm: ").map(|(_, told)| told))
            .collect();
        if told.len() < 3 {
            bail!("the storm did not tell how it went");
        }
        kept.add_batch(json!({ "kills": BATCH, "told": told }))?;
    }
}
