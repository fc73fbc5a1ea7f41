//! What people have shown that others may have shown too, and how often a referrer's code was used.

use goodword_shared::id::Pseudonym;
use goodword_shared::risk::evidence::Pace;
use goodword_shared::time::{DAY_MS, Millis};

use super::referrals::IS_UNDONE;
use super::{Store, places};
use crate::ledger::sql::{Param, Row, SqlError};

/// Traces that are looked at for one order. Whatever more people share than that, a crowd shares it.
const TRACES_MAX: u32 = 300;
/// Claims, and referrals, that are looked at for one order.
const USES_MAX: u32 = 1_000;

/// Days for which it is known who was on a network: its hash means nothing after them anyway.
const NETWORK_DAYS: u32 = 28;
/// Days for which a means of payment, or an address, is known.
const TRACE_DAYS: u32 = 400;
/// A trace that is shown again is as young as before for so long: most orders of a known customer write none anew.
const FRESH_DAYS: u32 = 100;

/// Traces looked at in one transaction; the alarm comes back for the rest.
const LOOKED_AT: u32 = 2_000;

/// On which day traces were last looked through for old ones: `day`, or `day/after`, a hash, while there are more to look at.
const LOOKED_THROUGH: &str = "traces looked through";

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TraceKind {
    Payment,
    Address,
    Network,
    Browser,
    /// Whose codes were tried in a browser: the person is the referrer.
    Tried,
}

/// Something that was shown, as a keyed hash.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) kind: TraceKind,
    pub(crate) hash: String,
}

const KINDS: [TraceKind; 5] = [
    TraceKind::Payment,
    TraceKind::Address,
    TraceKind::Network,
    TraceKind::Browser,
    TraceKind::Tried,
];

impl TraceKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Address => "address",
            Self::Network => "network",
            Self::Browser => "browser",
            Self::Tried => "tried",
        }
    }
}

