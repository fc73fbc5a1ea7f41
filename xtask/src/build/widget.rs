//! The widget's files: a loader under a fixed name, and everything it fetches under the hash of its content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Flavour, bindgen, cargo, esbuild, optimise, panics, stamp};
use crate::steps::step;
use crate::{existing, root};

/// Where the loader finds the rest, named from the folder that `widget.js` is in.
pub(crate) struct Names {
    pub glue: String,
    pub wasm: String,
    pub css: String,
    pub fallback: String,
    pub code: String,
    pub portal: String,
    pub qr: String,
    /// The folder of the other languages, under the hash of all of them.
    pub words: String,
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
            code: name("code")?,
            portal: name("portal")?,
            qr: name("qr")?,
            words: name("words")?,
        })
    }

    fn write(&self, flavour: Flavour) -> Result<()> {
        let names = json!({
            "glue": self.glue, "wasm": self.wasm, "css": self.css, "fallback": self.fallback, "code": self.code,
            "portal": self.portal, "qr": self.qr, "words": self.words,
        });
        Ok(std::fs::write(file(flavour), names.to_string())?)
    }

    pub(crate) fn all(&self) -> [&String; 7] {
        [
            &self.glue,
            &self.wasm,
            &self.css,
            &self.fallback,
            &self.code,
            &self.portal,
            &self.qr,
        ]
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
    let qr = cargo::wasm("QR codes, compiled", "goodword-qr", "widget", "")?;
    let mut inputs = vec![
        wasm.clone(),
        qr.clone(),
        root().join("widget/style.css"),
        root().join("widget/banner.css"),
        root().join("widget/code.css"),
        root().join("widget/portal.css"),
        root().join("package-lock.json"),
    ];
    for folder in ["widget/js", "widget/words"] {
        let folder = root().join(folder);
        let files = stamp::files_below(&folder)?;
        inputs.extend(files.into_iter().map(|name| folder.join(name)));
    }
    let mut outputs = vec![flavour.dist().join("widget.js"), file(flavour)];
    if let Ok(names) = Names::read(flavour) {
        outputs.extend(names.all().map(|name| flavour.dist().join(name)));
    }
    stamp::unless_fresh(
        &flavour.folder().join("widget.stamp"),
        &inputs,
        &outputs,
        || step("widget, bundled", |_| bundle(flavour, &wasm, &qr)),
    )
}

fn bundle(flavour: Flavour, wasm: &Path, qr: &Path) -> Result<()> {
    let glue = flavour.folder().join("widget-glue");
    let guard = existing("widget/js/guard.js", "the widget needs it")?;
    bindgen::for_widget(wasm, &glue, &guard)?;
    let small = glue.join("small.wasm");
    optimise::for_widget(&glue.join("widget_bg.wasm"), &small)?;
    let door = existing("widget/js/for_view.js", "the widget needs it")?;
    let entry = glue.join("entry.js");
    std::fs::write(&entry, entry_of(&door)?)?;
    let qr = picture(flavour, qr, &glue)?;
    let source = |name: &str| root().join("widget").join(name);
    let names = Names {
        code: own(flavour, "code", &qr)?,
        portal: own(flavour, "portal", &qr)?,
        qr,
        words: languages(flavour)?,
        glue: script(flavour, &entry, &[])?,
        wasm: asset(flavour, "wasm", &std::fs::read(&small)?)?,
        css: asset(
            flavour,
            "css",
            esbuild::bundle(&source("style.css"), &flags(&["--minify"]))?.as_bytes(),
        )?,
        fallback: script(flavour, &source("js/fallback.js"), &[])?,
    };
    let loader = esbuild::bundle(&source("js/loader.js"), &loader_flags(&names)?)?;
    stamp::write_if_changed(&flavour.dist().join("widget.js"), loader.as_bytes())?;
    names.write(flavour)?;
    remove_others(flavour, &names)
}

