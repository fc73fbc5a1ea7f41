//! Looks for thousands of needles in one pass over each file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::needles::{Needle, Needles};

/// Bytes by which a needle is first recognised; none is shorter.
const HEAD: usize = 4;
/// Bits of the table that tells most places at once from all needles.
const TABLE: u32 = 20;

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A search for all needles at once.
pub(super) struct Search<'n> {
    exact: Index<'n>,
    folded: Index<'n>,
}

impl<'n> Search<'n> {
    pub(super) fn new(needles: &'n Needles) -> Self {
        Self {
            exact: Index::new(&needles.exact),
            folded: Index::new(&needles.folded),
        }
    }

    /// Where a needle begins that lies in these bytes, and what it is: the first of each kind.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<(usize, &'n str)> {
        let mut found = self.exact.find(bytes);
        found.extend(self.folded.find(&bytes.to_ascii_lowercase()));
        found
    }
}

struct Index<'n> {
    table: Vec<bool>,
    by_head: HashMap<[u8; HEAD], Vec<&'n Needle>>,
}

impl<'n> Index<'n> {
    fn new(needles: &'n [Needle]) -> Self {
        let mut index = Self {
            table: vec![false; 1 << TABLE],
            by_head: HashMap::new(),
        };
        for needle in needles {
            if let Some(head) = needle.bytes.first_chunk::<HEAD>() {
                index.table[place(*head)] = true;
                index.by_head.entry(*head).or_default().push(needle);
            }
        }
        index
    }

    fn find(&self, bytes: &[u8]) -> Vec<(usize, &'n str)> {
        let mut found: Vec<(usize, &'n str)> = Vec::new();
        for at in 0..bytes.len() {
            let Some(head) = bytes[at..].first_chunk::<HEAD>() else {
                break;
            };
            if !self.table[place(*head)] {
                continue;
            }
            for needle in self.by_head.get(head).into_iter().flatten() {
                let known = found.iter().any(|(_, what)| *what == needle.what);
                if !known && bytes[at..].starts_with(&needle.bytes) {
                    found.push((at, &needle.what));
                }
            }
        }
        found
    }
}

fn place(head: [u8; HEAD]) -> usize {
    let mixed = u32::from_le_bytes(head).wrapping_mul(0x9E37_79B1) >> (u32::BITS - TABLE);
    usize::try_from(mixed).unwrap_or_default()
}
