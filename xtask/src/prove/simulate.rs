//! Two hundred thousand histories of the ledger under chaos, and every sequence of up to six events.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Deadline;
use super::kept::Kept;
use crate::simulate::{Run, run_for_text};

/// How it is called.
const NAME: &str = "simulate";

/// What it depends on beside the rules.
const PATHS: [&str; 5] = [
    "edge",
    "tests/simulator",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
];

/// Histories that are wanted.
pub(super) const SEEDS: u64 = 200_000;

/// Histories of a batch: some minutes.
const BATCH: u64 = 20_000;

/// Events of the small scope, in the first batch.
const SCOPE: u32 = 6;

/// What is kept of it.
pub(super) fn kept() -> Result<Kept> {
    Kept::of(NAME, &PATHS)
}

/// Goes on until there are enough, or no more time.
pub(super) fn go_on(deadline: Deadline) -> Result<()> {
    let kept = &kept()?;
    loop {
        let done = kept.sum("seeds")?;
        if done >= SEEDS || !deadline.is_ahead() {
            return Ok(());
        }
        println!("  histories {done}..{}", done + BATCH);
        let text = run_for_text(&Run {
            seeds: BATCH,
            start: done,
            scope: if done == 0 { SCOPE } else { 0 },
            ..Run::default()
        })?;
        kept.add_batch(figures(&text)?)?;
    }
}

/// The figures of a run: lines of a name and a number, and those of crash points and sequences.
fn figures(text: &str) -> Result<Value> {
    let mut figures = Map::new();
    for line in text.lines() {
        if let Some(points) = line.strip_prefix("crash points: ") {
            let (covered, total) = points.split_once('/').context("crash points")?;
            figures.insert("covered".into(), json!(covered.parse::<u64>()?));
            figures.insert("points".into(), json!(total.parse::<u64>()?));
        } else if let Some(scope) = line.strip_prefix("small scope: ") {
            let count = scope.split(' ').next().unwrap_or_default();
            figures.insert("sequences".into(), json!(count.parse::<u64>()?));
        } else if let Some((name, number)) = line.rsplit_once("  ")
            && let Ok(number) = number.trim().parse::<u64>()
        {
            figures.insert(name.trim().to_owned(), json!(number));
        }
    }
    figures.get("seeds").context("no count of seeds")?;
    Ok(Value::Object(figures))
}

#[cfg(test)]
mod tests {
    use super::figures;

    #[test]
    fn the_figures_of_a_run_are_read() {
        let text = "  enrol a customer      36/36\ncrash points: 2112/2112\n\
            small scope: 19440 sequences of up to 4 events, 1.2 s\n  1000 seeds, 7 s\n\
            seeds                                      3000\n  of these before their order              2669\n\
            seconds                                    20.8\n";
        let read = figures(text).expect("figures");
        assert_eq!(read["seeds"], 3_000);
        assert_eq!(read["of these before their order"], 2_669);
        assert_eq!(
            (&read["covered"], &read["points"]),
            (&2_112.into(), &2_112.into())
        );
        assert_eq!(read["sequences"], 19_440);
        assert!(figures("an invariant is broken").is_err());
    }
}
