//! Deliveries that could not be recorded.

use goodword_shared::id::Pseudonym;
use goodword_shared::retention;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// Deliveries in one answer, or dropped in one transaction.
const PAGE: u32 = 100;

/// A delivery as it is kept.
pub(crate) struct Kept {
    pub(crate) platform: String,
    pub(crate) sealed: Vec<u8>,
}

impl Store<'_> {
    /// Keeps a delivery with the code and the words of why. Returns whether it is new.
    pub(crate) fn quarantine(
        &self,
        id: &Pseudonym,
        kept: &Kept,
        (code, detail): (&str, &str),
        now: Millis,
    ) -> Result<bool, SqlError> {
        let added = self.row(
            "INSERT INTO quarantine (id, platform, at, code, detail, sealed) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING RETURNING id",
            &[
                Param::from(&id.0),
                Param::from(&kept.platform),
                Param::from(now.0),
                Param::from(code),
                Param::from(detail),
                Param::from(&kept.sealed),
            ],
        )?;
        self.wake_at(retention::Kept::Quarantined.ends(now).plus_ms(1));
        Ok(added.is_some())
    }

    /// A delivery that is kept.
    pub(crate) fn quarantined(&self, id: &str, now: Millis) -> Result<Option<Kept>, SqlError> {
        let oldest = retention::Kept::Quarantined.oldest(now);
        let row = self.row(
            "SELECT platform, sealed FROM quarantine WHERE id = ? AND at > ?",
            &[Param::from(id), Param::from(oldest.0)],
        )?;
        Ok(row.map(|row| Kept {
            platform: row.text(0).to_owned(),
            sealed: row.maybe_blob(1).unwrap_or_default().to_vec(),
        }))
    }

    /// Deliveries after an id, as JSON, without their bodies.
    pub(crate) fn quarantined_after(
        &self,
        after: &str,
        now: Millis,
    ) -> Result<Vec<(String, String)>, SqlError> {
        let oldest = retention::Kept::Quarantined.oldest(now);
        let statement = format!(
            "SELECT json_quote(id), json_object('id', id, 'platform', platform, 'at', at, 'code', code, 'detail', detail)
                FROM quarantine WHERE id > ? AND at > ? ORDER BY id LIMIT {PAGE}"
        );
        self.shown(&statement, &[Param::from(after), Param::from(oldest.0)])
    }

    /// All of them, sealed.
    pub(crate) fn all_quarantined(&self) -> Result<Vec<(String, Vec<u8>)>, SqlError> {
        let rows = self.rows("SELECT id, sealed FROM quarantine ORDER BY id", &[])?;
        let kept = |row: &Row| {
            let sealed = row.maybe_blob(1).unwrap_or_default();
            (row.text(0).to_owned(), sealed.to_vec())
        };
        Ok(rows.iter().map(kept).collect())
    }

    /// A delivery is kept no longer.
    pub(crate) fn drop_quarantined(&self, id: &str) -> Result<(), SqlError> {
        self.run("DELETE FROM quarantine WHERE id = ?", &[Param::from(id)])
    }

    /// Drops deliveries that have outlived their days.
    pub(crate) fn drop_old_quarantined(&self, now: Millis) -> Result<(), SqlError> {
        let oldest = retention::Kept::Quarantined.oldest(now);
        let statement = format!(
            "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE at < ? ORDER BY at LIMIT {PAGE})"
        );
        self.run(&statement, &[Param::from(oldest.0)])
    }

    /// When the next of them has to be dropped.
    pub(crate) fn next_quarantine_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT min(at) FROM quarantine", &[])?;
        let at = row.and_then(|row| row.maybe_int(0));
        Ok(at.map(|at| retention::Kept::Quarantined.ends(Millis(at)).plus_ms(1)))
    }
}
