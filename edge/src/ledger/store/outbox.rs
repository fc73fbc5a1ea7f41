//! What is still to be told: written with the effects, removed once delivered.

use goodword_shared::part;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError, Value};

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
    pub(crate) next_at: Millis,
    pub(crate) created_at: Millis,
}

/// Due deliveries of a stretch that are looked at, less one: the first ones may be under way, or wait for one that is. What
/// became due in the same millisecond as the last of them is looked at with it.
const LOOKED_AT: u32 = 7;

/// Deliveries in one answer.
pub(super) const PAGE: u32 = 200;

/// Deliveries are written together, at the end of their transaction, and numbered then.
pub(super) const INSERT: &str =
    "INSERT INTO outbox (id, kind, lane, target, payload, attempts, next_at, created_at)";
/// Values of a delivery.
pub(super) const COLUMNS: usize = 8;

/// Stretches of the outbox: what is of one lane and was tried equally often lies together, in order of time. Each step leads
/// from one to the next, so that no more rows are read than there are stretches.
const STRETCHES: &str = "WITH RECURSIVE
    known (lane) AS (
        SELECT min(lane) FROM outbox
        UNION ALL SELECT (SELECT min(o.lane) FROM outbox o WHERE o.lane > k.lane) FROM known k WHERE k.lane IS NOT NULL),
    stretch (lane, attempts) AS (
        SELECT lane, (SELECT min(o.attempts) FROM outbox o WHERE o.lane = k.lane) FROM known k WHERE lane IS NOT NULL
        UNION ALL SELECT lane, (SELECT min(o.attempts) FROM outbox o WHERE o.lane = s.lane AND o.attempts > s.attempts)
            FROM stretch s WHERE s.attempts IS NOT NULL)";

