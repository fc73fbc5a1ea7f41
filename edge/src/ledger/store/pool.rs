//! Discount codes of the shop's own, until a claim is given one; and claims that wait for one.

use goodword_shared::time::Millis;

use super::Store;
use super::touches::{Claim, Touch, WAITING};
use crate::ledger::sql::{Param, SqlError};

/// A code that was taken out of the pool.
pub(crate) struct Pooled {
    pub(crate) code: String,
    /// Until when the shop takes it, where it has said so.
    pub(crate) expires_at: Option<Millis>,
}

impl Store<'_> {
    /// Adds codes, given as a list in JSON: those that are neither here nor claimed. What has expired goes. Returns how many
    /// were added.
    pub(crate) fn add_to_pool(
        &self,
        codes: &str,
        expires_at: Option<Millis>,
        now: Millis,
    ) -> Result<usize, SqlError> {
        self.run(
            "DELETE FROM pool WHERE expires_at <= ?",
            &[Param::from(now.0)],
        )?;
        let added = self.rows(
            "INSERT INTO pool (code, expires_at) SELECT value, ? FROM json_each(?)
                WHERE NOT EXISTS (SELECT 1 FROM touches WHERE discount_code = value)
                ORDER BY value ON CONFLICT DO NOTHING RETURNING code",
            &[Param::from(expires_at.map(|at| at.0)), Param::from(codes)],
        )?;
        Ok(added.len())
    }

    /// Takes a code out of the pool that the shop still accepts: one that ends soonest first.
    pub(crate) fn take_from_pool(&self, now: Millis) -> Result<Option<Pooled>, SqlError> {
        let row = self.row(
            "DELETE FROM pool WHERE code = (SELECT code FROM pool WHERE expires_at IS NULL OR expires_at > ?
                ORDER BY expires_at IS NULL, expires_at, code LIMIT 1) RETURNING code, expires_at",
            &[Param::from(now.0)],
        )?;
        Ok(row.map(|row| Pooled {
            code: row.text(0).to_owned(),
            expires_at: row.maybe_int(1).map(Millis),
        }))
    }

    /// How many codes there are for claims to come, and how many claims wait for one.
    pub(crate) fn pool(&self, now: Millis) -> Result<(u32, u32), SqlError> {
        let row = self.row(
            &format!(
                "SELECT (SELECT count(*) FROM pool WHERE expires_at IS NULL OR expires_at > ?1), (SELECT count(*) FROM touches
                    WHERE discount_code >= '{WAITING}' AND discount_code < '{WAITING}~' AND order_id IS NULL AND expires_at >= ?1)"
            ),
            &[Param::from(now.0)],
        )?;
        let row = row.ok_or_else(|| SqlError("a count without a row".into()))?;
        Ok((row.count(0), row.count(1)))
    }

    /// Gives a claim that has waited its code.
    pub(crate) fn supply(&self, touch: &Touch, claim: &Claim) -> Result<(), SqlError> {
        self.run(
            "UPDATE touches SET discount_code = ?, expires_at = ? WHERE click_id = ?",
            &[
                Param::from(claim.discount_code.as_str()),
                Param::from(claim.expires_at.0),
                Param::from(touch.click_id.as_str()),
            ],
        )
    }
}
