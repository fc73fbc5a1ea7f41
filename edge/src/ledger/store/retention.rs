//! Who has not been heard of for long, and hashes of networks that nothing is counted by any more.

use goodword_shared::id::Pseudonym;
use goodword_shared::retention::LastSeen;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// People looked at in one transaction, and hashes dropped; the alarm comes back for the rest.
pub(crate) const LOOKED_AT: usize = 200;

/// Touches of which it is known where somebody was: as the index has it.
const SEEN: &str = "(source IS NOT NULL OR browser IS NOT NULL)";

/// Where else than in their own record somebody may be named, as what.
const NAMES: [(&str, &str); 9] = [
    ("person", "bindings"),
    ("referrer", "bindings"),
    ("person", "leads"),
    ("referrer", "leads"),
    ("person", "events"),
    ("person", "orders"),
    ("owner", "rewards"),
    ("referrer", "touches"),
    (
        "c.value ->> '$.referrer'",
        "orders, json_each(decision, '$.considered') c",
    ),
];

/// Where the round through all people stands: `due/after`, a time and a pseudonym.
const SWEEP: &str = "sweep";

/// Where the round through all people stands.
pub(crate) struct Sweep {
    /// When to go on.
    pub(crate) due: Millis,
    /// After whom.
    pub(crate) after: String,
}

impl Store<'_> {
    /// Where the round through all people stands.
    pub(crate) fn sweep(&self) -> Result<Sweep, SqlError> {
        let kept = self.meta(SWEEP)?.unwrap_or_default();
        let (due, after) = kept.split_once('/').unwrap_or_default();
        Ok(Sweep {
            due: Millis(due.parse().unwrap_or_default()),
            after: after.to_owned(),
        })
    }

    /// Keeps where it stands.
    pub(crate) fn set_sweep(&self, sweep: &Sweep) -> Result<(), SqlError> {
        self.wake_at(sweep.due);
        self.set_meta(SWEEP, &format!("{}/{}", sweep.due.0, sweep.after))
    }

    /// People after a pseudonym, in order, and when they were last heard of. What their link was used for is only looked up of
    /// whoever has not been heard of since a time.
    pub(crate) fn last_seen(
        &self,
        after: &str,
        old: Millis,
    ) -> Result<Vec<(Pseudonym, LastSeen)>, SqlError> {
        let statement = format!(
            "SELECT id, guest <> 0 AND orders = 0 AND email_exact IS NOT NULL,
                coalesce(name_sealed, email_sealed, note_sealed) IS NOT NULL, active_at,
                iif(active_at > ?2, NULL, nullif(max(
                    coalesce((SELECT max(at) FROM referrals WHERE referrer = people.id), 0),
                    coalesce((SELECT max(claimed_at) FROM touches WHERE referrer = people.id AND discount_code IS NOT NULL), 0)
                ), 0)) FROM people WHERE id > ?1 ORDER BY id LIMIT {LOOKED_AT}"
        );
        self.list(
            &statement,
            &[Param::from(after), Param::from(old.0)],
            |row| {
                let seen = LastSeen {
                    bare_guest: row.int(1) != 0,
                    readable: row.int(2) != 0,
                    active_at: Millis(row.int(3)),
                    referred_at: row.maybe_int(4).map(Millis),
                };
                (Pseudonym(row.text(0).to_owned()), seen)
            },
        )
    }

    /// Those of these guests, a list of pseudonyms in JSON, whom anything else than their own record names: a decision as well, for
    /// which all orders are looked through once.
    pub(crate) fn named_guests(&self, guests: &str) -> Result<Vec<Pseudonym>, SqlError> {
        let mut named = Vec::new();
        // One by one: the platform takes no more than five in a compound.
        for (who, from) in NAMES {
            let statement = format!(
                "SELECT DISTINCT {who} FROM {from} WHERE {who} IN (SELECT value FROM json_each(?))"
            );
            let rows = self.rows(&statement, &[Param::from(guests)])?;
            for row in &rows {
                named.push(Pseudonym(row.text(0).to_owned()));
            }
        }
        Ok(named)
    }

    /// Drops traces and proofs of these guests, a list of pseudonyms in JSON.
    pub(crate) fn drop_shown_by(&self, guests: &str) -> Result<(), SqlError> {
        for table in ["traces", "proofs"] {
            let statement =
                format!("DELETE FROM {table} WHERE person IN (SELECT value FROM json_each(?))");
            self.run(&statement, &[Param::from(guests)])?;
        }
        Ok(())
    }

    /// Drops name, address and note of a person; what is compared stays.
    pub(crate) fn drop_contact(&self, id: &Pseudonym) -> Result<(), SqlError> {
        self.run(
            "UPDATE people SET name_sealed = NULL, email_sealed = NULL, note_sealed = NULL WHERE id = ?",
            &[Param::from(id.0.as_str())],
        )
    }

    /// Drops hashes of networks and browsers: discounts are counted by them while they live.
    pub(crate) fn drop_old_sources(&self, now: Millis) -> Result<(), SqlError> {
        let statement = format!(
            "UPDATE touches SET source = NULL, source_before = NULL, browser = NULL, browser_before = NULL
                WHERE click_id IN (SELECT click_id FROM touches WHERE {SEEN} AND expires_at < ?
                    ORDER BY expires_at LIMIT {LOOKED_AT})"
        );
        self.run(&statement, &[Param::from(now.0)])
    }

    /// When the next hash of a network is of no use any more.
    pub(crate) fn next_source_end(&self) -> Result<Option<Millis>, SqlError> {
        let statement =
            format!("SELECT expires_at FROM touches WHERE {SEEN} ORDER BY expires_at LIMIT 1");
        let row = self.row(&statement, &[])?;
        Ok(row.map(|row| Millis(row.int(0)).plus_ms(1)))
    }
}
