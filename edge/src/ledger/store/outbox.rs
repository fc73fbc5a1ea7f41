//! What is still to be told: written with the effects, removed once delivered.

use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{SqlError, Value};

/// A delivery.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) id: i64,
    pub(crate) kind: Kind,
    /// Order id, code, address or live channel, by kind.
    pub(crate) target: String,
    /// Body of a webhook; empty where the contents are read when they are delivered.
    pub(crate) payload: String,
    pub(crate) attempts: u32,
}

/// Deliveries are written together, at the end of their transaction.
pub(super) const INSERT: &str =
    "INSERT INTO outbox (kind, target, payload, attempts, next_at, created_at)";
/// Values of a delivery.
pub(super) const COLUMNS: usize = 6;

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The program's record, to KV.
    Program,
    /// A referral code, to KV.
    Code,
    /// An order's attribution record, to KV.
    Attribution,
    /// A signed event, to the merchant.
    Webhook,
    /// A nudge to the referrer's open pages.
    Pulse,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Program,
        Self::Code,
        Self::Attribution,
        Self::Webhook,
        Self::Pulse,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Code => "code",
            Self::Attribution => "attribution",
            Self::Webhook => "webhook",
            Self::Pulse => "pulse",
        }
    }
}

impl Store<'_> {
    /// Puts a delivery into the outbox.
    pub(crate) fn send(&self, kind: Kind, target: &str, payload: &str, now: Millis) {
        self.wake_at(now);
        let values: [Value; COLUMNS] = [
            Value::from(kind.name()),
            Value::from(target),
            Value::from(payload),
            Value::from(0_u32),
            Value::from(now.0),
            Value::from(now.0),
        ];
        self.notes.deliveries.borrow_mut().extend(values);
    }

    /// Deliveries that are due, oldest first: the merchant's events, or everything else.
    pub(crate) fn due_deliveries(
        &self,
        webhooks: bool,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<Delivery>, SqlError> {
        self.flush()?;
        let statement = format!(
            "SELECT id, kind, target, payload, attempts FROM outbox WHERE next_at <= ? AND (kind = 'webhook') = ?
                ORDER BY id LIMIT {limit}"
        );
        let rows = self.rows(&statement, vec![Value::from(now.0), Value::from(webhooks)])?;
        rows.iter()
            .map(|row| {
                let name = row.text(1)?;
                Ok(Delivery {
                    id: row.int(0)?,
                    kind: Kind::ALL
                        .into_iter()
                        .find(|kind| kind.name() == name)
                        .ok_or_else(|| SqlError("an unknown kind of delivery".into()))?,
                    target: row.text(2)?.to_owned(),
                    payload: row.text(3)?.to_owned(),
                    attempts: row.count(4)?,
                })
            })
            .collect()
    }

    /// When the next delivery is due.
    pub(crate) fn next_delivery(&self) -> Result<Option<Millis>, SqlError> {
        self.flush()?;
        let row = self.row(
            "SELECT min(next_at) FROM outbox WHERE next_at IS NOT NULL",
            Vec::new(),
        )?;
        Ok(row.and_then(|row| row.int(0).ok()).map(Millis))
    }

    /// Removes what was delivered.
    pub(crate) fn delivered(&self, id: i64) -> Result<(), SqlError> {
        self.run("DELETE FROM outbox WHERE id = ?", vec![Value::from(id)])
    }

    /// Keeps what was not: for another attempt, or without one as a dead letter.
    pub(crate) fn postpone(&self, id: i64, next_at: Option<Millis>) -> Result<(), SqlError> {
        self.run(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ? WHERE id = ?",
            vec![Value::from(next_at.map(|at| at.0)), Value::from(id)],
        )
    }
}
