//! The object's own SQLite behind [`Sql`].

use std::cell::Cell;

use worker::{SqlStorage, SqlStorageValue};

use super::sql::{Row, Sql, SqlError, Value, check_integers};

/// The database of one object, for one command.
pub(crate) struct DurableSql {
    storage: SqlStorage,
    rows_written: Cell<usize>,
    /// Development builds: statements left until one fails on purpose.
    fault: Cell<Option<u32>>,
}

impl DurableSql {
    /// Statements go to this storage; the statement that `fault` counts down to fails.
    pub(crate) fn new(storage: SqlStorage, fault: Option<u32>) -> Self {
        Self {
            storage,
            rows_written: Cell::new(0),
            fault: Cell::new(fault),
        }
    }

    /// Rows written so far, index entries included: what the platform bills.
    pub(crate) fn rows_written(&self) -> usize {
        self.rows_written.get()
    }

    fn fail_on_purpose(&self) -> Result<(), SqlError> {
        match self.fault.get() {
            Some(0) => Err(SqlError("a fault on purpose".into())),
            Some(left) => {
                self.fault.set(left.checked_sub(1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Sql for DurableSql {
    fn query(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, SqlError> {
        check_integers(&values)?;
        let bindings: Vec<SqlStorageValue> = values.into_iter().map(bound).collect();
        let cursor = self
            .storage
            .exec(statement, bindings)
            .map_err(|error| SqlError(error.to_string()))?;
        let mut rows = Vec::new();
        for row in cursor.raw() {
            let values = row.map_err(|error| SqlError(error.to_string()))?;
            let values: Result<Vec<Value>, SqlError> = values.into_iter().map(read).collect();
            rows.push(Row(values?));
        }
        let written = self
            .rows_written
            .get()
            .saturating_add(cursor.rows_written());
        self.rows_written.set(written);
        // After the statement, so that a test leaves every possible half of a command behind.
        self.fail_on_purpose()?;
        Ok(rows)
    }
}

fn bound(value: Value) -> SqlStorageValue {
    match value {
        Value::Null => SqlStorageValue::Null,
        Value::Int(number) => SqlStorageValue::Integer(number),
        Value::Text(text) => SqlStorageValue::String(text),
        Value::Blob(bytes) => SqlStorageValue::Blob(bytes),
    }
}

fn read(value: SqlStorageValue) -> Result<Value, SqlError> {
    match value {
        SqlStorageValue::Null => Ok(Value::Null),
        SqlStorageValue::Integer(number) => Ok(Value::Int(number)),
        SqlStorageValue::String(text) => Ok(Value::Text(text)),
        SqlStorageValue::Blob(bytes) => Ok(Value::Blob(bytes)),
        SqlStorageValue::Boolean(_) | SqlStorageValue::Float(_) => {
            Err(SqlError("a value of a type that is never stored".into()))
        }
    }
}
