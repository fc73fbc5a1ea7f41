//! The widget's files: a loader under a fixed name, and everything it fetches in a folder under the hash of its content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Flavour, bindgen, cargo, esbuild, optimise, panics, stamp};
use crate::steps::step;
use crate::{existing, root};

/// The bindings, and what begins them.
pub(crate) const GLUE: &str = "widget.js";
pub(crate) const WASM: &str = "widget.wasm";
/// The style sheet of all views, as a module that each of them imports.
pub(crate) const STYLE: &str = "style.js";
pub(crate) const FALLBACK: &str = "fallback.js";
pub(crate) const CODE: &str = "code.js";
pub(crate) const INVITE: &str = "invite.js";
pub(crate) const LEAD: &str = "lead.js";
pub(crate) const PORTAL: &str = "portal.js";
pub(crate) const QR: &str = "qr.wasm";
/// What puts its picture into the dialog.
pub(crate) const SHOW_QR: &str = "show_qr.js";

/// What puts a code into the cart of one platform each: fetched on its pages alone.
pub(crate) const ADAPTERS: [&str; 13] = [
    "shopify",
    "woocommerce",
    "bigcommerce",
    "stripe_links",
    "paddle",
    "lemon_squeezy",
    "snipcart",
    "vendure",
    "medusa",
    "saleor",
    "magento",
    "form",
    "dom",
];

/// How the file of an adapter is called.
pub(crate) fn adapter(platform: &str) -> String {
    format!("apply-{platform}.js")
}

/// Beside the loader: the files of each release that is served. A deployment keeps the earlier ones by it.
pub(crate) const RELEASES: &str = "releases.json";

/// How loaders begin that are called by their content.
pub(crate) const PINNED: &str = "widget-";

/// What was built.
pub(crate) struct Release {
    /// The folder of everything that the loader fetches, such as `assets/0123456789/`: one hash for all of it, because
    /// no compression makes a hash smaller.
    pub folder: String,
    /// The loader under the hash of its content: for who pins it.
    pub loader: String,
    /// What a tag has to say of that.
    pub integrity: String,
    /// Every file, named from the folder that `widget.js` is in.
    pub files: Vec<String>,
}

impl Release {
    /// That of the flavour that was built last.
    pub(crate) fn read(flavour: Flavour) -> Result<Self> {
        let text =
            std::fs::read_to_string(file(flavour)).context("the widget has not been built")?;
        let told: Value = serde_json::from_str(&text)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let files = told["files"].as_array().context("no files were built")?;
        Ok(Self {
            folder: text(&told["folder"]).context("no folder was built")?,
            loader: text(&told["loader"]).context("no loader was built")?,
            integrity: text(&told["integrity"]).context("no loader was built")?,
            files: files.iter().filter_map(text).collect(),
        })
    }

