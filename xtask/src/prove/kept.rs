//! What is kept of a proof: of the very files that it depends on, so that a change begins anew what it touches, and no more.
//!
//! It is kept in the repository, a file for each proof, because the longest takes longer than a machine may be there. What was proved
//! of files that have changed since stays there, with its commit, until it is begun anew.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::code::Code;
use crate::vars::hex;
use crate::{process, root};

/// Where outcomes are kept.
const FOLDER: &str = "tests/proved";

/// What is kept of one proof.
pub(super) struct Kept {
    file: PathBuf,
    /// Of which files; empty for a proof of any.
    files: String,
    /// The commit that was checked out when it began.
    commit: String,
}

impl Kept {
    /// Of a proof that depends on the rules, but for their tests, and on these files as they are checked out, and on nothing else.
    pub(super) fn of(name: &'static str, paths: &[&str]) -> Result<Self> {
        let mut command = vec!["ls-tree", "HEAD", "--"];
        command.extend(paths);
        let files = git(&command)?;
        if files.lines().count() != paths.len() {
            bail!("one of {} is not there", paths.join(", "));
        }
        let all = files + &Code::of_rules()?.digest;
        Self::of_digest(name, hex(&Sha256::digest(all))[..12].to_owned())
    }

    /// Of a proof that depends on what has this digest.
    pub(super) fn of_digest(name: &'static str, files: String) -> Result<Self> {
        Ok(Self {
            file: file(name)?,
            files,
            commit: commit()?,
        })
    }

    /// Of a proof that takes longer than commits stay the newest: each batch names its commit.
    pub(super) fn over_commits(name: &'static str) -> Result<Self> {
        Self::of_digest(name, String::new())
    }

    /// The batches so far, of these files.
    pub(super) fn batches(&self) -> Result<Vec<Value>> {
        let last = self.last()?;
        Ok(if last.since.is_none() {
            last.batches
        } else {
            Vec::new()
        })
    }

    /// What was proved last, of these files or of what they were.
    pub(super) fn last(&self) -> Result<Last> {
        if !self.file.exists() {
            return Ok(Last::default());
        }
        let named = || self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file).with_context(named)?;
        let mut kept: Value = serde_json::from_str(&text).with_context(named)?;
        let commit = kept["commit"].as_str().unwrap_or("an older commit");
        Ok(Last {
            since: (kept["files"] != self.files).then(|| commit.to_owned()),
            batches: serde_json::from_value(kept["batches"].take()).with_context(named)?,
        })
    }

    /// Adds a batch that is whole. It took hours, and what it was of must still be what is there.
    pub(super) fn add_batch(&self, batch: Value) -> Result<()> {
        let now = commit()?;
        if now != self.commit {
            bail!(
                "this was begun at {}, and now {now} is checked out",
                self.commit
            );
        }
        let mut batches = self.batches()?;
        batches.push(batch);
        let kept = json!({ "commit": self.commit, "files": self.files, "batches": batches });
        // Written beside it and moved: a file that is cut off would lose every batch before.
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{}\n", serde_json::to_string_pretty(&kept)?))?;
        Ok(std::fs::rename(next, &self.file)?)
    }

    /// The sum of a figure over all batches.
    pub(super) fn sum(&self, figure: &str) -> Result<u64> {
        Ok(sum(&self.batches()?, figure))
    }
}

/// What was proved last.
#[derive(Default)]
pub(super) struct Last {
    /// The commit that it was proved of, if its files have changed since.
    pub(super) since: Option<String>,
    pub(super) batches: Vec<Value>,
}

impl Last {
    /// The sum of a figure over all batches.
    pub(super) fn sum(&self, figure: &str) -> u64 {
        sum(&self.batches, figure)
    }
}

fn sum(batches: &[Value], figure: &str) -> u64 {
    let figures = batches.iter().filter_map(|batch| batch[figure].as_u64());
    figures.sum()
}

fn file(name: &str) -> Result<PathBuf> {
    let folder = root().join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{name}.json")))
}

/// The commit that is checked out: all of it must be committed, because nobody could tell later what was proved.
pub(super) fn commit() -> Result<String> {
    let changed = git(&["status", "--porcelain", "--", ".", ":!tests/proved"])?;
    if !changed.is_empty() {
        bail!("what is proved is proved of a commit, and there are changes:\n{changed}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

pub(super) fn git(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root());
    let done = process::quiet("git", &mut command)?;
    Ok(done.stdout.trim().to_owned())
}
