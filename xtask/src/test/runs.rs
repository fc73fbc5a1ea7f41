//! The folders of single runs, which stay when a test failed: a prefix and the process id.

use std::path::Path;

use crate::process;

/// Removes what failed runs have left in `parent`, except of those that still go on.
pub(super) fn forget_dead(parent: &Path, prefix: &str) {
    let entries = std::fs::read_dir(parent);
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let run = name.strip_prefix(prefix).and_then(|id| id.parse().ok());
        if run.is_some_and(|id| !process::is_alive(id)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