    fn write(&self, flavour: Flavour) -> Result<()> {
        let told = json!({
            "folder": self.folder, "loader": self.loader, "integrity": self.integrity, "files": self.files,
        });
        stamp::write_if_changed(&file(flavour), told.to_string().as_bytes())
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
        root().join("widget/code.css"),
        root().join("widget/invite.css"),
        root().join("widget/lead.css"),
        root().join("widget/portal.css"),
        root().join("package-lock.json"),
    ];
    for folder in ["widget/js", "widget/words"] {
        let folder = root().join(folder);
        let files = stamp::files_below(&folder)?;
        inputs.extend(files.into_iter().map(|name| folder.join(name)));
    }
    let mut outputs = vec![flavour.dist().join("widget.js"), file(flavour)];
    if let Ok(release) = Release::read(flavour) {
        let files = release.files.iter();
        outputs.extend(files.map(|name| flavour.dist().join(name)));
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
    let source = |name: &str| root().join("widget").join(name);
    let wasm = std::fs::read(&small)?;
    let mut files = languages()?;
    for (name, bytes) in [
        (GLUE, script(&entry, &[])?),
        (WASM, wasm.clone()),
        (STYLE, style()?),
        (FALLBACK, script(&source("js/fallback.js"), &[])?),
        (CODE, own("code")?),
        (INVITE, own("invite")?),
        (LEAD, own("lead")?),
        (PORTAL, own("portal")?),
        (QR, picture(qr, &glue)?),
        (SHOW_QR, script(&source("js/show_qr.js"), &[])?),
    ] {
        files.insert(name.to_owned(), bytes);
    }
    for platform in ADAPTERS {
        let adapted = script(&source(&format!("js/apply/{platform}.js")), &[])?;
        files.insert(adapter(platform), adapted);
    }
    let folder = folder_for(&files);
    let flags = loader_flags(&folder, &wasm)?;
    let loader = esbuild::bundle(&source("js/loader.js"), &flags)?.into_bytes();
    stamp::write_if_changed(&flavour.dist().join("widget.js"), &loader)?;
    let release = place(flavour, folder, files, loader)?;
    let releases = json!([release.files]).to_string();
    stamp::write_if_changed(&flavour.dist().join(RELEASES), releases.as_bytes())?;
    release.write(flavour)?;
    remove_others(flavour, &release)
}

/// Everything that the loader fetches, by its name.
type Files = BTreeMap<String, Vec<u8>>;

/// A folder that is called by the hash of all that is in it.
fn folder_for(files: &Files) -> String {
    let mut all = Vec::new();
    for (name, bytes) in files {
        all.extend_from_slice(name.as_bytes());
        all.extend_from_slice(bytes);
    }
    format!("assets/{}/", stamp::content_name(&all))
}

/// Writes the files into their folder, and the loader once more under the hash of its content.
fn place(flavour: Flavour, folder: String, files: Files, loader: Vec<u8>) -> Result<Release> {
    let pinned = format!("{PINNED}{}.js", stamp::content_name(&loader));
    let integrity = stamp::integrity(&loader);
    let named = |(name, bytes)| (format!("{folder}{name}"), bytes);
    let mut all: Files = files.into_iter().map(named).collect();
    all.insert(pinned.clone(), loader);
    for (name, bytes) in &all {
        stamp::write_if_changed(&flavour.dist().join(name), bytes)?;
    }
    Ok(Release {
        folder,
        loader: pinned,
        integrity,
        files: all.into_keys().collect(),
    })
}

/// The loader runs on any page as it is: one classic script, no module. It knows where all the rest is, and what the
/// WebAssembly is.
fn loader_flags(folder: &str, wasm: &[u8]) -> Result<Vec<String>> {
    let mut all = flags(&["--minify", "--target=es2018", "--format=iife"]);
    all.push(define("FILES", folder)?);
    all.push(define("INTEGRITY", &stamp::integrity(wasm))?);
    Ok(all)
}

/// The module that draws QR codes.
fn picture(wasm: &Path, folder: &Path) -> Result<Vec<u8>> {
    let (cut, small) = (folder.join("qr.cut.wasm"), folder.join(QR));
    std::fs::write(&cut, panics::cut_short(wasm)?)?;
    optimise::for_widget(&cut, &small)?;
    Ok(std::fs::read(&small)?)
}

/// A module with the style sheet that all views are drawn by.
fn style() -> Result<Vec<u8>> {
    let text = serde_json::to_string(sheet("style.css")?.trim_end())?;
    let module = format!("export const sheet=new CSSStyleSheet;sheet.replaceSync({text})\n");
    Ok(module.into_bytes())
}

fn sheet(name: &str) -> Result<String> {
    esbuild::bundle(&root().join("widget").join(name), &flags(&["--minify"]))
}

/// An element in plain JavaScript: its script, with its own style sheet in it.
fn own(element: &str) -> Result<Vec<u8>> {
    let sheet = sheet(&format!("{element}.css"))?;
    let name = format!("{}_CSS", element.to_uppercase());
    let entry = root().join(format!("widget/js/{element}.js"));
    script(&entry, &[define(&name, sheet.trim_end())?])
}

fn script(entry: &Path, defined: &[String]) -> Result<Vec<u8>> {
    // It lies beside every one of them.
    let style = format!("--external:*/{STYLE}");
    let module = flags(&["--minify", "--target=es2020", "--format=esm", &style]);
    Ok(esbuild::bundle(entry, &[&module, defined].concat())?.into_bytes())
}

/// The bindings behind the same door as the views in plain JavaScript: a view is given the page, and not the loader's own.
/// What begins them is here, and not in the loader that every page carries.
fn entry_of(for_view: &Path) -> Result<String> {
    let door = serde_json::to_string(&for_view.to_string_lossy())?;
    Ok(format!(
        "import {{ mountView }} from {door};\n\
         import start, {{ mount as view, unmount }} from \"./widget.js\";\n\
         const mount = (...seen) => mountView(view, ...seen);\n\
         export const begin = async (wasm, trapped) => {{\n\
           (await start({{ module_or_path: wasm }})).onTrap(trapped);\n\
           return {{ mount, unmount }};\n\
         }};\n"
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

/// The words of each language.
fn languages() -> Result<Files> {
    let from = root().join("widget/words");
    let mut files = Files::new();
    for name in stamp::files_below(&from)? {
        let words: Value = serde_json::from_slice(&std::fs::read(from.join(&name))?)
            .with_context(|| format!("widget/words/{} is no JSON", name.display()))?;
        let text = serde_json::to_string(&words)?;
        files.insert(name.display().to_string(), text.into_bytes());
    }
    Ok(files)
}

/// Removes the files of earlier builds.
fn remove_others(flavour: Flavour, release: &Release) -> Result<()> {
    let folder = flavour.dist();
    for path in stamp::files_below(&folder)? {
        let name = path.display().to_string();
        let is_ours = name.starts_with("assets/") || name.starts_with(PINNED);
        if is_ours && !release.files.contains(&name) {
            stamp::remove(&folder.join(name))?;
        }
    }
    Ok(())
}
