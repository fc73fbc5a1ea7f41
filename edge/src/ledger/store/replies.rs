//! Answers kept for their idempotency keys, in the transaction of the effects; encrypted.

use goodword_shared::retention::Kept;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Answers read at once, or dropped in one transaction; the alarm comes back for the rest.
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
        let since = Kept::Reply.oldest(now);
        let row = self.row(
            "SELECT fingerprint, status, body FROM replies WHERE key = ? AND at > ?",
            &[Param::from(key), Param::from(since.0)],
        )?;
        row.map(|row| {
            Ok(KeptReply {
                fingerprint: row.text(0).to_owned(),
                status: u16::try_from(row.int(1))
                    .map_err(|_| SqlError("a stored status".into()))?,
                sealed: row.maybe_blob(2).unwrap_or_default().to_vec(),
            })
        })
        .transpose()
    }

    /// Keeps an answer for a key; one that has outlived its days is replaced.
    pub(crate) fn keep_reply(
        &self,
        key: &str,
        reply: &KeptReply,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.wake_at(Kept::Reply.ends(now));
        self.run(
            "INSERT OR REPLACE INTO replies (key, fingerprint, status, body, at) VALUES (?, ?, ?, ?, ?)",
            &[
                Param::from(key),
                Param::from(&reply.fingerprint),
                Param::from(u32::from(reply.status)),
                Param::from(&reply.sealed),
                Param::from(now.0),
            ],
        )
    }

    /// Kept answers after a key, some of them: each with its key, encrypted.
    pub(crate) fn replies_after(&self, key: &str) -> Result<Vec<(String, Vec<u8>)>, SqlError> {
        let statement =
            format!("SELECT key, body FROM replies WHERE key > ? ORDER BY key LIMIT {DROPPED_MAX}");
        self.list(&statement, &[Param::from(key)], |row| {
            let sealed = row.maybe_blob(1).unwrap_or_default();
            (row.text(0).to_owned(), sealed.to_vec())
        })
    }

    /// Drops a kept answer.
    pub(crate) fn drop_reply(&self, key: &str) -> Result<(), SqlError> {
        self.run("DELETE FROM replies WHERE key = ?", &[Param::from(key)])
    }

    /// Drops answers that have outlived their days.
    pub(crate) fn drop_old_replies(&self, now: Millis) -> Result<(), SqlError> {
        let statement = format!(
            "DELETE FROM replies WHERE key IN (SELECT key FROM replies WHERE at <= ? ORDER BY at LIMIT {DROPPED_MAX})"
        );
        self.run(&statement, &[Param::from(Kept::Reply.oldest(now).0)])
    }

    /// When the next answer has outlived its days.
    pub(crate) fn next_reply_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT at FROM replies ORDER BY at LIMIT 1", &[])?;
        Ok(row.map(|row| Kept::Reply.ends(Millis(row.int(0)))))
    }
}
