//! The ledger's view of a database: statements in, rows out, every value checked.
//!
//! A trait, because there are two databases: the object's own, and native SQLite in which tests inject faults. Integers
//! beyond 2^53 - 1 are refused on both, since the runtime's binding would store them rounded without a word.
//!
//! `LIMIT` takes a number that is written into the statement and never a bound one: SQLite plans by the bound value, and
//! would prepare the statement anew for every run.

use std::cell::{Cell, RefCell};

use goodword_shared::money::MINOR_UNITS_MAX;

/// A value that the database stores.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// SQL NULL.
    Null,
    /// An integer within 2^53 - 1 either way.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A value that a statement is given, borrowed for as long as the statement runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Param<'a> {
    /// SQL NULL.
    Null,
    /// An integer within 2^53 - 1 either way.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// A row, by column position.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(crate) Vec<Value>);

/// A failed statement, or a value of another type than the schema's.
#[derive(Clone, Debug)]
pub(crate) struct SqlError(pub(crate) String);

/// A database that runs one statement at a time within the caller's transaction.
pub(crate) trait Sql {
    /// Runs a statement to its end and returns its rows.
    fn query(&self, statement: &str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError>;

    /// Runs a statement that answers no rows to its end.
    fn execute(&self, statement: &str, values: &[Param<'_>]) -> Result<(), SqlError>;
}

thread_local! {
    /// What was wrong with the first value that was not as its schema says.
    static MISREAD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A value that was not as its schema says, since this was last asked: then nothing of what came of it may be committed.
pub(crate) fn misread() -> Result<(), SqlError> {
    match MISREAD.take() {
        Some(what) => Err(SqlError(what)),
        None => Ok(()),
    }
}

/// Reading takes no branch for a value: one that is not as its schema says is a stand-in, until the transaction comes to its end
/// and is rolled back for it ([`misread`]).
impl Row {
    /// Text in this column.
    pub(crate) fn text(&self, column: usize) -> &str {
        match self.0.get(column) {
            Some(Value::Text(text)) => text,
            other => {
                unexpected("text", column, other);
                ""
            }
        }
    }

    /// Text or nothing in this column.
    pub(crate) fn maybe_text(&self, column: usize) -> Option<&str> {
        (!self.is_null(column)).then(|| self.text(column))
    }

    /// An integer in this column.
    pub(crate) fn int(&self, column: usize) -> i64 {
        match self.0.get(column) {
            Some(Value::Int(number)) => *number,
            other => {
                unexpected("an integer", column, other);
                0
            }
        }
    }

    /// An integer or nothing in this column.
    pub(crate) fn maybe_int(&self, column: usize) -> Option<i64> {
        (!self.is_null(column)).then(|| self.int(column))
    }

    /// A small count in this column.
    pub(crate) fn count(&self, column: usize) -> u32 {
        u32::try_from(self.int(column)).unwrap_or_else(|_| {
            unexpected("a small count", column, self.0.get(column));
            0
        })
    }

    /// A small count or nothing in this column.
    pub(crate) fn maybe_count(&self, column: usize) -> Option<u32> {
        (!self.is_null(column)).then(|| self.count(column))
    }

    /// Bytes or nothing in this column.
    pub(crate) fn maybe_blob(&self, column: usize) -> Option<&[u8]> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Some(bytes),
            Some(Value::Null) => None,
            other => {
                unexpected("bytes or null", column, other);
                None
            }
        }
    }

    fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Value::Null))
    }
}

/// Refuses integers that a double does not hold exactly.
pub(crate) fn check_integers(values: &[Param<'_>]) -> Result<(), SqlError> {
    let too_wide = |value: &Param<'_>| matches!(value, Param::Int(number) if number.unsigned_abs() > MINOR_UNITS_MAX.unsigned_abs());
    if values.iter().any(too_wide) {
        Err(SqlError("an integer beyond 2^53 - 1".into()))
    } else {
        Ok(())
    }
}

/// Fails when the statement that was chosen for it has just run: after it and not before, so that every possible half of a
/// command is there to be rolled back.
pub(crate) fn count_down(fault: &Cell<Option<u32>>) -> Result<(), SqlError> {
    match fault.get() {
        Some(0) => Err(SqlError("a fault on purpose".into())),
        Some(left) => {
            fault.set(left.checked_sub(1));
            Ok(())
        }
        None => Ok(()),
    }
}

#[cold]
fn unexpected(wanted: &str, column: usize, found: Option<&Value>) {
    let found = match found {
        None => "no such column",
        Some(Value::Null) => "null",
        Some(Value::Int(_)) => "an integer",
        Some(Value::Text(_)) => "text",
        Some(Value::Blob(_)) => "bytes",
    };
    let what = format!("column {column}: wanted {wanted}, found {found}");
    MISREAD.with_borrow_mut(|first| first.get_or_insert(what).len());
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<bool> for Param<'_> {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a Value> for Param<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Text(text),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::{Param, Row, Value, check_integers};

    #[test]
    fn a_column_of_another_type_is_an_error_and_never_a_default() {
        let row = Row(vec![Value::Int(1), Value::Null]);
        let misread = |read: &dyn Fn()| {
            read();
            super::misread().is_err()
        };
        assert!(misread(&|| assert_eq!(row.text(0), "")));
        assert!(misread(&|| assert_eq!(row.int(1), 0)));
        assert!(misread(&|| assert_eq!(row.int(2), 0)));
        assert!(misread(&|| assert_eq!(row.maybe_blob(0), None)));
        let wide = Row(vec![Value::Int(1 << 40)]);
        assert!(misread(&|| assert_eq!(wide.count(0), 0)));
        assert!(!misread(&|| assert_eq!(row.maybe_text(1), None)));
    }

    #[test]
    fn an_integer_that_would_be_rounded_is_refused() {
        assert!(check_integers(&[Param::Int(9_007_199_254_740_991)]).is_ok());
        assert!(check_integers(&[Param::Int(-9_007_199_254_740_992)]).is_err());
    }
}
