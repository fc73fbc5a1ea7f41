//! Compiling a crate to WebAssembly, and finding what came out.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{process, root};

/// Builds `package` for wasm32 and returns its `.wasm` file.
pub(super) fn wasm(step: &str, package: &str, profile: &str, features: &str) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args([
            "build",
            "--package",
            package,
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--profile", profile, "--features", features])
        // Diagnostics stay readable on stderr; the paths of the artefacts come as JSON on stdout.
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(root());
    artefact(&process::run(step, &mut command)?.stdout, package, ".wasm")
        .with_context(|| format!("cargo named no .wasm file for {package}"))
}

/// The last file that cargo says it made for `package` whose name ends like this.
pub(crate) fn artefact(messages: &str, package: &str, ending: &str) -> Option<PathBuf> {
    let id = format!("#{package}@");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| {
            message["package_id"]
                .as_str()
                .is_some_and(|found| found.contains(&id))
        })
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .rfind(|path| path.to_string_lossy().ends_with(ending))
}
