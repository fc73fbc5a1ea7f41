//! What is still to be told: written with the effects, removed once delivered.

use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Row, SqlError, Value};

/// A delivery.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) id: i64,
    pub(crate) kind: Kind,
    /// Which endpoint it goes to.
    pub(crate) lane: String,
    /// How often that has failed since it last succeeded.
    pub(crate) lane_failures: u32,
    /// Order id, code, address or live channel, by kind.
    pub(crate) target: String,
    /// Body of a webhook; empty where the contents are read when they are delivered.
    pub(crate) payload: String,
    pub(crate) attempts: u32,
}

/// Deliveries in one answer.
pub(super) const PAGE: u32 = 200;

/// Deliveries are written together, at the end of their transaction.
pub(super) const INSERT: &str =
    "INSERT INTO outbox (kind, lane, target, payload, attempts, next_at, created_at)";
/// Values of a delivery.
pub(super) const COLUMNS: usize = 7;

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

    /// Its name, as it is stored and shown.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Code => "code",
            Self::Attribution => "attribution",
            Self::Webhook => "webhook",
            Self::Pulse => "pulse",
        }
    }

    /// The lane of a delivery: the KV store, the open pages, or the host and port of an address.
    pub(crate) fn lane(self, target: &str) -> String {
        match self {
            Self::Program | Self::Code | Self::Attribution => "kv".into(),
            Self::Pulse => "pulse".into(),
            Self::Webhook => {
                let (_, rest) = target.split_once("://").unwrap_or(("", target));
                let host = rest.split('/').next();
                host.unwrap_or_default().to_owned()
            }
        }
    }

    /// The kind that is stored under a name.
    pub(super) fn stored(name: &str) -> Result<Self, SqlError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| SqlError("an unknown kind of delivery".into()))
    }
}

impl Store<'_> {
    /// Puts a delivery into the outbox.
    pub(crate) fn send(&self, kind: Kind, target: &str, payload: &str, now: Millis) {
        self.wake_at(now);
        let values: [Value; COLUMNS] = [
            Value::from(kind.name()),
            Value::from(kind.lane(target)),
            Value::from(target),
            Value::from(payload),
            Value::from(0_u32),
            Value::from(now.0),
            Value::from(now.0),
        ];
        self.notes.deliveries.borrow_mut().extend(values);
    }

    /// Deliveries that are due, so many of each lane that may be used: what was never tried first, then the oldest.
    pub(crate) fn due_deliveries(
        &self,
        now: Millis,
        of_each_lane: u32,
    ) -> Result<Vec<Delivery>, SqlError> {
        self.flush()?;
        let rows = self.rows(
            "SELECT id, kind, lane, failures, target, payload, attempts FROM (
                SELECT o.*, coalesce(l.failures, 0) AS failures,
                    row_number() OVER (PARTITION BY o.lane ORDER BY o.attempts, o.id) AS place
                FROM outbox o LEFT JOIN lanes l ON l.lane = o.lane
                WHERE o.next_at <= ?1 AND coalesce(l.probe_at, 0) <= ?1
            ) WHERE place <= ?2 ORDER BY attempts, id",
            vec![Value::from(now.0), Value::from(of_each_lane)],
        )?;
        let delivery = |row: &Row| {
            Ok(Delivery {
                id: row.int(0)?,
                kind: Kind::stored(row.text(1)?)?,
                lane: row.text(2)?.to_owned(),
                lane_failures: row.count(3)?,
                target: row.text(4)?.to_owned(),
                payload: row.text(5)?.to_owned(),
                attempts: row.count(6)?,
            })
        };
        rows.iter().map(delivery).collect()
    }

    /// When the next delivery may be tried.
    pub(crate) fn next_delivery(&self) -> Result<Option<Millis>, SqlError> {
        self.flush()?;
        let row = self.row(
            "SELECT min(max(o.next_at, coalesce(l.probe_at, 0))) FROM outbox o LEFT JOIN lanes l ON l.lane = o.lane",
            Vec::new(),
        )?;
        Ok(row.and_then(|row| row.int(0).ok()).map(Millis))
    }

    /// Removes what was delivered; its lane works.
    pub(crate) fn delivered(&self, delivery: &Delivery) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM outbox WHERE id = ?",
            vec![Value::from(delivery.id)],
        )?;
        self.run(
            "DELETE FROM lanes WHERE lane = ?",
            vec![Value::from(delivery.lane.as_str())],
        )
    }

    /// Keeps what was not delivered for another attempt.
    pub(crate) fn postpone(&self, id: i64, next_at: Millis, error: &str) -> Result<(), SqlError> {
        self.wake_at(next_at);
        self.run(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?, error = ? WHERE id = ?",
            vec![Value::from(next_at.0), Value::from(error), Value::from(id)],
        )
    }

    /// Counts a failure of a lane. Returns how often it has failed since it last succeeded.
    pub(crate) fn lane_failed(&self, lane: &str) -> Result<u32, SqlError> {
        let row = self.row(
            "INSERT INTO lanes (lane, failures, probe_at) VALUES (?, 1, 0)
                ON CONFLICT (lane) DO UPDATE SET failures = failures + 1 RETURNING failures",
            vec![Value::from(lane)],
        )?;
        row.ok_or_else(|| SqlError("a lane without a row".into()))?
            .count(0)
    }

    /// Tries nothing on a lane that has failed before this time.
    pub(crate) fn probe_lane_at(&self, lane: &str, at: Millis) -> Result<(), SqlError> {
        self.run(
            "UPDATE lanes SET probe_at = ? WHERE lane = ?",
            vec![Value::from(at.0), Value::from(lane)],
        )
    }

    /// Deliveries that wait, after an id: each with its id, as the merchant sees it.
    pub(crate) fn waiting(&self, after: i64) -> Result<Vec<(i64, String)>, SqlError> {
        let shown = shown("next_at", "max(next_at, coalesce(probe_at, 0))");
        let statement = format!(
            "{shown} FROM outbox LEFT JOIN lanes USING (lane) WHERE id > ? ORDER BY id LIMIT {PAGE}"
        );
        self.shown(&statement, after)
    }
}

/// A delivery as the merchant sees it, with a time under this name.
pub(super) fn shown(name: &str, time: &str) -> String {
    format!(
        "SELECT id, json_object('id', id, 'kind', kind, 'endpoint', lane, 'webhook_id',
            CASE kind WHEN 'webhook' THEN json_extract(payload, '$.id') END, 'attempts', attempts, 'error', error,
            'created_at', created_at, '{name}', {time})"
    )
}
