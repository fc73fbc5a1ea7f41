//! The ledger under chaos, on native SQLite: seeded runs, crash points, and every order of a few events.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Arguments;
use crate::{build, process, root};

const PACKAGE: &str = "goodword-simulator";

/// `cargo xtask simulate [--seeds N] [--start S] [--steps K] [--scope D]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let seeds: u64 = arguments.value_or("--seeds", 2_000)?;
    let start: u64 = arguments.value_or("--start", 0)?;
    let steps: u32 = arguments.value_or("--steps", 40)?;
    let scope: u32 = arguments.value_or("--scope", 4)?;
    arguments.end()?;
    let mut command = Command::new(build_simulator()?);
    for (name, value) in [
        ("--seeds", seeds),
        ("--start", start),
        ("--steps", u64::from(steps)),
        ("--scope", u64::from(scope)),
    ] {
        command.args([name, &value.to_string()]);
    }
    if !process::foreground(&mut command)?.success() {
        bail!("an invariant of the ledger is broken");
    }
    Ok(())
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
