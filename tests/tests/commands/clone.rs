//! A fresh clone: every file that git has or would have, and `npm ci`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tokio::process::Command;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

/// One command at a time works in it.
static TURN: Mutex<()> = Mutex::const_new(());

static READY: OnceCell<PathBuf> = OnceCell::const_new();

/// The clone, for as long as this value lives.
pub(super) struct Clone {
    pub(super) folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Clone {
    /// Waits for its turn; the first one makes it.
    pub(super) async fn enter() -> Self {
        let turn = TURN.lock().await;
        let folder = READY.get_or_init(made).await.clone();
        Self {
            folder,
            _turn: turn,
        }
    }

    /// A program that will run in it.
    pub(super) fn command(&self, program: &str) -> Command {
        command_in(&self.folder, program)
    }

    /// Runs a developer command to its end.
    pub(super) async fn xtask(&self, arguments: &[&str]) -> Output {
        let mut command = self.command("cargo");
        command.arg("xtask").args(arguments);
        command.output().await.expect("cargo")
    }
}

/// A folder with every file that git has or would have, and nothing else.
pub(super) async fn copy(name: &str) -> PathBuf {
    let folder = Path::new(&required("GOODWORD_CLONES")).join(name);
    let mut list = Command::new("git");
    list.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ])
    .current_dir(root());
    let list = list.output().await.expect("git");
    let names = String::from_utf8(list.stdout).expect("names");
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root().join(name), folder.join(name));
        // Deleted, but not yet committed so.
        if !from.exists() {
            continue;
        }
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder of our own");
        fs::copy(from, to).expect("a copy");
    }
    folder
}

/// A program in a folder, compiling into the target folder that is there already: what a clone would compile anew is the
/// same, and would take minutes.
pub(super) fn command_in(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("WRANGLER_SEND_METRICS", "false")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("CI", "1")
        .kill_on_drop(true);
    command
}

/// The compiled `xtask`, for what happens where cargo itself would not run.
pub(super) fn xtask_in(folder: &Path) -> Command {
    let mut command = command_in(folder, target().join("debug/xtask").to_str().expect("text"));
    command.env("CARGO_MANIFEST_DIR", folder.join("xtask"));
    command
}

pub(super) fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this crate lies in a workspace")
}

fn required(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run through `cargo xtask test`"))
}

async fn made() -> PathBuf {
    let folder = copy("fresh").await;
    let mut npm = command_in(&folder, "npm");
    npm.args(["ci", "--no-audit", "--no-fund"]);
    let installed = npm.output().await.expect("npm");
    assert!(installed.status.success(), "{}", said(&installed));
    folder
}
