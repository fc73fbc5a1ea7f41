//! The contract, held against the real Worker: a fuzzer reads openapi.yaml as the edge serves it, makes up requests that are
//! as documented and requests that are not, and judges every answer.
//!
//! The fuzzer is schemathesis, from PyPI, in the versions that `tests/contract/requirements.txt` names. It is installed below
//! `target/`, and nothing of it anywhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::counts::{Counts, lines_of_numbers};
use super::edge::Edge;
use crate::steps::Note;
use crate::{process, root, vars};

const REQUIREMENTS: &str = "tests/contract/requirements.txt";
const ADVICE: &str =
    "install Python 3.10 or newer with pip or venv (on Debian: `apt install python3-pip`)";

/// Examples for each operation: about a minute, and some minutes.
const USUAL: u32 = 40;
const FULL: u32 = 120;

/// Runs the fuzzer against an edge that is running; `full` is the long run.
pub(super) fn run(counts: &mut Counts, edge: &Edge, full: bool) {
    let mut python = None;
    counts.stage("the contract's fuzzer", || {
        python = Some(installed()?);
        Ok(())
    });
    let Some(packages) = python else {
        return;
    };
    let said = counts.check("every answer is as the contract says", || {
        let mut command = Command::new("python3");
        command
            .arg("-B")
            .arg(root().join("tests/contract/run.py"))
            .args([
                "--max-examples",
                &(if full { FULL } else { USUAL }).to_string(),
            ])
            .env("PYTHONPATH", &packages)
            .env("GOODWORD_EDGE", &edge.url)
            .env("GOODWORD_ADMIN_KEY", vars::admin_key(&edge.secret)?)
            .current_dir(&edge.folder);
        Ok(process::quiet("schemathesis", &mut command)?.stdout)
    });
    for line in lines_of_numbers(&said.unwrap_or_default()) {
        println!("      {line}");
    }
}

/// The folder with the fuzzer and all that it needs, in the versions of this checkout and for this Python.
fn installed() -> Result<PathBuf> {
    let wanted = std::fs::read_to_string(root().join(REQUIREMENTS))?;
    let version = version()?;
    let hash = vars::hex(&Sha256::digest(format!("{version}\n{wanted}")));
    let folder = root().join("target/contract").join(&hash[..16]);
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(folder);
    }
    // What an interrupted run has left.
    let _ = std::fs::remove_dir_all(&folder);
    let mut pip = pip()?;
    pip.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
    ])
    .arg("--target")
    .arg(&folder)
    .arg("--requirement")
    .arg(root().join(REQUIREMENTS));
    process::quiet("pip", &mut pip)?;
    std::fs::write(&complete, version)?;
    Ok(folder)
}

fn version() -> Result<String> {
    let script = "import sys; print(sys.version); sys.exit(sys.version_info < (3, 10))";
    let asked = process::output(
        Command::new("python3").args(["-c", script]),
        &Note::default(),
    );
    match asked {
        Ok(asked) if asked.status.success() => Ok(asked.stdout),
        Ok(asked) => bail!("Python {} is too old: {ADVICE}", asked.stdout.trim()),
        Err(_) => bail!("Python is missing: {ADVICE}"),
    }
}

/// Python's own pip, or that of a new virtual environment where Python has none: Debian packs both apart.
fn pip() -> Result<Command> {
    let works = |python: &Path| {
        let mut asked = Command::new(python);
        asked.args(["-m", "pip", "--version"]);
        process::output(&mut asked, &Note::default()).is_ok_and(|asked| asked.status.success())
    };
    let mut python = PathBuf::from("python3");
    if !works(&python) {
        let own = root().join("target/contract/venv");
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&own);
        process::output(&mut make, &Note::default()).context(ADVICE)?;
        python = own.join("bin/python");
        if !works(&python) {
            bail!("Python has neither pip nor venv: {ADVICE}");
        }
    }
    let mut command = Command::new(python);
    command.args(["-m", "pip"]);
    Ok(command)
}
