//! What was given up: kept for thirty days, in which it can be listed and sent again.

use goodword_shared::retention::Kept;
use goodword_shared::time::Millis;

use super::Store;
use super::outbox::{Delivery, Kind, PAGE, THIS, shown};
use crate::ledger::sql::{Param, SqlError};

/// Dead letters dropped in one transaction; the alarm comes back for the rest.
const DROPPED_MAX: u32 = 500;

const BURY: &str = "INSERT INTO dead_letters (kind, lane, target, payload, attempts, error, created_at, died_at)
    SELECT kind, lane, target, payload, attempts + ?, ?, created_at, ? FROM outbox WHERE kind <> 'pulse' AND";

const REVIVE: &str =
    "INSERT INTO outbox (id, kind, lane, target, payload, attempts, next_at, created_at)
    SELECT ?, kind, ?, ?, payload, 0, ?, ? FROM dead_letters WHERE id = ?";

/// What is known of a dead letter.
pub(crate) struct DeadLetter {
    pub(crate) kind: Kind,
    pub(crate) target: String,
    pub(crate) webhook_id: Option<String>,
}

/// A dead letter that is sent again.
pub(crate) struct Revived<'a> {
    pub(crate) id: i64,
    pub(crate) lane: &'a str,
    pub(crate) target: &'a str,
}

impl Store<'_> {
    /// Gives a delivery up, after so many more attempts. A nudge that nobody heard is dropped. Returns how many dead letters
    /// that made.
    pub(crate) fn bury(
        &self,
        delivery: &Delivery,
        attempts_more: u32,
        error: &str,
        now: Millis,
    ) -> Result<u32, SqlError> {
        self.give_up(THIS, &delivery.key(), attempts_more, error, now)
    }

    /// Gives up what a lane has kept waiting since before this time.
    pub(crate) fn bury_old(
        &self,
        lane: &str,
        before: Millis,
        error: &str,
        now: Millis,
    ) -> Result<u32, SqlError> {
        let which = [Param::from(lane), Param::from(before.0)];
        // Of each number of attempts only what has waited: the rest of the lane is not read.
        let condition = "lane = ? AND attempts IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AND next_at <= ?";
        self.give_up(condition, &which, 0, error, now)
    }

    fn give_up(
        &self,
        condition: &str,
        which: &[Param<'_>],
        attempts_more: u32,
        error: &str,
        now: Millis,
    ) -> Result<u32, SqlError> {
        self.flush()?;
        let count = format!("SELECT count(*) FROM outbox WHERE kind <> 'pulse' AND {condition}");
        let row = self.row(&count, which)?;
        let buried = row.map_or(0, |row| row.count(0));
        if buried > 0 {
            let mut values = vec![
                Param::from(attempts_more),
                Param::from(error),
                Param::from(now.0),
            ];
            values.extend_from_slice(which);
            self.run(&format!("{BURY} {condition} ORDER BY id"), &values)?;
            self.wake_at(Kept::DeadLetter.ends(now));
        }
        self.run(&format!("DELETE FROM outbox WHERE {condition}"), which)?;
        Ok(buried)
    }

    /// Dead letters after an id: each with its id, as the merchant sees it.
    pub(crate) fn dead_letters(&self, after: i64) -> Result<Vec<(String, String)>, SqlError> {
        let shown = shown("died_at", "died_at");
        let statement = format!("{shown} FROM dead_letters WHERE id > ? ORDER BY id LIMIT {PAGE}");
        self.shown(&statement, &[Param::from(after)])
    }

    /// A dead letter.
    pub(crate) fn dead_letter(&self, id: i64) -> Result<Option<DeadLetter>, SqlError> {
        let row = self.row(
            "SELECT kind, target, CASE kind WHEN 'webhook' THEN json_extract(payload, '$.id') END FROM dead_letters
                WHERE id = ?",
            &[Param::from(id)],
        )?;
        row.map(|row| {
            Ok(DeadLetter {
                kind: Kind::stored(row.text(0))?,
                target: row.text(1).to_owned(),
                webhook_id: row.maybe_text(2).map(str::to_owned),
            })
        })
        .transpose()
    }

    /// Ids of dead letters of deliveries that were made at or after this time, oldest first; without events where those can
    /// go nowhere.
    pub(crate) fn dead_since(
        &self,
        since: Millis,
        with_events: bool,
        limit: u32,
    ) -> Result<Vec<i64>, SqlError> {
        let statement = format!(
            "SELECT id FROM dead_letters WHERE created_at >= ? AND (? OR kind <> 'webhook') ORDER BY id LIMIT {limit}"
        );
        let values = &[Param::from(since.0), Param::from(i64::from(with_events))];
        self.list(&statement, values, |row| row.int(0))
    }

    /// Puts a dead letter back into the outbox, as if it were new, and has its lane tried at once.
    pub(crate) fn revive(&self, revived: &Revived<'_>, now: Millis) -> Result<(), SqlError> {
        self.wake_at(now);
        self.run(
            REVIVE,
            &[
                Param::from(self.next_delivery_id()?),
                Param::from(revived.lane),
                Param::from(revived.target),
                Param::from(now.0),
                Param::from(now.0),
                Param::from(revived.id),
            ],
        )?;
        self.run(
            "DELETE FROM dead_letters WHERE id = ?",
            &[Param::from(revived.id)],
        )?;
        self.probe_lane_at(revived.lane, now)
    }

    /// Drops dead letters that have outlived their days.
    pub(crate) fn drop_old_dead_letters(&self, now: Millis) -> Result<(), SqlError> {
        let kept_since = Kept::DeadLetter.oldest(now);
        let statement = format!(
            "DELETE FROM dead_letters WHERE id IN
                (SELECT id FROM dead_letters WHERE died_at <= ? ORDER BY id LIMIT {DROPPED_MAX})"
        );
        self.run(&statement, &[Param::from(kept_since.0)])
    }

    /// When the next dead letter has outlived its days.
    pub(crate) fn next_dead_letter_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT died_at FROM dead_letters ORDER BY id LIMIT 1", &[])?;
        Ok(row.map(|row| Kept::DeadLetter.ends(Millis(row.int(0)))))
    }
}
