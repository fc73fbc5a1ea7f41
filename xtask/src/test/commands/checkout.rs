//! A folder that holds what a fresh clone would hold, and programs that run in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::told::Told;
use crate::steps::Note;
use crate::test::runs;
use crate::{dev, process, root};

/// How the folders of runs begin; the process id follows.
const RUN: &str = "goodword-commands-";

pub(super) struct Checkout {
    /// Everything of this run is below here.
    run: PathBuf,
    /// What is shared with the checkout that is tested: compiled code, and nothing else.
    target: PathBuf,
}

impl Checkout {
    /// Copies every file that git has or would have.
    pub(super) fn make() -> Result<Self> {
        let parent = std::env::temp_dir().canonicalize()?;
        runs::forget_dead(&parent, RUN);
        let checkout = Self {
            run: parent.join(format!("{RUN}{}", std::process::id())),
            target: target()?,
        };
        // The shop's program carries the path to its page. Compiled here first, it is found ready there, and does not come
        // to point into a folder that will be gone.
        dev::build_store()?;
        fs::create_dir_all(checkout.logs())?;
        let listed = process::quiet(
            "git ls-files",
            Command::new("git")
                .args(["ls-files", "-z", "-co", "--exclude-standard"])
                .current_dir(root()),
        )?;
        for name in listed.stdout.split_terminator('\0') {
            let from = root().join(name);
            // A file that was deleted is listed until that is committed.
            if from.exists() {
                copy(&from, &checkout.path(name)).with_context(|| format!("cannot copy {name}"))?;
            }
        }
        Ok(checkout)
    }

    /// The root of the copied project.
    pub(super) fn folder(&self) -> PathBuf {
        self.run.join("project")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(super) fn logs(&self) -> PathBuf {
        self.run.join("logs")
    }

    /// A folder of this run, outside the project, that is not there yet.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.run.join(name)
    }

    /// A program, as somebody would start it in a terminal that was just opened there.
    ///
    /// Its Rust code is compiled into the target folder of this checkout: it is the same code, and to compile it anew
    /// would take minutes.
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(self.folder())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CI", "1")
            .env("WRANGLER_SEND_METRICS", "false")
            // Cargo has set it for this very program: it leads to the wrong checkout.
            .env_remove("CARGO_MANIFEST_DIR");
        command
    }

    /// `cargo xtask` with these arguments.
    pub(super) fn xtask(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.arg("xtask").args(arguments);
        command
    }

    /// The compiled `xtask`, for search paths with which cargo itself would not run.
    pub(super) fn bare_xtask(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(self.target.join("debug/xtask"));
        command
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("xtask"));
        command
    }

    /// Runs a program to its end, and keeps what it wrote among the logs.
    pub(super) fn tell(&self, log: &str, command: &mut Command) -> Result<Told> {
        let output = process::output(command, &Note::default())?;
        fs::write(self.logs().join(format!("{log}.log")), output.text())?;
        Ok(Told(output))
    }

    pub(super) fn remove(self) {
        // What is left of it harms nobody, and the next run tries again.
        let _ = fs::remove_dir_all(self.run);
    }
}

/// The folder that cargo compiled this program into.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent);
    target
        .map(Path::to_owned)
        .context("this program lies in no target folder")
}

/// Copies a file along with its time: to cargo a file that is younger than what was compiled of it has changed.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    File::options()
        .write(true)
        .open(to)?
        .set_modified(modified)?;
    Ok(())
}
