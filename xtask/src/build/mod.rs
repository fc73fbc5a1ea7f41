//! The two artefacts: the Worker's bundle and the widget's static assets.
//!
//! Each flavour is made in its own folder, `build/dev` and `build/release`, and the asked one is then copied to where
//! `wrangler.toml` looks for it (`build/` and `dist/`): tests, a running `wrangler dev` and a deployment never get each
//! other's bundle. What has not changed is not made again.

mod assets;
mod bindgen;
mod cargo;
mod classes;
mod esbuild;
mod floor;
mod marks;
mod names;
mod optimise;
mod panics;
mod places;
mod ranks;
mod similar;
mod stamp;
pub(crate) mod widget;
mod worker;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::args::Arguments;
use crate::{root, setup, vars};

pub(crate) use cargo::artefact;
pub(crate) use floor::floor;
pub(crate) use marks::refuse_dev_features;

/// Which features are in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The edge takes loopback addresses and has a clock that can be set.
    Dev,
    /// The same, and the widget has a button that traps.
    Test,
    /// None of that: what is deployed.
    Release,
}

impl Flavour {
    /// Everything of this flavour is below here.
    pub(crate) fn folder(self) -> PathBuf {
        root().join("build").join(match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Release => "release",
        })
    }

    /// The files that are served as they are.
    pub(crate) fn dist(self) -> PathBuf {
        self.folder().join("dist")
    }
}

/// `cargo xtask build [--release]`; also what `wrangler` runs, which says in `WRANGLER_COMMAND` what it is about to do.
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let release = arguments.switch("--release") || wrangler_deploys();
    arguments.end()?;
    setup::tools()?;
    let flavour = if release {
        Flavour::Release
    } else {
        Flavour::Dev
    };
    make(flavour)?;
    publish(flavour)
}

fn wrangler_deploys() -> bool {
    std::env::var("WRANGLER_COMMAND").is_ok_and(|command| command != "dev" && command != "types")
}

/// Builds one flavour into its folder.
pub(crate) fn make(flavour: Flavour) -> Result<()> {
    let folder = flavour.folder();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let _turn = lock(&folder)?;
    vars::ensure(&root().join(".dev.vars"))?;
    both(|| worker::make(flavour), || widget::make(flavour))?;
    assets::make(flavour)?;
    marks::check(flavour)
}

/// Does two things side by side: each ends with a program that is linked by one processor.
fn both(one: impl FnOnce() -> Result<()> + Send, other: impl FnOnce() -> Result<()>) -> Result<()> {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        one.join()
            .map_err(|_| anyhow!("a thread failed"))?
            .and(other)
    })
}

/// Copies one flavour to where `wrangler.toml` looks.
pub(crate) fn publish(flavour: Flavour) -> Result<()> {
    let _turn = lock(&root().join("build"))?;
    // The bundle names the wasm file: it comes last.
    for name in ["index_bg.wasm", "index.js"] {
        stamp::copy_if_changed(
            &flavour.folder().join(name),
            &root().join("build").join(name),
        )?;
    }
    stamp::mirror(&flavour.dist(), &root().join("dist"))
}

/// One build of a flavour at a time; the second waits, and then finds its work done.
fn lock(folder: &Path) -> Result<std::fs::File> {
    let file = std::fs::File::create(folder.join(".lock"))?;
    file.lock()?;
    Ok(file)
}
