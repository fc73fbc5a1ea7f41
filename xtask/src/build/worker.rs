//! The Worker's bundle: compiled Rust, its bindings, and our own entry module in front.

use std::path::Path;

use anyhow::Result;

use super::{Flavour, bindgen, cargo, esbuild, optimise, stamp};
use crate::root;
use crate::steps::step;

/// Makes `index.js` and `index_bg.wasm` in the flavour's folder.
pub(super) fn make(flavour: Flavour) -> Result<()> {
    let features = match flavour {
        Flavour::Dev | Flavour::Test => "dev,test-clock",
        Flavour::Release => "",
    };
    let wasm = cargo::wasm("Worker, compiled", "goodword-edge", "release", features)?;
    let out = flavour.folder();
    let scripts = root().join("edge/js");
    let entry = scripts.join("entry.js");
    let inputs = [
        wasm.clone(),
        entry.clone(),
        scripts.join("wake.js"),
        scripts.join("in-time.js"),
        scripts.join("domains.js"),
        scripts.join("security.js"),
        root().join("package-lock.json"),
    ];
    let outputs = [out.join("index.js"), out.join("index_bg.wasm")];
    stamp::unless_fresh(&out.join("worker.stamp"), &inputs, &outputs, || {
        step("Worker, bundled", |_| bundle(flavour, &wasm, &entry, &out))
    })
}

fn bundle(flavour: Flavour, wasm: &Path, entry: &Path, out: &Path) -> Result<()> {
    let glue = out.join("worker-glue");
    bindgen::for_worker(wasm, &glue, entry, flavour)?;
    let mut flags = vec![
        "--format=esm".to_owned(),
        "--target=es2022".to_owned(),
        format!("--alias:edge-glue={}", glue.join("index.js").display()),
        "--external:cloudflare:*".to_owned(),
        "--external:*.wasm".to_owned(),
        format!("--define:DEVELOPMENT={}", flavour != Flavour::Release),
    ];
    if flavour == Flavour::Release {
        flags.push("--minify".to_owned());
    }
    let mut module = glue.join("index_bg.wasm");
    if flavour == Flavour::Release {
        let small = glue.join("small.wasm");
        optimise::for_worker(&module, &small)?;
        module = small;
    }
    // The bundle names the wasm file: it comes last.
    stamp::copy_if_changed(&module, &out.join("index_bg.wasm"))?;
    stamp::write_if_changed(
        &out.join("index.js"),
        esbuild::bundle(entry, &flags)?.as_bytes(),
    )
}
