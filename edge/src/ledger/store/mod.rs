//! The ledger's SQL: every statement there is, one file a table or two, and nothing else.
//!
//! No rule is decided here. A caller has opened the transaction; an error leaves it to be rolled back.

pub(crate) mod bindings;
pub(crate) mod blocks;
pub(crate) mod dead_letters;
pub(crate) mod erasure;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod facts;
pub(crate) mod former_customers;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod money;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod personal;
pub(crate) mod placed;
pub(crate) mod pool;
pub(crate) mod programs;
pub(crate) mod proofs;
pub(crate) mod quarantine;
pub(crate) mod referrals;
pub(crate) mod replies;
pub(crate) mod retention;
pub(crate) mod reviews;
pub(crate) mod reward_notes;
pub(crate) mod rewards;
pub(crate) mod stuck_rewards;
pub(crate) mod subscriptions;
pub(crate) mod takings;
pub(crate) mod touches;
pub(crate) mod traces;

use goodword_shared::time::Millis;

use super::notes::Notes;
use super::sql::{Param, Row, Sql, SqlError, Value};

/// Values that the platform binds to one statement.
pub(crate) const VALUES_MAX: usize = 100;

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
        let row = self.row("SELECT value FROM meta WHERE key = ?", &[Param::from(key)])?;
        Ok(row.map(|row| row.text(0).to_owned()))
    }

    /// Keeps a fact about the ledger itself.
    pub(crate) fn set_meta(&self, key: &str, value: &str) -> Result<(), SqlError> {
        self.run(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            &[Param::from(key), Param::from(value)],
        )
    }

    /// Writes what was collected for the end of the transaction: lines of the log, facts and deliveries, each kind at once.
    pub(crate) fn flush(&self) -> Result<(), SqlError> {
        self.insert_all(log::INSERT, log::COLUMNS, &self.notes.lines.take())?;
        self.insert_all(facts::INSERT, facts::COLUMNS, &self.notes.facts.take())?;
        let deliveries = self.numbered(self.notes.deliveries.take())?;
        self.insert_all(outbox::INSERT, outbox::COLUMNS, &deliveries)
    }

    /// Inserts rows of so many columns, as many at once as the platform takes.
    fn insert_all(&self, into: &str, columns: usize, values: &[Value]) -> Result<(), SqlError> {
        let at_once = VALUES_MAX
            .checked_div(columns)
            .unwrap_or_default()
            .saturating_mul(columns)
            .max(1);
        for some in values.chunks(at_once) {
            let row = format!("({})", places(columns));
            let count = some.len().checked_div(columns).unwrap_or_default();
            let statement = format!("{into} VALUES {}", vec![row.as_str(); count].join(", "));
            self.run(
                &statement,
                &some.iter().map(Param::from).collect::<Vec<_>>(),
            )?;
        }
        Ok(())
    }

    /// What a statement shows of a table: each row with what to go on after, both as JSON.
    fn shown(
        &self,
        statement: &str,
        values: &[Param<'_>],
    ) -> Result<Vec<(String, String)>, SqlError> {
        self.flush()?;
        self.list(statement, values, |row| {
            (row.text(0).to_owned(), row.text(1).to_owned())
        })
    }

    fn rows(&self, statement: &str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.sql.query(statement, values)
    }

    /// What each row says.
    fn list<T>(
        &self,
        statement: &str,
        values: &[Param<'_>],
        read: impl FnMut(&Row) -> T,
    ) -> Result<Vec<T>, SqlError> {
        Ok(self.rows(statement, values)?.iter().map(read).collect())
    }

    fn row(&self, statement: &str, values: &[Param<'_>]) -> Result<Option<Row>, SqlError> {
        Ok(self.sql.query(statement, values)?.into_iter().next())
    }

    fn run(&self, statement: &str, values: &[Param<'_>]) -> Result<(), SqlError> {
        self.sql.execute(statement, values)
    }
}

/// Places for so many values, for a list within brackets.
fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}
