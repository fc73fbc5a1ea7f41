//! Packages from PyPI, for tests alone: installed below `target/`, and nothing of them anywhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::steps::Note;
use crate::{process, root, vars};

const ADVICE: &str =
    "install Python 3.10 or newer with pip or venv (on Debian: `apt install python3-pip`)";

/// The folder below `target/` with what these requirements name, in the versions of this checkout and for this Python;
/// `how` is said to pip.
pub(crate) fn packages(name: &str, requirements: &str, how: &[&str]) -> Result<PathBuf> {
    let wanted = std::fs::read_to_string(root().join(requirements))?;
    let version = version()?;
    let hash = vars::hex(&Sha256::digest(format!("{version}\n{wanted}")));
    let all = root().join("target").join(name);
    let folder = all.join(&hash[..16]);
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(folder);
    }
    // What an interrupted run has left.
    let _ = std::fs::remove_dir_all(&folder);
    let mut pip = pip(&all)?;
    pip.args(["install", "--disable-pip-version-check"])
        .args(["--progress-bar", "off"])
        .args(how)
        .arg("--target")
        .arg(&folder)
        .arg("--requirement")
        .arg(root().join(requirements));
    process::run("packages from PyPI", &mut pip)?;
    std::fs::write(&complete, version)?;
    Ok(folder)
}

/// What this Python calls itself, if it is new enough.
pub(crate) fn version() -> Result<String> {
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
fn pip(folder: &Path) -> Result<Command> {
    let works = |python: &Path| {
        let mut asked = Command::new(python);
        asked.args(["-m", "pip", "--version"]);
        process::output(&mut asked, &Note::default()).is_ok_and(|asked| asked.status.success())
    };
    let mut python = PathBuf::from("python3");
    if !works(&python) {
        let own = folder.join("venv");
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