/// The key of a delivery.
pub(super) const THIS: &str = "lane = ? AND attempts = ? AND next_at = ? AND id = ?";

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The program's record, to KV.
    Program,
    /// A referral code, to KV, or out of it once it is nobody's.
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

    /// Whether it is a record whose contents change, and are read when it is delivered.
    pub(crate) const fn is_read_later(self) -> bool {
        matches!(self, Self::Program | Self::Code | Self::Attribution)
    }

    /// The lane of a delivery: the program's record, the rest of the KV store, the open pages, or the host and port of an
    /// address.
    pub(crate) fn lane(self, target: &str) -> String {
        match self {
            Self::Program => "program".into(),
            Self::Code | Self::Attribution => "kv".into(),
            Self::Pulse => "pulse".into(),
            Self::Webhook => {
                let (_, rest) = part::cut(target, "://").unwrap_or(("", target));
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

impl Delivery {
    /// Where it lies.
    pub(super) fn key(&self) -> [Param<'_>; 4] {
        [
            Param::from(self.lane.as_str()),
            Param::from(self.attempts),
            Param::from(self.next_at.0),
            Param::from(self.id),
        ]
    }
}

impl Store<'_> {
    /// Puts a delivery into the outbox.
    pub(crate) fn send(&self, kind: Kind, target: &str, payload: &str, now: Millis) {
        self.send_at(kind, target, payload, now, now);
    }

    /// Puts a delivery into the outbox that is not due before a time.
    pub(crate) fn send_at(
        &self,
        kind: Kind,
        target: &str,
        payload: &str,
        now: Millis,
        due: Millis,
    ) {
        self.wake_at(due);
        let values: [Value; COLUMNS] = [
            Value::Null,
            Value::from(kind.name()),
            Value::from(kind.lane(target)),
            Value::from(target),
            Value::from(payload),
            Value::from(0_u32),
            Value::from(due.0),
            Value::from(now.0),
        ];
        self.notes.deliveries.borrow_mut().extend(values);
    }

    /// Gives new deliveries their numbers.
    pub(super) fn numbered(&self, mut deliveries: Vec<Value>) -> Result<Vec<Value>, SqlError> {
        for delivery in deliveries.chunks_mut(COLUMNS) {
            if let [id, ..] = delivery {
                *id = Value::from(self.next_delivery_id()?);
            }
        }
        Ok(deliveries)
    }

    /// A number that no delivery in the outbox has.
    pub(super) fn next_delivery_id(&self) -> Result<i64, SqlError> {
        let last = if let Some(last) = self.notes.last_delivery.get() {
            last
        } else {
            let row = self.row("SELECT coalesce(max(id), 0) FROM outbox", &[])?;
            row.map_or(0, |row| row.int(0))
        };
        let next = last.saturating_add(1);
        self.notes.last_delivery.set(Some(next));
        Ok(next)
    }

    /// Deliveries that are due on lanes that may be used, the first few of each stretch: what was never tried first, then
    /// the oldest.
    pub(crate) fn due_deliveries(&self, now: Millis) -> Result<Vec<Delivery>, SqlError> {
        self.flush()?;
        let statement = format!(
            "{STRETCHES} SELECT o.id, o.kind, o.lane, coalesce(l.failures, 0), o.target, o.payload, o.attempts, o.next_at,
                o.created_at
                FROM stretch s LEFT JOIN lanes l ON l.lane = s.lane
                CROSS JOIN outbox o ON o.lane = s.lane AND o.attempts = s.attempts
                WHERE coalesce(l.probe_at, 0) <= ?1 AND o.next_at <= coalesce(
                    (SELECT b.next_at FROM outbox b WHERE b.lane = s.lane AND b.attempts = s.attempts AND b.next_at <= ?1
                        ORDER BY b.next_at LIMIT 1 OFFSET {LOOKED_AT}), ?1)
                ORDER BY o.attempts, o.id"
        );
        let rows = self.rows(&statement, &[Param::from(now.0)])?;
        let delivery = |row: &Row| {
            Ok(Delivery {
                id: row.int(0),
                kind: Kind::stored(row.text(1))?,
                lane: row.text(2).to_owned(),
                lane_failures: row.count(3),
                target: row.text(4).to_owned(),
                payload: row.text(5).to_owned(),
                attempts: row.count(6),
                next_at: Millis(row.int(7)),
                created_at: Millis(row.int(8)),
            })
        };
        rows.iter().map(delivery).collect()
    }

    /// When the next delivery may be tried.
    pub(crate) fn next_delivery(&self) -> Result<Option<Millis>, SqlError> {
        self.flush()?;
        let statement = format!(
            "{STRETCHES} SELECT min(max(coalesce(l.probe_at, 0),
                (SELECT o.next_at FROM outbox o WHERE o.lane = s.lane AND o.attempts = s.attempts
                    ORDER BY o.next_at LIMIT 1)))
                FROM stretch s LEFT JOIN lanes l ON l.lane = s.lane"
        );
        let row = self.row(&statement, &[])?;
        Ok(row.and_then(|row| row.maybe_int(0)).map(Millis))
    }

    /// Removes what was delivered; its lane works.
    pub(crate) fn delivered(&self, delivery: &Delivery) -> Result<(), SqlError> {
        self.run(&format!("DELETE FROM outbox WHERE {THIS}"), &delivery.key())?;
        self.run(
            "DELETE FROM lanes WHERE lane = ?",
            &[Param::from(delivery.lane.as_str())],
        )
    }

    /// Keeps what was not delivered for another attempt, after so many more.
    pub(crate) fn postpone(
        &self,
        delivery: &Delivery,
        attempts_more: u32,
        next_at: Millis,
        error: &str,
    ) -> Result<(), SqlError> {
        self.wake_at(next_at);
        let mut values = vec![
            Param::from(attempts_more),
            Param::from(next_at.0),
            Param::from(error),
        ];
        values.extend(delivery.key());
        let set = "UPDATE outbox SET attempts = attempts + ?, next_at = ?, error = ? WHERE";
        self.run(&format!("{set} {THIS}"), &values)
    }

    /// Counts a failure of a lane. Returns how often it has failed since it last succeeded.
    pub(crate) fn lane_failed(&self, lane: &str) -> Result<u32, SqlError> {
        let row = self.row(
            "INSERT INTO lanes (lane, failures, probe_at) VALUES (?, 1, 0)
                ON CONFLICT (lane) DO UPDATE SET failures = failures + 1 RETURNING failures",
            &[Param::from(lane)],
        )?;
        let row = row.ok_or_else(|| SqlError("a lane without a row".into()))?;
        Ok(row.count(0))
    }

    /// Tries nothing on a lane that has failed before this time.
    pub(crate) fn probe_lane_at(&self, lane: &str, at: Millis) -> Result<(), SqlError> {
        self.run(
            "UPDATE lanes SET probe_at = ? WHERE lane = ?",
            &[Param::from(at.0), Param::from(lane)],
        )
    }

    /// Deliveries that wait, after an id: each with its id, as the merchant sees it.
    pub(crate) fn waiting(&self, after: i64) -> Result<Vec<(String, String)>, SqlError> {
        let shown = shown("next_at", "max(next_at, coalesce(probe_at, 0))");
        let statement = format!(
            "{shown} FROM outbox LEFT JOIN lanes USING (lane) WHERE id > ? ORDER BY id LIMIT {PAGE}"
        );
        self.shown(&statement, &[Param::from(after)])
    }
}

/// A delivery as the merchant sees it, with a time under this name.
pub(super) fn shown(name: &str, time: &str) -> String {
    format!(
        "SELECT json_quote(id), json_object('id', id, 'kind', kind, 'endpoint', lane, 'webhook_id',
            CASE kind WHEN 'webhook' THEN json_extract(payload, '$.id') END, 'attempts', attempts, 'error', error,
            'created_at', created_at, '{name}', {time})"
    )
}
