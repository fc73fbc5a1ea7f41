//! Answers kept for their idempotency keys, in the transaction of the effects.

use goodword_shared::time::{DAY_MS, Millis};

use super::Store;
use crate::ledger::sql::{SqlError, Value};

/// Days for which a kept answer is given again.
const KEPT_DAYS: i64 = 7;

/// A kept answer.
pub(crate) struct KeptReply {
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Store<'_> {
    /// The answer kept for a key.
    pub(crate) fn kept_reply(&self, key: &str, now: Millis) -> Result<Option<KeptReply>, SqlError> {
        let since = now.plus_ms(KEPT_DAYS.saturating_mul(DAY_MS).saturating_neg());
        let row = self.row(
            "SELECT fingerprint, status, body FROM replies WHERE key = ? AND at > ?",
            vec![Value::from(key), Value::from(since.0)],
        )?;
        row.map(|row| {
            Ok(KeptReply {
                fingerprint: row.text(0)?.to_owned(),
                status: u16::try_from(row.int(1)?)
                    .map_err(|_| SqlError("a stored status".into()))?,
                body: row.text(2)?.to_owned(),
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
        self.run(
            "INSERT OR REPLACE INTO replies (key, fingerprint, status, body, at) VALUES (?, ?, ?, ?, ?)",
            vec![
                Value::from(key),
                Value::from(reply.fingerprint),
                Value::from(u32::from(reply.status)),
                Value::from(reply.body),
                Value::from(now.0),
            ],
        )
    }
}
