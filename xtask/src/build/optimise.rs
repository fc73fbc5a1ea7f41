//! Binaryen: what the compiler leaves to be taken out of a module, code that only panics had called among it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::ranks;
use crate::{existing, process};

/// What our modules use; the rest of what Binaryen knows stays off. In the order of their names, functions that were made
/// from the same source lie side by side, where a compressor finds again what they share; then the names go.
const ALWAYS: [&str; 12] = [
    "--enable-bulk-memory",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    // Nothing of ours lies in the lowest kilobyte: it is the far end of the stack.
    "--low-memory-unused",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// The widget is sent with brotli: the fewer bytes, the better.
const WIDGET: [&str; 1] = ["-Oz"];

/// The Worker is counted with gzip, which finds again what is written twice: nothing is inlined but what is shorter than
/// its call, panics that were cut short above all, and nothing is computed once to be kept.
const WORKER: [&str; 7] = [
    "-O3",
    // What no value can reach, seen over the whole module.
    "--gufa",
    "-O3",
    "--skip-pass=local-cse",
    "--always-inline-max-function-size=4",
    "--flexible-inline-max-function-size=4",
    "--one-caller-inline-max-function-size=4",
];

/// Makes the widget's module smaller.
pub(super) fn for_widget(from: &Path, to: &Path) -> Result<()> {
    optimise(from, to, &WIDGET)
}

/// Makes the Worker's module smaller. Which functions are alike shows only when each has its last form.
pub(super) fn for_worker(from: &Path, to: &Path) -> Result<()> {
    optimise(from, to, &WORKER)?;
    let ranked = to.with_extension("ranked.wasm");
    std::fs::write(&ranked, ranks::named(&std::fs::read(to)?)?)?;
    optimise(&ranked, to, &[])
}

fn optimise(from: &Path, to: &Path, how: &[&str]) -> Result<()> {
    let program = existing("node_modules/binaryen/bin/wasm-opt", "run `npm ci`")?;
    let mut command = Command::new("node");
    command
        .arg(program)
        .arg(from)
        .arg("-o")
        .arg(to)
        .args(how)
        .args(ALWAYS);
    process::quiet("wasm-opt", &mut command)?;
    Ok(())
}
