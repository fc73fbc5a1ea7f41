//! Native SQLite behind the ledger's [`Sql`], with the integer checks and the faults of the platform's.

use std::cell::Cell as Counter;

use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{Connection, StatementStatus, params_from_iter};

use crate::ledger::failure::Failure;
use crate::ledger::sql::{Param, Row, Sql, SqlError, Value, check_integers, count_down};

/// Statements that stay prepared: more than the ledger and its checks have.
const PREPARED_MAX: usize = 1_000;

/// A connection, and how far a command has come on it.
pub(super) struct NativeSql {
    connection: Connection,
    statements: Counter<u32>,
    /// Statements left until one fails on purpose.
    fault: Counter<Option<u32>>,
    steps: Counter<u64>,
}

impl NativeSql {
    /// A new database has small pages and no free ones, so that pictures of it can be compared: SQLite does not restore what a
    /// free page had held before.
    pub(super) fn new(connection: Connection) -> Result<Self, String> {
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        let native = Self {
            connection,
            statements: Counter::new(0),
            fault: Counter::new(None),
            steps: Counter::new(0),
        };
        native.execute(
            "PRAGMA page_size = 1024; PRAGMA auto_vacuum = FULL; PRAGMA synchronous = OFF",
        )?;
        Ok(native)
    }

    /// A new database has large pages, and keeps those that come free.
    pub(super) fn make_roomy(&self) -> Result<(), String> {
        self.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = NONE")
    }

    /// Counts statements from here on; the one that `fault` counts down to fails.
    pub(super) fn arm(&self, fault: Option<u32>) {
        self.statements.set(0);
        self.fault.set(fault);
    }

    /// No statement fails on purpose any more; the count stays.
    pub(super) fn disarm(&self) {
        self.fault.set(None);
    }

    /// Statements since the count began.
    pub(super) fn statements(&self) -> u32 {
        self.statements.get()
    }

    /// Steps of the database's machine since this was last asked.
    pub(super) fn take_steps(&self) -> u64 {
        self.steps.take()
    }

    /// Rows changed since the connection was opened, those rolled back included.
    pub(super) fn changes(&self) -> u64 {
        self.connection.total_changes()
    }

    pub(super) fn execute(&self, statements: &str) -> Result<(), String> {
        self.connection
            .execute_batch(statements)
            .map_err(|error| error.to_string())
    }

    pub(super) fn image(&mut self) -> Result<Vec<u8>, String> {
        let data = self.connection.serialize("main");
        data.map(|data| data.to_vec())
            .map_err(|error| error.to_string())
    }

    /// All of the body's writes, or with `Err` none. Within a mark, which is a transaction already, a savepoint does it.
    pub(super) fn transaction<T>(
        &self,
        body: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (begin, commit, rollback) = if self.connection.is_autocommit() {
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        } else {
            (
                "SAVEPOINT command",
                "RELEASE command",
                "ROLLBACK TO command; RELEASE command",
            )
        };
        self.execute(begin).map_err(Failure::Broken)?;
        let outcome = body();
        let end = if outcome.is_ok() { commit } else { rollback };
        self.execute(end).map_err(Failure::Broken)?;
        outcome
    }

    /// Reads rows as they are stored.
    pub(super) fn read(&self, statement: &str) -> Result<Vec<Vec<Stored>>, String> {
        let read = || {
            let mut prepared = self.connection.prepare_cached(statement)?;
            let columns = prepared.column_count();
            let mut found = prepared.query([])?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                let cells = (0..columns).map(|column| row.get(column));
                rows.push(cells.collect::<Result<Vec<Stored>, rusqlite::Error>>()?);
            }
            Ok(rows)
        };
        read().map_err(|error: rusqlite::Error| error.to_string())
    }

    fn fetch(&self, statement: &str, values: &[Param<'_>]) -> Result<Vec<Row>, rusqlite::Error> {
        let mut prepared = self.connection.prepare_cached(statement)?;
        let columns = prepared.column_count();
        let mut found = prepared.query(params_from_iter(values.iter().map(bound)))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(value));
            rows.push(Row(cells.collect::<Result<Vec<Value>, rusqlite::Error>>()?));
        }
        drop(found);
        let steps = prepared.reset_status(StatementStatus::VmStep);
        let steps = u64::try_from(steps).unwrap_or_default();
        self.steps.set(self.steps.get().saturating_add(steps));
        Ok(rows)
    }
}

impl Sql for NativeSql {
    fn query(&self, statement: &str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        check_integers(values)?;
        self.statements.set(self.statements.get().saturating_add(1));
        let rows = self
            .fetch(statement, values)
            .map_err(|error| SqlError(error.to_string()))?;
        // After the statement, so that every possible half of a command is there to be rolled back.
        count_down(&self.fault)?;
        Ok(rows)
    }

    fn execute(&self, statement: &str, values: &[Param<'_>]) -> Result<(), SqlError> {
        self.query(statement, values).map(drop)
    }
}

fn bound<'a>(value: &Param<'a>) -> ToSqlOutput<'a> {
    ToSqlOutput::Borrowed(match *value {
        Param::Null => ValueRef::Null,
        Param::Int(number) => ValueRef::Integer(number),
        Param::Text(text) => ValueRef::Text(text.as_bytes()),
        Param::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

/// The ledger stores no floats: one that turns up is given as text, which every reader of numbers refuses.
fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
