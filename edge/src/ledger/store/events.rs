//! Events that a shop reports, and the friends who are on their way through those that a program rewards.

use goodword_shared::event::{CONVERSION_PREFIX, CONVERSION_ROOM, EventKind, Seen};
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// An event as stored. Its contents are what a repeated report is compared with.
pub(crate) struct StoredEvent {
    pub(crate) id: ExternalId,
    pub(crate) person: Pseudonym,
    pub(crate) seen: Seen,
    pub(crate) customer_id: Option<String>,
    pub(crate) email_exact: Option<String>,
    /// Who vouched, encrypted.
    pub(crate) vouched_sealed: Option<Vec<u8>>,
}

/// An event, and who vouched for it, encrypted.
pub(crate) struct Vouched {
    pub(crate) seen: Seen,
    pub(crate) by_sealed: Option<Vec<u8>>,
}

/// A friend who has done some of the steps.
pub(crate) struct Lead {
    pub(crate) id: Pseudonym,
    /// The evidence that names the referrer.
    pub(crate) key: String,
    /// The last event.
    pub(crate) stage: String,
    pub(crate) done: u32,
    pub(crate) steps: u32,
    pub(crate) at: Millis,
}

impl Store<'_> {
    /// An event by the shop's id, but for who vouched.
    pub(crate) fn event(&self, id: &ExternalId) -> Result<Option<StoredEvent>, SqlError> {
        let row = self.row(
            "SELECT person, kind, at, customer_id, email_exact FROM events WHERE id = ?",
            &[Param::from(id.as_str())],
        )?;
        row.map(|row| {
            Ok(StoredEvent {
                id: id.clone(),
                person: Pseudonym(row.text(0).to_owned()),
                seen: seen(&row, 1)?,
                customer_id: row.maybe_text(3).map(str::to_owned),
                email_exact: row.maybe_text(4).map(str::to_owned),
                vouched_sealed: None,
            })
        })
        .transpose()
    }

    /// Events of a person, oldest first.
    pub(crate) fn events_of(&self, person: &Pseudonym) -> Result<Vec<Seen>, SqlError> {
        let events = self.vouched_events_of(person)?;
        Ok(events.into_iter().map(|event| event.seen).collect())
    }

    /// The same, each with who vouched for it, encrypted.
    pub(crate) fn vouched_events_of(&self, person: &Pseudonym) -> Result<Vec<Vouched>, SqlError> {
        let rows = self.rows(
            "SELECT kind, at, vouched_sealed FROM events WHERE person = ? ORDER BY at, id",
            &[Param::from(person.0.as_str())],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Vouched {
                    seen: seen(row, 0)?,
                    by_sealed: row.maybe_blob(2).map(<[u8]>::to_vec),
                })
            })
            .collect()
    }

    /// Whether an event of a person has been decided on as a conversion.
    pub(crate) fn was_judged(&self, person: &Pseudonym) -> Result<bool, SqlError> {
        let statement = format!(
            "SELECT 1 FROM events e JOIN orders o ON o.id = '{CONVERSION_PREFIX}' || substr(e.id, -{CONVERSION_ROOM})
                WHERE e.person = ? LIMIT 1"
        );
        let row = self.row(&statement, &[Param::from(person.0.as_str())])?;
        Ok(row.is_some())
    }

    /// Adds an event.
    pub(crate) fn add_event(&self, event: &StoredEvent) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO events (id, person, kind, at, customer_id, email_exact, vouched_sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                Param::from(event.id.as_str()),
                Param::from(event.person.0.as_str()),
                Param::from(event.seen.kind.as_str()),
                Param::from(event.seen.at.0),
                Param::from(event.customer_id.as_ref()),
                Param::from(event.email_exact.as_ref()),
                Param::from(event.vouched_sealed.as_ref()),
            ],
        )
    }

    /// Friends of a referrer who have done some of the steps, newest first.
    pub(crate) fn leads_of(&self, referrer: &Pseudonym, limit: u32) -> Result<Vec<Lead>, SqlError> {
        let statement = format!(
            "SELECT id, key, stage, done, steps, at FROM leads WHERE referrer = ? ORDER BY at DESC, id LIMIT {limit}"
        );
        self.list(&statement, &[Param::from(referrer.0.as_str())], |row| {
            Lead {
                id: Pseudonym(row.text(0).to_owned()),
                key: row.text(1).to_owned(),
                stage: row.text(2).to_owned(),
                done: row.count(3),
                steps: row.count(4),
                at: Millis(row.int(5)),
            }
        })
    }

    /// Keeps how far a friend has come.
    pub(crate) fn set_lead(
        &self,
        referrer: &Pseudonym,
        person: &Pseudonym,
        lead: &Lead,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO leads (referrer, person, id, key, stage, done, steps, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (referrer, person) DO UPDATE SET key = excluded.key, stage = excluded.stage,
                done = excluded.done, steps = excluded.steps, at = excluded.at",
            &[
                Param::from(referrer.0.as_str()),
                Param::from(person.0.as_str()),
                Param::from(lead.id.0.as_str()),
                Param::from(lead.key.as_str()),
                Param::from(lead.stage.as_str()),
                Param::from(lead.done),
                Param::from(lead.steps),
                Param::from(lead.at.0),
            ],
        )
    }

    /// A friend has come through.
    pub(crate) fn drop_lead(
        &self,
        referrer: &Pseudonym,
        person: &Pseudonym,
    ) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM leads WHERE referrer = ? AND person = ?",
            &[
                Param::from(referrer.0.as_str()),
                Param::from(person.0.as_str()),
            ],
        )
    }
}

fn seen(row: &Row, column: usize) -> Result<Seen, SqlError> {
    let kind = row.text(column).to_owned();
    Ok(Seen {
        kind: EventKind::try_from(kind).map_err(|_| SqlError("a stored event".into()))?,
        at: Millis(row.int(column.saturating_add(1))),
    })
}
