//! Shops that nobody here wrote, for the tests to buy in: django-oscar, from PyPI, in the versions of
//! `tests/shops/oscar/requirements.txt`.
//!
//! Packages and database are made once, below `target/`. Each test runs the shop on a copy of the database.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{process, python, root, vars};

const FOLDER: &str = "tests/shops/oscar";
const REQUIREMENTS: &str = "tests/shops/oscar/requirements.txt";

/// What makes a database of an empty folder.
const MAKING: [(&str, &[&str]); 3] = [
    (
        "its database",
        &["manage.py", "migrate", "--run-syncdb", "-v0"],
    ),
    ("its products and vouchers", &["-Wignore", "seed.py"]),
    (
        "its search index",
        &["-Wignore", "manage.py", "rebuild_index", "--noinput", "-v0"],
    ),
];

/// A shop that is ready to be copied and started.
pub(super) struct Oscar {
    packages: PathBuf,
    data: PathBuf,
}

impl Oscar {
    pub(super) fn is_told_to(&self, command: &mut Command) {
        command
            .env("GOODWORD_OSCAR_PACKAGES", &self.packages)
            .env("GOODWORD_OSCAR_DATA", &self.data);
    }
}

/// Installs and makes what is missing.
pub(super) fn oscar() -> Result<Oscar> {
    let packages = python::packages("oscar", REQUIREMENTS, &[])?;
    let data = packages.join(format!("data-{}", &recipe()?[..16]));
    let oscar = Oscar { packages, data };
    let complete = oscar.data.join("complete");
    if !complete.exists() {
        // What an interrupted run has left.
        let _ = std::fs::remove_dir_all(&oscar.data);
        std::fs::create_dir_all(&oscar.data)?;
        for (name, arguments) in MAKING {
            process::run(name, &mut python(&oscar, arguments))?;
        }
        std::fs::write(&complete, "")?;
    }
    Ok(oscar)
}

fn python(oscar: &Oscar, arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .args(arguments)
        .env("PYTHONPATH", path(&oscar.packages))
        .env("SHOP_DATA", &oscar.data)
        .current_dir(root().join(FOLDER));
    command
}

/// The shop's packages, and the sample that it installs as its merchant would.
fn path(packages: &Path) -> String {
    let sample = root().join("docs/samples/oscar");
    format!("{}:{}", packages.display(), sample.display())
}

/// A hash of all that the database is made of: what has changed makes a new one.
fn recipe() -> Result<String> {
    let mut hash = Sha256::new();
    let mut open = vec![root().join(FOLDER)];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "py") {
                files.push(path);
            }
        }
    }
    files.sort();
    for file in files {
        hash.update(std::fs::read(&file).with_context(|| file.display().to_string())?);
    }
    Ok(vars::hex(&hash.finalize()))
}