impl Store<'_> {
    /// Somebody has shown this. Shown again, it is kept as long as if it were new. What is judged by the last day has to be of the
    /// last time.
    pub(crate) fn note_traces(
        &self,
        person: &Pseudonym,
        traces: &[Trace],
        now: Millis,
    ) -> Result<(), SqlError> {
        for trace in traces {
            let fresh_since = match trace.kind {
                TraceKind::Tried => now.0,
                _ => before(now, FRESH_DAYS),
            };
            self.run(
                "INSERT INTO traces (hash, person, kind, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (hash, person) DO UPDATE SET at = excluded.at WHERE at < ?",
                &[
                    Param::from(trace.hash.as_str()),
                    Param::from(person.0.as_str()),
                    Param::from(trace.kind.name()),
                    Param::from(now.0),
                    Param::from(fresh_since),
                ],
            )?;
        }
        Ok(())
    }

    /// Who else has shown one of these: networks last, because a crowd on one must not hide a card.
    pub(crate) fn who_showed(
        &self,
        hashes: &[String],
        but: Option<&Pseudonym>,
    ) -> Result<Vec<(TraceKind, Pseudonym)>, SqlError> {
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let marks = places(hashes.len());
        let statement = format!(
            "SELECT kind, person FROM traces WHERE hash IN ({marks}) AND person <> ?
                ORDER BY kind = 'network' LIMIT {TRACES_MAX}"
        );
        let mut values: Vec<Param<'_>> = hashes.iter().map(|hash| hash.as_str().into()).collect();
        values.push(Param::from(but.map_or("", |person| person.0.as_str())));
        let rows = self.rows(&statement, &values)?;
        rows.iter()
            .map(|row| {
                let name = row.text(0);
                let kind = KINDS.into_iter().find(|kind| kind.name() == name);
                let kind = kind.ok_or_else(|| SqlError("a stored kind of trace".into()))?;
                Ok((kind, Pseudonym(row.text(1).to_owned())))
            })
            .collect()
    }

    /// Of how many referrers codes were tried in one of these browsers since a time.
    pub(crate) fn codes_tried(&self, hashes: &[String], since: Millis) -> Result<u32, SqlError> {
        if hashes.is_empty() {
            return Ok(0);
        }
        let marks = places(hashes.len());
        let statement = format!(
            "SELECT count(DISTINCT person) FROM traces WHERE hash IN ({marks}) AND kind = 'tried' AND at >= ?"
        );
        let mut values: Vec<Param<'_>> = hashes.iter().map(|hash| hash.as_str().into()).collect();
        values.push(Param::from(since.0));
        let row = self.row(&statement, &values)?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// Whom somebody has referred since a time.
    pub(crate) fn invitees_since(
        &self,
        referrer: &Pseudonym,
        since: Millis,
    ) -> Result<Vec<Pseudonym>, SqlError> {
        let statement = format!(
            "SELECT invitee FROM referrals WHERE referrer = ? AND at >= ? ORDER BY at DESC LIMIT {USES_MAX}"
        );
        let values = &[Param::from(referrer.0.as_str()), Param::from(since.0)];
        self.list(&statement, values, |row| Pseudonym(row.text(0).to_owned()))
    }

    /// How many of these somebody else than this referrer has invited since a time.
    pub(crate) fn invited_since(
        &self,
        people: &[&Pseudonym],
        but_by: &Pseudonym,
        since: Millis,
    ) -> Result<u32, SqlError> {
        if people.is_empty() {
            return Ok(0);
        }
        let statement = format!(
            "SELECT count(*) FROM people p WHERE id IN ({}) AND referrer <> ? AND EXISTS
                (SELECT 1 FROM referrals r WHERE r.referrer = p.referrer AND r.at >= ? AND r.invitee = p.id)",
            places(people.len())
        );
        let mut values: Vec<Param<'_>> =
            people.iter().map(|person| Param::from(&person.0)).collect();
        values.extend([Param::from(&but_by.0), Param::from(since.0)]);
        let row = self.row(&statement, &values)?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// What a referrer and their code have done so far. Whoever types a code in the checkout uses it without a claim: that is
    /// known of those whose order converted, so that a code has at least so many uses.
    pub(crate) fn pace(&self, referrer: &Pseudonym, now: Millis) -> Result<Pace, SqlError> {
        let (day, month) = (before(now, 1), before(now, 30));
        let referrals = format!(
            "SELECT count(*), coalesce(sum(at >= ?2), 0), coalesce(sum(undone), 0), coalesce(sum(at >= ?3), 0) FROM (
                SELECT r.at, {IS_UNDONE} AS undone
                FROM referrals r WHERE r.referrer = ?1 AND r.at >= ?4 ORDER BY r.at DESC LIMIT {USES_MAX})"
        );
        let referrer = referrer.0.as_str();
        let values = &[
            Param::from(referrer),
            Param::from(day),
            Param::from(month),
            Param::from(before(now, 180)),
        ];
        let row = self.row(&referrals, values)?;
        let [conversions, conversions_day, undone, converted] = counts(row.as_ref());
        let claims = format!(
            "SELECT count(*), coalesce(sum(claimed_at >= ?2), 0), coalesce(sum(coupon), 0),
                coalesce(sum(ad = 'paid'), 0), coalesce(sum(late), 0) FROM (
                SELECT claimed_at, coupon, ad, late FROM touches
                WHERE referrer = ?1 AND discount_code IS NOT NULL AND claimed_at >= ?3 AND order_id IS NOT NULL
                ORDER BY claimed_at DESC LIMIT {USES_MAX})"
        );
        let values = &[Param::from(referrer), Param::from(day), Param::from(month)];
        let row = self.row(&claims, values)?;
        let [used, used_day, coupon_month, paid_month, late_month] = counts(row.as_ref());
        Ok(Pace {
            conversions_day,
            conversions,
            undone,
            uses_day: used_day.max(conversions_day),
            uses_month: used.max(converted),
            coupon_month,
            paid_month,
            late_month,
        })
    }

    /// Drops what has outlived its days: networks and browsers after [`NETWORK_DAYS`], the rest after [`TRACE_DAYS`]. No index
    /// tells their age, because it would cost a row for each, so they are looked through once a day, a part at a time.
    pub(crate) fn drop_old_traces(&self, now: Millis) -> Result<(), SqlError> {
        let today = now.day().to_string();
        let looked = self.meta(LOOKED_THROUGH)?.unwrap_or_default();
        let after = looked.split_once('/').map(|(_, after)| after);
        let any = self.row("SELECT 1 FROM traces LIMIT 1", &[])?;
        if after.is_none() && (any.is_none() || looked == today) {
            return Ok(());
        }
        let after = after.unwrap_or_default();
        let last = format!(
            "SELECT hash FROM traces WHERE hash > ? ORDER BY hash LIMIT 1 OFFSET {LOOKED_AT}"
        );
        let last = self.row(&last, &[Param::from(after)])?;
        let last = last.as_ref().map(|row| row.text(0));
        self.run(
            "DELETE FROM traces WHERE hash > ?1 AND hash <= coalesce(?2, hash)
                AND (at < ?3 OR (at < ?4 AND kind IN ('network', 'browser', 'tried')))",
            &[
                Param::from(after),
                Param::from(last),
                Param::from(before(now, TRACE_DAYS)),
                Param::from(before(now, NETWORK_DAYS)),
            ],
        )?;
        let looked = last.map_or_else(|| today.clone(), |last| format!("{today}/{last}"));
        self.set_meta(LOOKED_THROUGH, &looked)
    }

    /// When to go on with a look through all traces that has begun: at once.
    pub(crate) fn next_look(&self) -> Result<Option<Millis>, SqlError> {
        let looked = self.meta(LOOKED_THROUGH)?;
        Ok(looked
            .filter(|looked| looked.contains('/'))
            .map(|_| Millis(0)))
    }
}

const fn before(now: Millis, days: u32) -> i64 {
    let ms = (days as i64).saturating_mul(DAY_MS);
    now.0.saturating_sub(ms)
}

fn counts<const N: usize>(row: Option<&Row>) -> [u32; N] {
    let mut counts = [0; N];
    if let Some(row) = row {
        for (column, count) in counts.iter_mut().enumerate() {
            *count = row.count(column);
        }
    }
    counts
}
