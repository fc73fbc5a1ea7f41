//! The Worker in Rust that is a floor of the benchmark (`tests/bench/kv-rust`): written in the usual way, made by the same
//! tools, and compiled for speed.

use anyhow::Result;

use super::{bindgen, cargo, esbuild, stamp};
use crate::root;
use crate::steps::step;

/// Makes `index.js` and `index_bg.wasm` in `build/floor`.
pub(crate) fn floor() -> Result<()> {
    let wasm = cargo::wasm("floor in Rust, compiled", "bench-kv-rust", "floor", "")?;
    let out = root().join("build/floor");
    let entry = root().join("tests/bench/kv-rust/entry.js");
    let inputs = [wasm.clone(), entry.clone()];
    let outputs = [out.join("index.js"), out.join("index_bg.wasm")];
    std::fs::create_dir_all(&out)?;
    stamp::unless_fresh(&out.join("stamp"), &inputs, &outputs, || {
        step("floor in Rust, bundled", |_| {
            let glue = out.join("glue");
            bindgen::for_floor(&wasm, &glue)?;
            let flags = [
                "--format=esm".to_owned(),
                "--target=es2022".to_owned(),
                "--minify".to_owned(),
                format!("--alias:edge-glue={}", glue.join("index.js").display()),
                "--external:cloudflare:*".to_owned(),
                "--external:*.wasm".to_owned(),
            ];
            stamp::copy_if_changed(&glue.join("index_bg.wasm"), &out.join("index_bg.wasm"))?;
            let bundle = esbuild::bundle(&entry, &flags)?;
            stamp::write_if_changed(&out.join("index.js"), bundle.as_bytes())
        })
    })
}
