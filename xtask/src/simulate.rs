//! The ledger under chaos, on native SQLite: seeded runs, crash points, and every order of a few events.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Arguments;
use crate::{build, process, root};

const PACKAGE: &str = "goodword-simulator";

/// What is simulated.
pub(crate) struct Run {
    /// How many histories.
    pub(crate) seeds: u64,
    /// The first of them.
    pub(crate) start: u64,
    /// Steps of each.
    pub(crate) steps: u32,
    /// Events of the small scope; with none, crash points are left out too.
    pub(crate) scope: u32,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            seeds: 2_000,
            start: 0,
            steps: 40,
            scope: 4,
        }
    }
}

impl Run {
    fn command(&self) -> Result<Command> {
        let mut command = process::keeping_memory(&build_simulator()?);
        for (name, value) in [
            ("--seeds", self.seeds),
            ("--start", self.start),
            ("--steps", u64::from(self.steps)),
            ("--scope", u64::from(self.scope)),
        ] {
            command.args([name, &value.to_string()]);
        }
        Ok(command)
    }
}

/// `cargo xtask simulate [--seeds N] [--start S] [--steps K] [--scope D]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let usual = Run::default();
    let run = Run {
        seeds: arguments.value_or("--seeds", usual.seeds)?,
        start: arguments.value_or("--start", usual.start)?,
        steps: arguments.value_or("--steps", usual.steps)?,
        scope: arguments.value_or("--scope", usual.scope)?,
    };
    arguments.end()?;
    if !process::foreground(&mut run.command()?)?.success() {
        bail!("an invariant of the ledger is broken");
    }
    Ok(())
}

/// The same as a step, whose output is returned.
pub(crate) fn run_for_text(run: &Run) -> Result<String> {
    let done = process::run("histories, simulated", &mut run.command()?)?;
    Ok(done.stdout)
}

fn build_simulator() -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", PACKAGE, "--bin", "simulate"])
        .args(["--profile", "simulate"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(root());
    let built = process::run("simulator, compiled", &mut command)?;
    build::artefact(&built.stdout, PACKAGE, "/simulate")
        .context("cargo named no program for the simulator")
}
