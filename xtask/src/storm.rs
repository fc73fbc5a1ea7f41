//! The storm alone, with as many kills as asked for: the usual run of the tests has a short one.

use std::process::Command;

use anyhow::{Result, bail};

use crate::args::Arguments;
use crate::build::{self, Flavour};
use crate::{process, root, setup, wrangler};

/// Kills where nothing else is said.
const KILLS: u32 = 200;

/// `cargo xtask storm [--kills N] [--seed S]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let kills = arguments.value_or("--kills", KILLS)?;
    let seed = arguments.value("--seed")?;
    arguments.end()?;
    with_storm(kills, seed, |command| {
        let status = command.status()?;
        if !status.success() {
            bail!("something was lost or double: {status}");
        }
        Ok(())
    })
}

/// The same as a step, whose output is returned.
pub(crate) fn run_for_text(kills: u32) -> Result<String> {
    with_storm(kills, None, |command| {
        Ok(process::run("storm", command)?.stdout)
    })
}

fn with_storm<T>(
    kills: u32,
    seed: Option<String>,
    run: impl FnOnce(&mut Command) -> Result<T>,
) -> Result<T> {
    setup::tools()?;
    build::make(Flavour::Test)?;
    let folder = root().join(format!(".wrangler/storm-{}", std::process::id()));
    let (config, _) = wrangler::write_test_folder(&folder, Flavour::Test)?;
    let mut command = Command::new("cargo");
    command
        .args(["test", "--package", "goodword-tests", "--test", "storm"])
        .args(["--", "--nocapture"])
        .env("GOODWORD_CONFIG", &config)
        .env("GOODWORD_KILLS", kills.to_string())
        .current_dir(root());
    if let Some(seed) = seed {
        command.env("GOODWORD_SEED", seed);
    }
    let outcome = run(&mut command);
    // A configuration and a secret: nothing that a failure is explained by.
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}
