//! How well the risk rules tell abuse from honesty, on generated referrals.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Arguments;
use crate::{build, process, root};

const PACKAGE: &str = "goodword-risk-report";
/// Seeds below were looked at while the weights were chosen.
const START: u64 = 1_000;
/// The ranges that the tests judge begin here. They were chosen after the weights had been changed for the last time and the
/// generator had been finished, and nothing was changed for what they showed. Whoever changes a weight chooses others.
const FRESH: [u64; 3] = [510_000, 620_000, 730_000];
/// Enough for some hundred orders of each class, and few enough for a minute.
const SEEDS: u64 = 200;

/// `cargo xtask risk-report [--start S] [--seeds N]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let start: u64 = arguments.value_or("--start", START)?;
    let seeds: u64 = arguments.value_or("--seeds", SEEDS)?;
    arguments.end()?;
    let mut command = command(&build_report()?, start, seeds);
    if !process::foreground(&mut command)?.success() {
        bail!("the risk rules miss a limit");
    }
    Ok(())
}

/// Ranges of seeds that no weight was chosen on, one or in the `full` run all of them; a report is shown only when a limit is
/// missed.
pub(crate) fn check(full: bool) -> Result<()> {
    let program = build_report()?;
    let ranges = if full { FRESH.len() } else { 1 };
    for start in FRESH.into_iter().take(ranges) {
        let name = format!("risk, seeds from {start}");
        process::run(&name, &mut command(&program, start, SEEDS))?;
    }
    Ok(())
}

fn command(program: &Path, start: u64, seeds: u64) -> Command {
    let mut command = process::keeping_memory(program);
    command.args(["--start", &start.to_string()]);
    command.args(["--seeds", &seeds.to_string()]);
    command
}

fn build_report() -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", PACKAGE, "--bin", "risk-report"])
        .args(["--profile", "simulate"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(root());
    let built = process::run("risk report, compiled", &mut command)?;
    build::artefact(&built.stdout, PACKAGE, "/risk-report")
        .context("cargo named no program for the risk report")
}
