//! The ledger's SQL: every statement there is, one file a table or two, and nothing else.
//!
//! No rule is decided here. A caller has opened the transaction; an error leaves it to be rolled back.

pub(crate) mod bindings;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod money;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod programs;
pub(crate) mod replies;
pub(crate) mod rewards;
pub(crate) mod touches;

use goodword_shared::time::Millis;

use super::notes::Notes;
use super::sql::{Row, Sql, SqlError, Value};

/// The tables of one ledger.
#[derive(Clone, Copy)]
pub(crate) struct Store<'a> {
    sql: &'a dyn Sql,
    notes: &'a Notes,
}

impl<'a> Store<'a> {
    /// The tables behind this database, and what is remembered of them.
    pub(crate) fn new(sql: &'a dyn Sql, notes: &'a Notes) -> Self {
        Self { sql, notes }
    }

    /// Sees to it that the object looks for something to do at this time.
    pub(crate) fn wake_at(&self, at: Millis) {
        self.notes.wake_at(at);
    }

    /// A fact about the ledger itself, such as the program's id.
    pub(crate) fn meta(&self, key: &str) -> Result<Option<String>, SqlError> {
        let row = self.row(
            "SELECT value FROM meta WHERE key = ?",
            vec![Value::from(key)],
        )?;
        row.map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Keeps a fact about the ledger itself.
    pub(crate) fn set_meta(&self, key: &str, value: &str) -> Result<(), SqlError> {
        self.run(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            vec![Value::from(key), Value::from(value)],
        )
    }

    fn rows(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, SqlError> {
        self.sql.query(statement, values)
    }

    fn row(&self, statement: &str, values: Vec<Value>) -> Result<Option<Row>, SqlError> {
        Ok(self.sql.query(statement, values)?.into_iter().next())
    }

    fn run(&self, statement: &str, values: Vec<Value>) -> Result<(), SqlError> {
        self.sql.execute(statement, values)
    }
}
