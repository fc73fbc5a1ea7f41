//! What is kept of the proofs of one commit.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{process, root};

/// The folder of a commit.
pub(super) struct Kept {
    pub(super) commit: String,
    folder: PathBuf,
}

impl Kept {
    /// That of what is checked out: all of it must be committed, because nobody could tell later what was proved.
    pub(super) fn of_this_commit() -> Result<Self> {
        let changed = git(&["status", "--porcelain"])?;
        if !changed.is_empty() {
            bail!("what is proved is proved of a commit, and there are changes:\n{changed}");
        }
        let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
        let folder = root().join("target/prove").join(&commit);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { commit, folder })
    }

    /// A file or folder of it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The batches of one proof so far.
    pub(super) fn batches(&self, proof: &str) -> Result<Vec<Value>> {
        let path = self.path(&format!("{proof}.json"));
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(&path)?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Adds a batch that is whole.
    pub(super) fn add_batch(&self, proof: &str, batch: Value) -> Result<()> {
        let mut batches = self.batches(proof)?;
        batches.push(batch);
        // Written beside it and moved: a file that is cut off would lose every batch before.
        let path = self.path(&format!("{proof}.json"));
        let next = self.path(&format!("{proof}.next"));
        std::fs::write(&next, json!(batches).to_string())?;
        Ok(std::fs::rename(next, path)?)
    }

    /// The sum of a figure over all batches of a proof.
    pub(super) fn sum(&self, proof: &str, figure: &str) -> Result<u64> {
        let batches = self.batches(proof)?;
        let figures = batches.iter().filter_map(|batch| batch[figure].as_u64());
        Ok(figures.sum())
    }
}

fn git(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root());
    let done = process::quiet("git", &mut command)?;
    Ok(done.stdout.trim().to_owned())
}
