//! The activity log: what was decided, for whom, and why; chained by hashes, over pseudonyms only.

use goodword_shared::audit::{Said, line_hash};
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::json::Fields;
use goodword_shared::time::{DAY_MS, Millis};

use super::Store;
use crate::json::{Json, object, text};
use crate::ledger::sql::{Param, Row, SqlError, Value};

/// Entries in one answer.
pub(crate) const LOG_PAGE: u32 = 200;

/// Lines are written together, at the end of their transaction.
pub(super) const INSERT: &str =
    "INSERT INTO log (seq, at, kind, person, other, order_id, data, hash)";
/// Values of a line.
pub(super) const COLUMNS: usize = 8;

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

impl<'a> Entry<'a> {
    /// What concerns the program as a whole: nobody in particular, and no order.
    pub(crate) const fn new(kind: &'a str, data: Json) -> Self {
        Self {
            kind,
            person: None,
            other: None,
            order: None,
            data,
        }
    }
}

/// A line that says what has happened to orders and rewards.
pub(crate) struct Happened {
    pub(crate) seq: i64,
    pub(crate) at: Millis,
    pub(crate) kind: String,
    pub(crate) person: Option<String>,
    pub(crate) order: Option<String>,
    /// The reward that was stepped on, approved, expired or earned, the fact that has undone the order, or what was chosen.
    pub(crate) detail: String,
    pub(crate) step: String,
}

/// The newest line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: String,
    #[serde(skip)]
    pub(crate) at: Millis,
}

/// The newest checkpoint: its line, when it was written, and up to which line it vouches for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastCheckpoint {
    pub(crate) seq: i64,
    pub(crate) at: Millis,
    pub(crate) covers: i64,
}

/// Time between checkpoints, as long as there is something new to vouch for.
pub(crate) const CHECKPOINT_EVERY_MS: i64 = DAY_MS;

/// Where the newest checkpoint is kept, `seq:at:covers`; at first it was `seq:at`, and vouched for all before it.
const CHECKPOINT: &str = "checkpoint";

impl Happened {
    /// Whether an order has arrived.
    pub(crate) fn is_order(&self) -> bool {
        matches!(self.kind.as_str(), "order.recorded" | "referral.qualified")
    }
}

