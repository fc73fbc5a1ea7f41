//! What came with orders when they were placed, until they are paid for.

use goodword_shared::id::ExternalId;
use goodword_shared::retention::Kept;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Rows dropped in one transaction; the alarm comes back for the rest.
const DROPPED_MAX: u32 = 500;

impl Store<'_> {
    /// Keeps what came with an order. Returns what was kept of it before, which stays.
    pub(crate) fn place(
        &self,
        order: &ExternalId,
        data: &str,
        now: Millis,
    ) -> Result<Option<String>, SqlError> {
        let order = Param::from(order.as_str());
        let known = self.row("SELECT data FROM placed WHERE order_id = ?", &[order])?;
        if let Some(known) = known {
            return Ok(Some(known.text(0).to_owned()));
        }
        self.run(
            "INSERT INTO placed (order_id, at, data) VALUES (?, ?, ?)",
            &[order, Param::from(now.0), Param::from(data)],
        )?;
        self.notes.knows_placed.set(Some(true));
        self.wake_at(Kept::Placed.ends(now).plus_ms(1));
        Ok(None)
    }

    /// What came with an order, which from now on is not kept here any more. Shops that never say it are not asked.
    pub(crate) fn take_placed(
        &self,
        order: &ExternalId,
        now: Millis,
    ) -> Result<Option<String>, SqlError> {
        let is_any = match self.notes.knows_placed.get() {
            Some(known) => known,
            None => self.row("SELECT 1 FROM placed LIMIT 1", &[])?.is_some(),
        };
        self.notes.knows_placed.set(Some(is_any));
        if !is_any {
            return Ok(None);
        }
        let row = self.row(
            "DELETE FROM placed WHERE order_id = ? AND at > ? RETURNING data",
            &[
                Param::from(order.as_str()),
                Param::from(Kept::Placed.oldest(now).0),
            ],
        )?;
        Ok(row.map(|row| row.text(0).to_owned()))
    }

    /// Drops what came with orders that nobody has paid for.
    pub(crate) fn drop_old_placed(&self, now: Millis) -> Result<(), SqlError> {
        let statement = format!(
            "DELETE FROM placed WHERE order_id IN (SELECT order_id FROM placed WHERE at < ? ORDER BY at LIMIT {DROPPED_MAX})"
        );
        self.run(&statement, &[Param::from(Kept::Placed.oldest(now).0)])
    }

    /// When the next of these has to be dropped.
    pub(crate) fn next_placed_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT min(at) FROM placed", &[])?;
        let at = row.and_then(|row| row.maybe_int(0));
        Ok(at.map(|at| Kept::Placed.ends(Millis(at)).plus_ms(1)))
    }
}
