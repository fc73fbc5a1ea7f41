//! Where in the source a panic began: told to nobody, so not sent to anybody.
//!
//! Every call that may panic carries its place, a record of 16 bytes that no compression shortens much, and each record
//! points to the name of a file. Only the message of a panic reads them, and `panics` has taken that message out. Here
//! their bytes become zeros, which the optimiser leaves out of a module.

use std::collections::BTreeSet;

use walrus::{ConstExpr, Data, DataKind, Module, ir::Value};

/// A place is a pointer to the file's name, its length, a line and a column.
const PLACE: usize = 16;
/// Longer than any path of a source file.
const NAME_MAX: usize = 300;
const LINE_MAX: usize = 100_000;
const COLUMN_MAX: usize = 1_000;

/// Blanks every place in the module's memory, and the names that they point to. Returns how many there were.
pub(super) fn forget(module: &mut Module) -> usize {
    let mut found = 0;
    let segments: Vec<_> = module.data.iter().map(Data::id).collect();
    for id in segments {
        let segment = module.data.get_mut(id);
        let DataKind::Active {
            offset: ConstExpr::Value(Value::I32(start)),
            ..
        } = segment.kind
        else {
            continue;
        };
        let Ok(start) = usize::try_from(start) else {
            continue;
        };
        found += blank(start, &mut segment.value);
    }
    found
}

/// Blanks the places in these bytes, which lie at `start` in memory.
fn blank(start: usize, bytes: &mut [u8]) -> usize {
    let aligned = start.next_multiple_of(4) - start;
    let mut places = Vec::new();
    let mut names = BTreeSet::new();
    let mut at = aligned;
    while at + PLACE <= bytes.len() {
        if let Some(name) = name_of(&bytes[at..at + PLACE], start, bytes) {
            places.push(at);
            names.insert(name);
            at += PLACE;
        } else {
            at += 4;
        }
    }
    for at in &places {
        bytes[*at..at + PLACE].fill(0);
    }
    for (from, to) in names {
        bytes[from..to].fill(0);
    }
    places.len()
}

/// Where in the bytes the name of a place lies, if this is a place.
fn name_of(record: &[u8], start: usize, bytes: &[u8]) -> Option<(usize, usize)> {
    let word = |at: usize| {
        let word = record.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(word)).ok()
    };
    let (pointer, length, line, column) = (word(0)?, word(4)?, word(8)?, word(12)?);
    let from = pointer.checked_sub(start)?;
    let name = bytes.get(from..from.checked_add(length)?)?;
    let is_place = length <= NAME_MAX
        && (1..=LINE_MAX).contains(&line)
        && (1..=COLUMN_MAX).contains(&column)
        && name.ends_with(b".rs")
        && name.iter().all(u8::is_ascii_graphic);
    is_place.then_some((from, from + length))
}

#[cfg(test)]
mod tests {
    use super::blank;

    const START: usize = 4096;

    /// A name, then three words of something else, then a record.
    fn memory(name: &[u8], line: u32) -> Vec<u8> {
        let mut bytes = name.to_vec();
        bytes.resize(bytes.len().next_multiple_of(4), 7);
        bytes.extend([7; 12]);
        for word in [4096, u32::try_from(name.len()).unwrap_or_default(), line, 9] {
            bytes.extend(word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_place_and_its_name_are_blanked_and_nothing_beside_them() {
        let mut bytes = memory(b"src/lib.rs", 12);
        assert_eq!(blank(START, &mut bytes), 1);
        assert_eq!(bytes[..10], [0; 10]);
        assert_eq!(bytes[10..24], [7; 14]);
        assert_eq!(bytes[24..], [0; 16]);
    }

    #[test]
    fn a_text_that_is_no_source_file_stays() {
        for (name, line) in [(&b"src/lib.js"[..], 12), (b"src/lib.rs", 0), (b"a b.rs", 3)] {
            let before = memory(name, line);
            let mut bytes = before.clone();
            assert_eq!(blank(START, &mut bytes), 0);
            assert_eq!(bytes, before);
        }
    }
}
