//! Answers kept for their idempotency keys, in the transaction of the effects; encrypted.

use goodword_shared::time::{DAY_MS, Millis};

use super::Store;
use crate::ledger::sql::{SqlError, Value};

/// Days for which a kept answer is given again.
const KEPT_DAYS: u32 = 7;

/// Answers dropped in one transaction; the alarm comes back for the rest.
const DROPPED_MAX: u32 = 500;

/// A kept answer.
pub(crate) struct KeptReply {
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) sealed: Vec<u8>,
}

impl Store<'_> {
    /// The answer kept for a key.
    pub(crate) fn kept_reply(&self, key: &str, now: Millis) -> Result<Option<KeptReply>, SqlError> {
        let since = kept_since(now);
        let row = self.row(
            "SELECT fingerprint, status, body FROM replies WHERE key = ? AND at > ?",
            vec![Value::from(key), Value::from(since.0)],
        )?;
        row.map(|row| {
            Ok(KeptReply {
                fingerprint: row.text(0)?.to_owned(),
                status: u16::try_from(row.int(1)?)
                    .map_err(|_| SqlError("a stored status".into()))?,
                sealed: row.maybe_blob(2)?.unwrap_or_default().to_vec(),
            })
        })
        .transpose()
    }

    /// Keeps an answer for a key; one that has outlived its days is replaced.
    pub(crate) fn keep_reply(
        &self,
        key: &str,
        reply: KeptReply,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.wake_at(now.plus_days(KEPT_DAYS));
        self.run(
            "INSERT OR REPLACE INTO replies (key, fingerprint, status, body, at) VALUES (?, ?, ?, ?, ?)",
            vec![
                Value::from(key),
                Value::from(reply.fingerprint),
                Value::from(u32::from(reply.status)),
                Value::from(reply.sealed),
                Value::from(now.0),
            ],
        )
    }

    /// Drops answers that have outlived their days.
    pub(crate) fn drop_old_replies(&self, now: Millis) -> Result<(), SqlError> {
        let statement = format!(
            "DELETE FROM replies WHERE key IN (SELECT key FROM replies WHERE at <= ? ORDER BY at LIMIT {DROPPED_MAX})"
        );
        self.run(&statement, vec![Value::from(kept_since(now).0)])
    }

    /// When the next answer has outlived its days.
    pub(crate) fn next_reply_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT at FROM replies ORDER BY at LIMIT 1", Vec::new())?;
        row.map(|row| Ok(Millis(row.int(0)?).plus_days(KEPT_DAYS)))
            .transpose()
    }
}

fn kept_since(now: Millis) -> Millis {
    now.plus_ms(i64::from(KEPT_DAYS).saturating_mul(DAY_MS).saturating_neg())
}
