//! The long proofs, in batches that can be stopped and gone on with: simulated histories, kills,
//! fuzzed parsers, and mutants.
//!
//! What is proved is proved of one commit: outcomes are kept in `target/prove/COMMIT`, and a change begins anew. Every batch is
//! whole or not there. `cargo xtask prove` goes on wherever something is missing, for as long as `--minutes` says, and prints
//! what there is, as a table for BENCHMARKS.md; `cargo xtask prove report` prints alone.

mod fuzz;
mod kept;
mod mutants;
mod report;
mod simulate;
mod storm;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::args::Arguments;
use kept::Kept;

/// Minutes where nothing else is said.
const MINUTES: u64 = 30;

/// When no further batch is begun.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// Whether there is time for another batch.
    fn is_ahead(self) -> bool {
        Instant::now() < self.0
    }
}

/// `cargo xtask prove [--minutes N] [simulate | storm | fuzz | mutants | report]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let minutes = arguments.value_or("--minutes", MINUTES)?;
    let part = arguments.word()?;
    let kept = Kept::of_this_commit()?;
    let deadline = Deadline(Instant::now() + Duration::from_secs(60 * minutes));
    match part.as_deref() {
        None => {
            simulate::go_on(&kept, deadline)?;
            storm::go_on(&kept, deadline)?;
            fuzz::go_on(&kept, deadline)?;
            mutants::go_on(&kept, deadline)?;
        }
        Some("simulate") => simulate::go_on(&kept, deadline)?,
        Some("storm") => storm::go_on(&kept, deadline)?,
        Some("fuzz") => fuzz::go_on(&kept, deadline)?,
        Some("mutants") => mutants::go_on(&kept, deadline)?,
        Some("report") => {}
        Some(other) => bail!("there is nothing called `{other}` to prove"),
    }
    report::print(&kept)
}
