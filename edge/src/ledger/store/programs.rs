//! Versions of the program's settings. A version is never changed.

use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{SqlError, Value};

/// Number and settings (JSON) of a version.
pub(crate) struct Version {
    pub(crate) number: u32,
    pub(crate) settings: String,
}

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
            Vec::new(),
        )?;
        let newest = row.map(|row| Ok::<_, SqlError>((row.count(0)?, Millis(row.int(1)?))));
        let newest = newest.transpose()?;
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
            vec![Value::from(at.0)],
        )?;
        row.map(|row| row.count(0)).transpose()
    }

    /// A version by number.
    pub(crate) fn version(&self, number: u32) -> Result<Option<Version>, SqlError> {
        let row = self.row(
            "SELECT version, settings FROM programs WHERE version = ?",
            vec![Value::from(number)],
        )?;
        row.map(|row| {
            Ok(Version {
                number: row.count(0)?,
                settings: row.text(1)?.to_owned(),
            })
        })
        .transpose()
    }

    /// Adds a version.
    pub(crate) fn add_version(
        &self,
        number: u32,
        settings: String,
        at: Millis,
    ) -> Result<(), SqlError> {
        self.notes.newest_version.set(Some((number, at)));
        self.run(
            "INSERT INTO programs (version, settings, at) VALUES (?, ?, ?)",
            vec![
                Value::from(number),
                Value::from(settings),
                Value::from(at.0),
            ],
        )
    }
}
