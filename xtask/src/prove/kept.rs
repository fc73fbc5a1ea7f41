//! What is kept of a proof: of the very files that it depends on, so that a change begins anew what it touches, and no more.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::vars::hex;
use crate::{process, root};

/// What is kept of one proof.
pub(super) struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Of a proof that depends on these files as they are checked out, and on no other.
    pub(super) fn of(name: &'static str, paths: &[&str]) -> Result<Self> {
        let mut command = vec!["ls-tree", "HEAD", "--"];
        command.extend(paths);
        let files = git(&command)?;
        if files.lines().count() != paths.len() {
            bail!("one of {} is not there", paths.join(", "));
        }
        let digest = &hex(&Sha256::digest(files))[..12];
        let folder = root().join("target/prove").join(format!("{name}-{digest}"));
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Of a proof that takes longer than commits stay the newest: in a folder that is committed, where each batch names its commit.
    pub(super) fn over_commits(folder: &str) -> Result<Self> {
        let folder = root().join(folder);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// A file or folder of it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The batches so far.
    pub(super) fn batches(&self) -> Result<Vec<Value>> {
        let path = self.path("batches.json");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(&path)?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Adds a batch that is whole.
    pub(super) fn add_batch(&self, batch: Value) -> Result<()> {
        let mut batches = self.batches()?;
        batches.push(batch);
        // Written beside it and moved: a file that is cut off would lose every batch before.
        let path = self.path("batches.json");
        let next = self.path("batches.next");
        std::fs::write(&next, serde_json::to_string_pretty(&batches)?)?;
        Ok(std::fs::rename(next, path)?)
    }

    /// The sum of a figure over all batches.
    pub(super) fn sum(&self, figure: &str) -> Result<u64> {
        let batches = self.batches()?;
        let figures = batches.iter().filter_map(|batch| batch[figure].as_u64());
        Ok(figures.sum())
    }
}

/// The commit that is checked out: all of it must be committed, because nobody could tell later what was proved.
pub(super) fn commit() -> Result<String> {
    let changed = git(&["status", "--porcelain", "--", ".", ":!tests/fuzz/proved"])?;
    if !changed.is_empty() {
        bail!("what is proved is proved of a commit, and there are changes:\n{changed}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root());
    let done = process::quiet("git", &mut command)?;
    Ok(done.stdout.trim().to_owned())
}
