//! The corpus: one text file a target, one input a line.

use std::fs;
use std::io;
use std::path::Path;

use crate::escape::{escape, unescape};

/// The inputs of a file; none where there is no such file.
pub fn read(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(unescape).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The input that a line of a corpus stands for.
pub fn unescaped(line: &str) -> Vec<u8> {
    unescape(line)
}

/// An input as a line.
pub(crate) fn line(input: &[u8]) -> String {
    escape(input)
}

/// Writes a file anew.
pub(crate) fn write<'a>(path: &Path, inputs: impl Iterator<Item = &'a [u8]>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let lines: String = inputs.map(|input| escape(input) + "\n").collect();
    fs::write(path, lines)
}
