//! The bindings between JavaScript and the compiled Rust, and the few lines of them that have to differ.
//!
//! Generated code is edited only at places that must be found exactly once: another version of the generator fails
//! the build instead of shipping something unchecked.

use std::path::Path;

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::{Flavour, classes, names, panics};

/// wrangler and the bare runtime know the plain form, and give it a compiled module as well.
const PLAIN_IMPORT: (&str, &str) = ("import source wasmModule from", "import wasmModule from");

/// For a floor of the benchmark: what the generator writes for a Worker, and nothing of ours.
pub(super) fn for_floor(wasm: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name("index")
        .module(true)?
        .generate(out)?;
    edit(&out.join("index.js"), &[PLAIN_IMPORT])
}

/// For the Worker: an ES module that can replace its own instance after a trap. Names of functions and messages of panics
/// make a trap readable; a deployed Worker carries only what runs, after the optimiser has put its functions in the order of
/// their names.
pub(super) fn for_worker(wasm: &Path, out: &Path, entry: &Path, flavour: Flavour) -> Result<()> {
    let deployed = flavour == Flavour::Release;
    let bytes = if deployed {
        panics::cut_short(wasm)?
    } else {
        std::fs::read(wasm)?
    };
    Bindgen::new()
        .input_bytes("index", bytes)
        .out_name("index")
        .remove_producers_section(true)
        .module(true)?
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(out)?;
    let glue = out.join("index.js");
    edit(
        &glue,
        &[
            PLAIN_IMPORT,
            // Every trap is told to the entry module, not only those that begin as a Rust panic.
            (
                "    __wbg_called_abort = true;\n    try {",
                "    __wbg_called_abort = true;\n    globalThis.__worker_init_state.criticalError = true;\n    try {",
            ),
            // A callback of the dead instance must not run on in the new one with its old pointers: it fails instead,
            // and the entry module alone makes the new instance, before the next call.
            (
                "            __wbg_reset_state();\n            return;\n        }throw",
                "        }\n        throw",
            ),
        ],
    )?;
    if deployed {
        let module = out.join("index_bg.wasm");
        classes::drop_unused(&module, &glue, entry)?;
        names::shorten(&module, &glue)?;
    }
    Ok(())
}

/// For the widget: an ES module that fetches its own instance, behind a guard that keeps traps from the page.
pub(super) fn for_widget(wasm: &Path, out: &Path, guard: &Path) -> Result<()> {
    Bindgen::new()
        .input_bytes("widget", panics::cut_short(wasm)?)
        .out_name("widget")
        .remove_producers_section(true)
        .web(true)?
        .generate(out)?;
    let glue = out.join("widget.js");
    edit(
        &glue,
        &[(
            "    wasm = instance.exports;\n",
            "    wasm = guard(instance.exports);\n",
        )],
    )?;
    names::shorten(&out.join("widget_bg.wasm"), &glue)?;
    let import = format!(
        "import {{ guard }} from {};\n",
        serde_json::to_string(&guard.to_string_lossy())?
    );
    std::fs::write(&glue, import + &std::fs::read_to_string(&glue)?)?;
    Ok(())
}

fn edit(path: &Path, changes: &[(&str, &str)]) -> Result<()> {
    let mut text = std::fs::read_to_string(path)?;
    for (old, new) in changes {
        text = replaced_once(&text, old, new)?;
    }
    std::fs::write(path, text)?;
    Ok(())
}

fn replaced_once(text: &str, old: &str, new: &str) -> Result<String> {
    let found = text.matches(old).count();
    if found != 1 {
        bail!(
            "the generated bindings have {found} places like `{}` where 1 was expected",
            old.trim()
        );
    }
    Ok(text.replacen(old, new, 1))
}

#[cfg(test)]
mod tests {
    use super::replaced_once;

    #[test]
    fn a_place_that_is_missing_or_doubled_fails_the_build() {
        assert!(replaced_once("a b", "c", "d").is_err());
        assert!(replaced_once("a a", "a", "d").is_err());
        assert_eq!(replaced_once("a b", "a", "d").ok().as_deref(), Some("d b"));
    }
}
