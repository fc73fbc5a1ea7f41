//! Versions of the program's settings. A version is never changed.

use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Number and settings (JSON) of a version, since when, and who made it: a key's id, or `administrator`.
pub(crate) struct Version {
    pub(crate) number: u32,
    pub(crate) settings: String,
    pub(crate) at: Millis,
    pub(crate) by: Option<String>,
}

/// Versions in one answer.
const VERSIONS_PAGE: u32 = 100;

impl Store<'_> {
    /// The number of the newest version; `None` before the program is created.
    pub(crate) fn newest_version(&self) -> Result<Option<u32>, SqlError> {
        Ok(self.newest()?.map(|(number, _)| number))
    }

    /// The newest version, and since when it is in force.
    fn newest(&self) -> Result<Option<(u32, Millis)>, SqlError> {
        if let Some(known) = self.notes.newest_version.get() {
            return Ok(Some(known));
        }
        let row = self.row(
            "SELECT version, at FROM programs ORDER BY version DESC LIMIT 1",
            &[],
        )?;
        let newest = row.map(|row| (row.count(0), Millis(row.int(1))));
        self.notes.newest_version.set(newest);
        Ok(newest)
    }

    /// The number of the version that was in force at a time, or of the first when it was before that.
    pub(crate) fn version_at(&self, at: Millis) -> Result<Option<u32>, SqlError> {
        if let Some((newest, _)) = self.newest()?.filter(|(_, since)| *since <= at) {
            return Ok(Some(newest));
        }
        let row = self.row(
            "SELECT version FROM programs WHERE at <= ? OR version = 1 ORDER BY version DESC LIMIT 1",
            &[Param::from(at.0)],
        )?;
        Ok(row.map(|row| row.count(0)))
    }

    /// A version by number.
    pub(crate) fn version(&self, number: u32) -> Result<Option<Version>, SqlError> {
        let row = self.row(
            "SELECT version, settings, at, made_by FROM programs WHERE version = ?",
            &[Param::from(number)],
        )?;
        Ok(row.map(|row| Version {
            number: row.count(0),
            settings: row.text(1).to_owned(),
            at: Millis(row.int(2)),
            by: row.maybe_text(3).map(str::to_owned),
        }))
    }

    /// Versions after a number, oldest first: each with its number, as JSON.
    pub(crate) fn versions_after(&self, after: i64) -> Result<Vec<(String, String)>, SqlError> {
        let statement = format!(
            "SELECT json_quote(version), json_object('version', version, 'at', at, 'by', made_by) FROM programs
                WHERE version > ? ORDER BY version LIMIT {VERSIONS_PAGE}"
        );
        self.shown(&statement, &[Param::from(after)])
    }

    /// Adds a version, of whoever has called.
    pub(crate) fn add_version(
        &self,
        number: u32,
        settings: &str,
        at: Millis,
    ) -> Result<(), SqlError> {
        self.notes.newest_version.set(Some((number, at)));
        self.run(
            "INSERT INTO programs (version, settings, at, made_by) VALUES (?, ?, ?, ?)",
            &[
                Param::from(number),
                Param::from(settings),
                Param::from(at.0),
                Param::from(self.notes.by.borrow().as_ref()),
            ],
        )
    }
}