impl Store<'_> {
    /// Appends a line; its hash covers the line before it. Returns sequence number and hash.
    pub(crate) fn log(&self, entry: &Entry<'_>, now: Millis) -> Result<(i64, String), SqlError> {
        let head = self.head()?;
        let (before, previous) = head.map_or((0, String::new()), |head| (head.seq, head.hash));
        let data = self.said_by(&entry.data)?;
        let said = Said {
            seq: before.saturating_add(1),
            at: now.0,
            kind: entry.kind,
            person: entry.person.map(|id| id.0.as_str()),
            other: entry.other.map(|id| id.0.as_str()),
            order_id: entry.order.map(ExternalId::as_str),
            data: &data,
        };
        let hash = line_hash(&previous, said);
        let values: [Value; COLUMNS] = [
            Value::from(said.seq),
            Value::from(said.at),
            Value::from(said.kind),
            Value::from(said.person),
            Value::from(said.other),
            Value::from(said.order_id),
            Value::from(said.data),
            Value::from(hash.as_str()),
        ];
        self.notes.lines.borrow_mut().extend(values);
        self.wake_at(now.plus_ms(CHECKPOINT_EVERY_MS));
        *self.notes.head.borrow_mut() = Some(Head {
            seq: said.seq,
            hash: hash.clone(),
            at: now,
        });
        Ok((said.seq, hash))
    }

    /// Lines from here on name the key with which the merchant calls.
    pub(crate) fn called_by(&self, key: &str) {
        *self.notes.by.borrow_mut() = Some(key.to_owned());
    }

    /// The details, and by whose key, where the merchant has caused them.
    fn said_by(&self, Json(data): &Json) -> Result<String, SqlError> {
        let by = self.notes.by.borrow();
        let Some(by) = by.as_ref() else {
            return Ok(data.clone());
        };
        let by = text(by);
        let mut fields =
            Fields::parse(data).map_err(|_| SqlError("details that are no object".into()))?;
        fields.set("by", &by);
        Ok(fields.into_json())
    }

    /// The newest line; none before the first.
    pub(crate) fn head(&self) -> Result<Option<Head>, SqlError> {
        if let Some(head) = self.notes.head.borrow().as_ref() {
            return Ok(Some(head.clone()));
        }
        let row = self.row(
            "SELECT seq, hash, at FROM log ORDER BY seq DESC LIMIT 1",
            &[],
        )?;
        let head = row.map(|row| Head {
            seq: row.int(0),
            hash: row.text(1).to_owned(),
            at: Millis(row.int(2)),
        });
        self.notes.head.borrow_mut().clone_from(&head);
        Ok(head)
    }

    /// When the first line was written.
    pub(crate) fn first_logged(&self) -> Result<Option<Millis>, SqlError> {
        self.flush()?;
        let row = self.row("SELECT at FROM log ORDER BY seq LIMIT 1", &[])?;
        Ok(row.map(|row| Millis(row.int(0))))
    }

    /// The newest checkpoint.
    pub(crate) fn last_checkpoint(&self) -> Result<Option<LastCheckpoint>, SqlError> {
        let Some(kept) = self.meta(CHECKPOINT)? else {
            return Ok(None);
        };
        parse_checkpoint(&kept)
            .map(Some)
            .ok_or_else(|| SqlError("a checkpoint of another form".into()))
    }

    /// Keeps which line is the newest checkpoint.
    pub(crate) fn set_checkpoint(&self, last: &LastCheckpoint) -> Result<(), SqlError> {
        let LastCheckpoint { seq, at, covers } = last;
        self.wake_at(at.plus_ms(CHECKPOINT_EVERY_MS));
        self.set_meta(CHECKPOINT, &format!("{seq}:{}:{covers}", at.0))
    }

    /// When a line of this kind was last written among the newest entries.
    pub(crate) fn last_logged(&self, kind: &str) -> Result<Option<Millis>, SqlError> {
        self.flush()?;
        let row = self.row(
            "SELECT at FROM (SELECT at, kind, seq FROM log ORDER BY seq DESC LIMIT 100) WHERE kind = ?
                ORDER BY seq DESC LIMIT 1",
            &[Param::from(kind)],
        )?;
        Ok(row.map(|row| Millis(row.int(0))))
    }

    /// Logs what was not said of the same caller since a time. An object remembers what it has said; after a restart the newest
    /// lines tell, so that on a busy log it may be said once more.
    pub(crate) fn log_unless_said(
        &self,
        entry: &Entry<'_>,
        since: Millis,
        now: Millis,
    ) -> Result<(), SqlError> {
        let data = self.said_by(&entry.data)?;
        let key = format!("{}{data}", entry.kind);
        let mut said = self.notes.said.borrow_mut();
        said.retain(|(_, at)| *at > since && *at <= now);
        if said.iter().any(|(known, _)| *known == key) {
            return Ok(());
        }
        self.flush()?;
        let row = self.row(
            "SELECT 1 FROM (SELECT at, kind, data FROM log ORDER BY seq DESC LIMIT 100)
                WHERE kind = ? AND data = ? AND at > ? LIMIT 1",
            &[
                Param::from(entry.kind),
                Param::from(&data),
                Param::from(since.0),
            ],
        )?;
        if row.is_none() {
            self.log(entry, now)?;
            said.push((key, now));
        }
        Ok(())
    }

    /// What has happened to orders and rewards after a sequence number, oldest first. Of rewards that were earned, only
    /// milestones: all others are earned with their orders.
    pub(crate) fn happened_after(&self, after: i64, limit: u32) -> Result<Vec<Happened>, SqlError> {
        self.flush()?;
        let statement = format!(
            "SELECT seq, at, kind, person, order_id, coalesce(data ->> 'fact', data ->> 'chosen', data -> 'reward' ->> 'id',
                data ->> 'reward', ''), coalesce(data ->> 'step', '')
                FROM log WHERE seq > ? AND (kind IN ('order.recorded', 'referral.qualified', 'order.undone', 'reward.chosen',
                'reward.stepped', 'reward.approved', 'reward.expired')
                OR kind = 'reward.earned' AND data -> 'reward' ->> 'cause' = 'milestone') ORDER BY seq LIMIT {limit}"
        );
        self.list(&statement, &[Param::from(after)], |row| Happened {
            seq: row.int(0),
            at: Millis(row.int(1)),
            kind: row.text(2).to_owned(),
            person: row.maybe_text(3).map(str::to_owned),
            order: row.maybe_text(4).map(str::to_owned),
            detail: row.text(5).to_owned(),
            step: row.text(6).to_owned(),
        })
    }

    /// Whoever has chosen what to earn after a sequence number, and what they had chosen before that, JSON as in the settings.
    pub(crate) fn chosen_before(&self, after: i64) -> Result<Vec<(Pseudonym, String)>, SqlError> {
        // With `min`, SQLite takes the other columns from the row of the least.
        self.list(
            "SELECT person, data ->> 'before', min(seq) FROM log WHERE seq > ? AND kind = 'reward.chosen'
                AND person IS NOT NULL AND data ->> 'before' IS NOT NULL GROUP BY person",
            &[Param::from(after)], |row| (Pseudonym(row.text(0).to_owned()), row.text(1).to_owned()))
    }

    /// When a line was written.
    pub(crate) fn logged_at(&self, seq: i64) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT at FROM log WHERE seq = ?", &[Param::from(seq)])?;
        Ok(row.map(|row| Millis(row.int(0))))
    }

    /// Lines after a sequence number, oldest first, each with its number: as JSON, its details as they are stored.
    pub(crate) fn log_after(&self, after: i64) -> Result<Vec<(i64, Json)>, SqlError> {
        self.flush()?;
        let statement = format!(
            "SELECT seq, at, kind, person, other, order_id, data, hash FROM log WHERE seq > ? ORDER BY seq LIMIT {LOG_PAGE}"
        );
        let rows = self.rows(&statement, &[Param::from(after)])?;
        let line = |row: &Row| {
            let data = Json(row.text(6).to_owned());
            object!({
                "at": row.int(1), "data": data, "hash": row.text(7), "kind": row.text(2), "order_id": row.maybe_text(5),
                "other": row.maybe_text(4), "person": row.maybe_text(3), "seq": row.int(0),
            })
        };
        Ok(rows.iter().map(|row| (row.int(0), line(row))).collect())
    }
}

fn parse_checkpoint(kept: &str) -> Option<LastCheckpoint> {
    let mut numbers = kept.split(':').map(str::parse);
    let seq: i64 = numbers.next()?.ok()?;
    let at = Millis(numbers.next()?.ok()?);
    let covers = match numbers.next() {
        Some(covers) => covers.ok()?,
        None => seq.saturating_sub(1),
    };
    Some(LastCheckpoint { seq, at, covers })
}

#[cfg(test)]
mod tests {
    use goodword_shared::time::Millis;

    use super::{LastCheckpoint, parse_checkpoint};

    #[test]
    fn a_checkpoint_of_either_form_is_read() {
        let kept = |covers| LastCheckpoint {
            seq: 13,
            at: Millis(5),
            covers,
        };
        assert_eq!(parse_checkpoint("13:5"), Some(kept(12)));
        assert_eq!(parse_checkpoint("13:5:10"), Some(kept(10)));
        for broken in ["", "13", "13:x", "13:5:", "13:5:x"] {
            assert_eq!(parse_checkpoint(broken), None, "{broken}");
        }
    }
}
