//! The activity log: what was decided, for whom, and why; chained by hashes, over pseudonyms only.

use goodword_shared::id::{ExternalId, Pseudonym, hex};
use goodword_shared::time::Millis;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::Store;
use crate::ledger::sql::{SqlError, Value};

/// Entries in one answer.
pub(crate) const LOG_PAGE: u32 = 200;

/// A line to write.
pub(crate) struct Entry<'a> {
    /// What happened, such as `order.recorded`.
    pub(crate) kind: &'a str,
    /// Whom it concerns.
    pub(crate) person: Option<&'a Pseudonym>,
    /// The person on the other side.
    pub(crate) other: Option<&'a Pseudonym>,
    /// The order it is about.
    pub(crate) order: Option<&'a ExternalId>,
    /// Details without personal data.
    pub(crate) data: Json,
}

/// A line as read.
#[derive(serde::Serialize)]
pub(crate) struct LogLine {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) person: Option<String>,
    pub(crate) other: Option<String>,
    pub(crate) order_id: Option<String>,
    pub(crate) data: Json,
    pub(crate) hash: String,
}

impl Store<'_> {
    /// Appends a line; its hash covers the line before it. Returns sequence number and hash.
    pub(crate) fn log(&self, entry: &Entry<'_>, now: Millis) -> Result<(i64, String), SqlError> {
        let last = self.row(
            "SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1",
            Vec::new(),
        )?;
        let (seq, previous) = match &last {
            Some(row) => (row.int(0)?.saturating_add(1), row.text(1)?),
            None => (1, ""),
        };
        let data = entry.data.to_string();
        let line = serde_json::json!([
            previous,
            seq,
            now.0,
            entry.kind,
            entry.person,
            entry.other,
            entry.order,
            data
        ]);
        let hash = hex(&Sha256::digest(line.to_string()));
        self.run(
            "INSERT INTO log (seq, at, kind, person, other, order_id, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                Value::from(seq),
                Value::from(now.0),
                Value::from(entry.kind),
                Value::from(entry.person.map(|id| id.0.as_str())),
                Value::from(entry.other.map(|id| id.0.as_str())),
                Value::from(entry.order.map(ExternalId::as_str)),
                Value::from(data),
                Value::from(hash.as_str()),
            ],
        )?;
        Ok((seq, hash))
    }

    /// When a line of this kind was last written among the newest entries.
    pub(crate) fn last_logged(&self, kind: &str) -> Result<Option<Millis>, SqlError> {
        let row = self.row(
            "SELECT at FROM (SELECT at, kind, seq FROM log ORDER BY seq DESC LIMIT 100) WHERE kind = ?
                ORDER BY seq DESC LIMIT 1",
            vec![Value::from(kind)],
        )?;
        row.map(|row| row.int(0).map(Millis)).transpose()
    }

    /// Lines after a sequence number, oldest first.
    pub(crate) fn log_after(&self, after: i64) -> Result<Vec<LogLine>, SqlError> {
        let rows = self.rows(
            "SELECT seq, at, kind, person, other, order_id, data, hash FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
            vec![Value::from(after), Value::from(LOG_PAGE)],
        )?;
        rows.iter()
            .map(|row| {
                let text = |column| -> Result<Option<String>, SqlError> {
                    Ok(row.maybe_text(column)?.map(str::to_owned))
                };
                Ok(LogLine {
                    seq: row.int(0)?,
                    at: row.int(1)?,
                    kind: row.text(2)?.to_owned(),
                    person: text(3)?,
                    other: text(4)?,
                    order_id: text(5)?,
                    data: serde_json::from_str(row.text(6)?)
                        .map_err(|error| SqlError(error.to_string()))?,
                    hash: row.text(7)?.to_owned(),
                })
            })
            .collect()
    }
}
