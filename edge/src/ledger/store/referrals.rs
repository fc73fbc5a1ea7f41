//! Referrals: who referred whom, by which order.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// The edge from referrer to invitee after attribution.
#[derive(Clone, Debug)]
pub(crate) struct Referral {
    pub(crate) id: Pseudonym,
    pub(crate) referrer: Pseudonym,
    pub(crate) invitee: Pseudonym,
    pub(crate) order_id: ExternalId,
    pub(crate) at: Millis,
}

/// What `meta` calls it when all referrals were counted last, and how many there were.
const COUNTED: &str = "referrals_counted";

/// Referrals in one answer.
const REFERRALS_PAGE: u32 = 100;

/// A referral as it is shown, with the referrer's own reward for it: the database writes the JSON.
const SHOWN: &str = "SELECT json_quote(r.id), json_object('id', r.id, 'at', r.at, 'order_id', r.order_id,
    'referrer', json_object('id', r.referrer, 'code', p.code, 'customer_id', p.customer_id),
    'invitee', json_object('id', r.invitee, 'customer_id', i.customer_id),
    'reason', o.decision ->> 'reason', 'no_reward', o.decision ->> 'no_reward',
    'reward', json(iif(w.id IS NULL, 'null', json_object('id', w.id, 'state', w.state, 'kind', w.kind,
        'amount', w.amount - w.reversed, 'earned', w.amount, 'currency', w.currency))))
    FROM referrals r JOIN people p ON p.id = r.referrer JOIN people i ON i.id = r.invitee
    JOIN orders o ON o.id = r.order_id
    LEFT JOIN rewards w ON w.order_id = r.order_id AND w.owner = r.referrer AND w.milestone = 0";

/// Whether the order of a referral `r` was taken back for good, all of it.
pub(super) const IS_UNDONE: &str = "(EXISTS (SELECT 1 FROM undos u WHERE u.order_id = r.order_id
        AND (u.key = 'cancellation' OR u.key LIKE 'dispute:lost:%'))
    OR coalesce((SELECT sum(u.fact -> '$.refund.amount' ->> 'amount') FROM undos u
        WHERE u.order_id = r.order_id AND u.key LIKE 'refund:%')
        >= (SELECT o.total FROM orders o WHERE o.id = r.order_id), 0))";

const REFERRAL: &str = "id, referrer, invitee, order_id, at";

impl Store<'_> {
    /// The referral that an order converted.
    pub(crate) fn referral_of(&self, order: &ExternalId) -> Result<Option<Referral>, SqlError> {
        let statement = format!("SELECT {REFERRAL} FROM referrals WHERE order_id = ?");
        let row = self.row(&statement, &[Param::from(order.as_str())])?;
        row.as_ref().map(referral).transpose()
    }

    /// A referral by id.
    pub(crate) fn referral(&self, id: &str) -> Result<Option<Referral>, SqlError> {
        let statement = format!("SELECT {REFERRAL} FROM referrals WHERE id = ?");
        let row = self.row(&statement, &[Param::from(id)])?;
        row.as_ref().map(referral).transpose()
    }

    /// Referrals after an id, oldest first, whose referrer's reward is in this state, or all of them; as JSON.
    pub(crate) fn referrals_after(
        &self,
        state: Option<&str>,
        after: &str,
    ) -> Result<Vec<(String, String)>, SqlError> {
        let statement = format!(
            "{SHOWN} WHERE r.id > ?1 AND (?2 IS NULL OR w.state = ?2) ORDER BY r.id LIMIT {REFERRALS_PAGE}"
        );
        self.shown(&statement, &[Param::from(after), Param::from(state)])
    }

    /// Newest referrals of a referrer.
    pub(crate) fn referrals_by(
        &self,
        referrer: &Pseudonym,
        limit: u32,
    ) -> Result<Vec<Referral>, SqlError> {
        let statement = format!(
            "SELECT {REFERRAL} FROM referrals WHERE referrer = ? ORDER BY at DESC LIMIT {limit}"
        );
        let values = &[Param::from(referrer.0.as_str())];
        self.rows(&statement, values)?
            .iter()
            .map(referral)
            .collect()
    }

    /// Referrals of a referrer, counted.
    pub(crate) fn count_referrals(&self, referrer: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM referrals WHERE referrer = ?",
            &[Param::from(referrer.0.as_str())],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// All referrals that stand, counted: a look at each.
    pub(crate) fn count_standing(&self) -> Result<u32, SqlError> {
        let statement = format!("SELECT count(*) FROM referrals r WHERE NOT {IS_UNDONE}");
        let row = self.row(&statement, &[])?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// When all referrals that stand were counted last, and how many there were.
    pub(crate) fn counted(&self) -> Result<Option<(Millis, u32)>, SqlError> {
        let kept = self.meta(COUNTED)?.unwrap_or_default();
        let counted = kept.split_once('/').and_then(|(at, count)| {
            let at = Millis(at.parse().ok()?);
            Some((at, count.parse().ok()?))
        });
        Ok(counted)
    }

    /// Keeps what was counted.
    pub(crate) fn set_counted(&self, at: Millis, count: u32) -> Result<(), SqlError> {
        self.set_meta(COUNTED, &format!("{}/{count}", at.0))
    }

    /// Adds a referral.
    pub(crate) fn add_referral(&self, referral: &Referral) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO referrals (id, referrer, invitee, order_id, at, events) VALUES (?, ?, ?, ?, ?, 0)",
            &[
                Param::from(referral.id.0.as_str()),
                Param::from(referral.referrer.0.as_str()),
                Param::from(referral.invitee.0.as_str()),
                Param::from(referral.order_id.as_str()),
                Param::from(referral.at.0),
            ],
        )
    }

    /// Takes so many sequence numbers for events of a referral, and returns the first of them.
    pub(crate) fn take_sequence(&self, referral: &str, count: u32) -> Result<u32, SqlError> {
        let row = self.row(
            "UPDATE referrals SET events = events + ?1 WHERE id = ?2 RETURNING events - ?1 + 1",
            &[Param::from(count), Param::from(referral)],
        )?;
        let row = row.ok_or_else(|| SqlError("no such referral".into()))?;
        Ok(row.count(0))
    }
}

fn referral(row: &Row) -> Result<Referral, SqlError> {
    Ok(Referral {
        id: Pseudonym(row.text(0).to_owned()),
        referrer: Pseudonym(row.text(1).to_owned()),
        invitee: Pseudonym(row.text(2).to_owned()),
        order_id: ExternalId::parse(row.text(3))
            .map_err(|_| SqlError("a stored order id".into()))?,
        at: Millis(row.int(4)),
    })
}
