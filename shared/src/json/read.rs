//! What can be read, and how that is which is not derived.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::reader::Reader;
use super::text::Whole;

/// What a text can be read as. Derived for structs and enums; by hand for what checks more than its form.
pub trait Read: Sized {
    /// Reads the value that comes next. After an error there is none, and this returns anything that the type can be: what is
    /// wrong is told when all was read, and nothing of it leaves [`parse`](super::parse).
    fn read(reader: &mut Reader<'_>) -> Self;

    /// What it is when it is not there; nothing if it must be.
    fn absent() -> Option<Self> {
        None
    }
}

impl Read for String {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.text()
    }
}

/// A value as it is written, whatever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw(pub String);

impl Read for Raw {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self(reader.raw())
    }
}

impl Read for bool {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.truth()
    }
}

impl Read for u8 {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self::try_from(reader.natural(Self::MAX.into())).unwrap_or_default()
    }
}

impl Read for u32 {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self::try_from(reader.natural(Self::MAX.into())).unwrap_or_default()
    }
}

impl Read for u64 {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.natural(Self::MAX)
    }
}

impl Read for i64 {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.integer()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(reader: &mut Reader<'_>) -> Self {
        (!reader.is_null()).then(|| T::read(reader))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self::new(T::read(reader))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(reader: &mut Reader<'_>) -> Self {
        let mut list = Self::new();
        reader.list();
        while reader.element() {
            list.push(T::read(reader));
        }
        list
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.list();
        let both = (reader.item(), reader.item());
        reader.leave_list();
        both
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(reader: &mut Reader<'_>) -> Self {
        map(reader)
    }
}

impl Read for Map<String, Value> {
    fn read(reader: &mut Reader<'_>) -> Self {
        map(reader)
    }
}

/// An object whose names are data.
fn map<T: Read, M: Default + Extend<(String, T)>>(reader: &mut Reader<'_>) -> M {
    let mut map = M::default();
    reader.map();
    while let Some(name) = reader.name() {
        map.extend([(name, T::read(reader))]);
    }
    map
}

impl Read for Value {
    fn read(reader: &mut Reader<'_>) -> Self {
        match reader.peek() {
            Some(b'"') => Self::String(reader.text()),
            Some(b'{') => Self::Object(Map::read(reader)),
            Some(b'[') => Self::Array(Vec::read(reader)),
            Some(b't' | b'f') => Self::Bool(reader.truth()),
            Some(b'n') => {
                reader.is_null();
                Self::Null
            }
            _ => match reader.whole() {
                Whole::Natural(number) => number.into(),
                Whole::Negative(number) => number.into(),
            },
        }
    }
}
