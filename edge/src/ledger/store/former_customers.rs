//! Customers of before the program began, as keyed hashes: one row an address or id.

use goodword_shared::json::write;
use goodword_shared::keyed_hash::KeyedHash;

use super::{Store, places};
use crate::ledger::sql::{Param, Row, SqlError};

impl Store<'_> {
    /// Whether any of these is a former customer's.
    pub(crate) fn is_former(&self, hashes: &[KeyedHash]) -> Result<bool, SqlError> {
        if hashes.is_empty() {
            return Ok(false);
        }
        let statement = format!(
            "SELECT 1 FROM former_customers WHERE hash IN ({}) LIMIT 1",
            places(hashes.len())
        );
        let values: Vec<Param<'_>> = hashes.iter().map(|hash| Param::from(&hash.0)).collect();
        Ok(self.row(&statement, &values)?.is_some())
    }

    /// Forgets these.
    pub(crate) fn drop_former(&self, hashes: &[KeyedHash]) -> Result<(), SqlError> {
        for hash in hashes {
            self.run(
                "DELETE FROM former_customers WHERE hash = ?",
                &[Param::from(hash.0.as_str())],
            )?;
        }
        self.notes.knows_former.set(None);
        Ok(())
    }

    /// Adds those that are not known, and returns them. In their order, so that a page of the table is written once and not once
    /// for each of its rows.
    pub(crate) fn add_former(&self, hashes: &[KeyedHash]) -> Result<Vec<KeyedHash>, SqlError> {
        let all = write(hashes);
        let rows = self.rows(
            "INSERT INTO former_customers (hash) SELECT value FROM json_each(?) WHERE true ORDER BY value
                ON CONFLICT DO NOTHING RETURNING hash",
            &[Param::from(&all)],
        )?;
        let hash = |row: &Row| Ok(KeyedHash(row.text(0).to_owned()));
        let added: Vec<KeyedHash> = rows.iter().map(hash).collect::<Result<_, _>>()?;
        if !added.is_empty() {
            self.notes.knows_former.set(Some(true));
        }
        Ok(added)
    }

    /// Whether there is anybody at all.
    pub(crate) fn knows_former(&self) -> Result<bool, SqlError> {
        if let Some(known) = self.notes.knows_former.get() {
            return Ok(known);
        }
        let row = self.row("SELECT 1 FROM former_customers LIMIT 1", &[])?;
        self.notes.knows_former.set(Some(row.is_some()));
        Ok(row.is_some())
    }
}
