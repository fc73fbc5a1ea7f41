//! The long proofs, in batches that can be stopped and gone on with: simulated histories, kills,
//! fuzzed parsers, and mutants.
//!
//! What is proved is proved of a commit. Outcomes are kept in `tests/proved`, each by the files that its proof depends on: a commit
//! that changes none of them has been proved, and any other begins anew. The fuzzer takes longer than a commit stays the newest:
//! each of its batches names the commit that it was of. Every batch is whole or
//! not there. `cargo xtask prove` goes on wherever something is missing, for as long as `--minutes` says, and prints what there
//! is, as a table for BENCHMARKS.md; `cargo xtask prove report` prints alone, and fails as long as something is missing.

mod code;
mod fuzz;
mod kept;
mod mutants;
mod outcome;
mod report;
mod simulate;
mod storm;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::args::Arguments;
use kept::commit;

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
    let commit = commit()?;
    let deadline = Deadline(Instant::now() + Duration::from_secs(60 * minutes));
    match part.as_deref() {
        None => {
            simulate::go_on(deadline)?;
            storm::go_on(deadline)?;
            fuzz::go_on(&commit, deadline)?;
            mutants::go_on(deadline)?;
        }
        Some("simulate") => simulate::go_on(deadline)?,
        Some("storm") => storm::go_on(deadline)?,
        Some("fuzz") => fuzz::go_on(&commit, deadline)?,
        Some("mutants") => mutants::go_on(deadline)?,
        Some("report") => {}
        Some(other) => bail!("there is nothing called `{other}` to prove"),
    }
    report::print(&commit, part.as_deref() == Some("report"))
}
