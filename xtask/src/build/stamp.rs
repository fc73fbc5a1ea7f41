//! What lets a second build take seconds: outputs remember what they were made of, and files change only when their
//! content does (wrangler reloads on every write).

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::vars::hex;

/// Runs `make` unless `outputs` are there and were made of these very inputs, by this very program.
pub(super) fn unless_fresh(
    stamp: &Path,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let now = fingerprint(inputs)?;
    let before = std::fs::read_to_string(stamp).unwrap_or_default();
    if before == now && outputs.iter().all(|path| path.exists()) {
        return Ok(());
    }
    let _ = std::fs::remove_file(stamp);
    make()?;
    std::fs::write(stamp, now).with_context(|| format!("cannot write {}", stamp.display()))
}

fn fingerprint(inputs: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    // The pipeline is an input as well, and its own program stands for it.
    let program = std::fs::metadata(std::env::current_exe()?)?;
    program
        .modified()?
        .duration_since(UNIX_EPOCH)?
        .as_nanos()
        .hash(&mut hasher);
    for path in inputs {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} is missing", path.display()))?;
        bytes.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The name of what is cached for good: 10 hexadecimal digits of its content.
pub(super) fn content_name(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)).chars().take(10).collect()
}

/// The hash of content as `integrity` takes it.
pub(super) fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}

/// Writes a file only when its content changes.
pub(super) fn write_if_changed(to: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(to).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
}

pub(super) fn copy_if_changed(from: &Path, to: &Path) -> Result<()> {
    let bytes = std::fs::read(from).with_context(|| format!("{} is missing", from.display()))?;
    write_if_changed(to, &bytes)
}

/// Makes `to` hold the files of `from` and no others.
pub(super) fn mirror(from: &Path, to: &Path) -> Result<()> {
    let wanted = files_below(from)?;
    for path in &wanted {
        copy_if_changed(&from.join(path), &to.join(path))?;
    }
    for path in files_below(to)?.difference(&wanted) {
        remove(&to.join(path))?;
    }
    Ok(())
}

/// Removes a file, and its folder once that is empty.
pub(super) fn remove(file: &Path) -> Result<()> {
    std::fs::remove_file(file)?;
    let _ = file.parent().map(std::fs::remove_dir);
    Ok(())
}

/// Every file below a folder, named from there; none when there is no such folder.
pub(super) fn files_below(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    Ok(found)
}
