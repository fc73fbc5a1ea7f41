//! The widget's files: a loader under a fixed name, and everything it fetches under the hash of its content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Flavour, bindgen, cargo, esbuild, optimise, stamp};
use crate::steps::step;
use crate::{existing, root};

/// Where the loader finds the rest, named from the folder that `widget.js` is in.
pub(crate) struct Names {
    pub glue: String,
    pub wasm: String,
    pub css: String,
    pub fallback: String,
}

impl Names {
    /// The names of the flavour that was built last.
    pub(crate) fn read(flavour: Flavour) -> Result<Self> {
        let text =
            std::fs::read_to_string(file(flavour)).context("the widget has not been built")?;
        let names: Value = serde_json::from_str(&text)?;
        let name = |key: &str| {
            names[key]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {key} was built"))
        };
        Ok(Self {
            glue: name("glue")?,
            wasm: name("wasm")?,
            css: name("css")?,
            fallback: name("fallback")?,
        })
    }

    fn write(&self, flavour: Flavour) -> Result<()> {
        let names = json!({ "glue": self.glue, "wasm": self.wasm, "css": self.css, "fallback": self.fallback });
        Ok(std::fs::write(file(flavour), names.to_string())?)
    }

    pub(crate) fn all(&self) -> [&String; 4] {
        [&self.glue, &self.wasm, &self.css, &self.fallback]
    }
}

fn file(flavour: Flavour) -> PathBuf {
    flavour.folder().join("widget.json")
}

/// Makes `dist/widget.js` and `dist/assets/*` in the flavour's folder.
pub(super) fn make(flavour: Flavour) -> Result<()> {
    let features = match flavour {
        Flavour::Test => "trap",
        Flavour::Dev | Flavour::Release => "",
    };
    let wasm = cargo::wasm("widget, compiled", "goodword-widget", "widget", features)?;
    let mut inputs = vec![
        wasm.clone(),
        root().join("widget/style.css"),
        root().join("widget/banner.css"),
        root().join("package-lock.json"),
    ];
    let scripts = root().join("widget/js");
    inputs.extend(
        stamp::files_below(&scripts)?
            .into_iter()
            .map(|name| scripts.join(name)),
    );
    let mut outputs = vec![flavour.dist().join("widget.js"), file(flavour)];
    if let Ok(names) = Names::read(flavour) {
        outputs.extend(names.all().map(|name| flavour.dist().join(name)));
    }
    stamp::unless_fresh(
        &flavour.folder().join("widget.stamp"),
        &inputs,
        &outputs,
        || step("widget, bundled", |_| bundle(flavour, &wasm)),
    )
}

fn bundle(flavour: Flavour, wasm: &Path) -> Result<()> {
    let glue = flavour.folder().join("widget-glue");
    let guard = existing("widget/js/guard.js", "the widget needs it")?;
    bindgen::for_widget(wasm, &glue, &guard)?;
    let small = glue.join("small.wasm");
    optimise::for_widget(&glue.join("widget_bg.wasm"), &small)?;

    let module = [
        words("--minify"),
        words("--target=es2020"),
        words("--format=esm"),
    ]
    .concat();
    let names = Names {
        glue: asset(
            flavour,
            "js",
            esbuild::bundle(&glue.join("widget.js"), &module)?.as_bytes(),
        )?,
        wasm: asset(flavour, "wasm", &std::fs::read(&small)?)?,
        css: asset(
            flavour,
            "css",
            esbuild::bundle(&root().join("widget/style.css"), &words("--minify"))?.as_bytes(),
        )?,
        fallback: asset(
            flavour,
            "js",
            esbuild::bundle(&root().join("widget/js/fallback.js"), &module)?.as_bytes(),
        )?,
    };
    // The loader runs on any page as it is: one classic script, no module.
    let mut flags = vec![
        "--minify".to_owned(),
        "--target=es2018".to_owned(),
        "--format=iife".to_owned(),
    ];
    for (word, name) in [
        ("__GLUE__", &names.glue),
        ("__WASM__", &names.wasm),
        ("__CSS__", &names.css),
        ("__FALLBACK__", &names.fallback),
    ] {
        flags.push(format!("--define:{word}={}", serde_json::to_string(name)?));
    }
    let loader = esbuild::bundle(&root().join("widget/js/loader.js"), &flags)?;
    stamp::write_if_changed(&flavour.dist().join("widget.js"), loader.as_bytes())?;
    names.write(flavour)?;
    remove_others(flavour, &names)
}

fn words(flag: &str) -> Vec<String> {
    vec![flag.to_owned()]
}

fn asset(flavour: Flavour, ending: &str, bytes: &[u8]) -> Result<String> {
    let name = format!("assets/{}.{ending}", stamp::content_name(bytes));
    stamp::write_if_changed(&flavour.dist().join(&name), bytes)?;
    Ok(name)
}

fn remove_others(flavour: Flavour, names: &Names) -> Result<()> {
    let folder = flavour.dist();
    for path in stamp::files_below(&folder.join("assets"))? {
        let name = format!("assets/{}", path.display());
        if !names.all().contains(&&name) {
            std::fs::remove_file(folder.join(name))?;
        }
    }
    Ok(())
}