/// The loader runs on any page as it is: one classic script, no module. It knows the names of all the rest.
fn loader_flags(names: &Names) -> Result<Vec<String>> {
    let mut all = flags(&["--minify", "--target=es2018", "--format=iife"]);
    for (word, name) in [
        ("GLUE", &names.glue),
        ("WASM", &names.wasm),
        ("CSS", &names.css),
        ("FALLBACK", &names.fallback),
        ("CODE", &names.code),
        ("PORTAL", &names.portal),
        ("WORDS", &names.words),
    ] {
        all.push(define(word, name)?);
    }
    Ok(all)
}

/// The module that draws QR codes.
fn picture(flavour: Flavour, wasm: &Path, folder: &Path) -> Result<String> {
    let (cut, small) = (folder.join("qr.cut.wasm"), folder.join("qr.wasm"));
    std::fs::write(&cut, panics::cut_short(wasm)?)?;
    optimise::for_widget(&cut, &small)?;
    asset(flavour, "wasm", &std::fs::read(&small)?)
}

/// An element in plain JavaScript: its script, with its own style sheet in it.
fn own(flavour: Flavour, element: &str, qr: &str) -> Result<String> {
    let sheet = root().join(format!("widget/{element}.css"));
    let sheet = esbuild::bundle(&sheet, &flags(&["--minify"]))?;
    let sheet_name = format!("{}_CSS", element.to_uppercase());
    let defined = [define(&sheet_name, sheet.trim_end())?, define("QR", qr)?];
    let entry = root().join(format!("widget/js/{element}.js"));
    script(flavour, &entry, &defined)
}

fn script(flavour: Flavour, entry: &Path, defined: &[String]) -> Result<String> {
    let module = flags(&["--minify", "--target=es2020", "--format=esm"]);
    let bundled = esbuild::bundle(entry, &[&module, defined].concat())?;
    asset(flavour, "js", bundled.as_bytes())
}

/// The bindings behind the same door as the views in plain JavaScript: a view is given the page, and not the loader's own.
fn entry_of(for_view: &Path) -> Result<String> {
    let door = serde_json::to_string(&for_view.to_string_lossy())?;
    Ok(format!(
        "import {{ mountView }} from {door};\nimport {{ mount as view }} from \"./widget.js\";\n\
         export {{ default, unmount }} from \"./widget.js\";\n\
         export const mount = (...seen) => mountView(view, ...seen);\n"
    ))
}

fn flags(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Puts a text in the place of `__NAME__`.
fn define(name: &str, text: &str) -> Result<String> {
    let text = serde_json::to_string(text)?;
    Ok(format!("--define:__{name}__={text}"))
}

fn asset(flavour: Flavour, ending: &str, bytes: &[u8]) -> Result<String> {
    let name = format!("assets/{}.{ending}", stamp::content_name(bytes));
    stamp::write_if_changed(&flavour.dist().join(&name), bytes)?;
    Ok(name)
}

/// The words of each language in a folder that is named after the content of all: one name is enough for the loader.
fn languages(flavour: Flavour) -> Result<String> {
    let from = root().join("widget/words");
    let mut all = Vec::new();
    let mut made = Vec::new();
    for name in stamp::files_below(&from)? {
        let words: Value = serde_json::from_slice(&std::fs::read(from.join(&name))?)
            .with_context(|| format!("widget/words/{} is no JSON", name.display()))?;
        let text = serde_json::to_string(&words)?;
        all.extend_from_slice(text.as_bytes());
        made.push((name, text));
    }
    let folder = format!("assets/{}/", stamp::content_name(&all));
    for (name, text) in made {
        stamp::write_if_changed(&flavour.dist().join(&folder).join(name), text.as_bytes())?;
    }
    Ok(folder)
}

fn remove_others(flavour: Flavour, names: &Names) -> Result<()> {
    let folder = flavour.dist();
    for path in stamp::files_below(&folder.join("assets"))? {
        let name = format!("assets/{}", path.display());
        if !names.all().contains(&&name) && !name.starts_with(&names.words) {
            std::fs::remove_file(folder.join(name))?;
        }
    }
    Ok(())
}
