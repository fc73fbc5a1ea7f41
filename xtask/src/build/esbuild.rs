//! Bundling and minifying JavaScript and CSS.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{existing, process};

/// Runs esbuild on one entry file and returns what it makes.
pub(super) fn bundle(entry: &Path, flags: &[String]) -> Result<String> {
    let program = existing("node_modules/.bin/esbuild", "run `npm ci`")?;
    let mut command = Command::new(program);
    command
        .arg(entry)
        .args([
            "--bundle",
            "--log-level=warning",
            "--charset=utf8",
            "--legal-comments=none",
            // A name that the other side does not export would fail only when it is called.
            "--log-override:import-is-undefined=error",
        ])
        .args(flags);
    Ok(process::quiet(&format!("esbuild {}", entry.display()), &mut command)?.stdout)
}
