//! Referrals and their rewards.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::money::{Currency, Money};
use goodword_shared::reward::{RewardState, StoredReward};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Row, SqlError, Value};

/// The edge from referrer to invitee after attribution.
#[derive(Clone, Debug)]
pub(crate) struct Referral {
    pub(crate) id: Pseudonym,
    pub(crate) referrer: Pseudonym,
    pub(crate) invitee: Pseudonym,
    pub(crate) order_id: ExternalId,
    pub(crate) at: Millis,
}

const REFERRAL: &str = "id, referrer, invitee, order_id, at";
const REWARD: &str = "id, owner, currency, amount, reversed, state, payable_at, frozen";

impl Store<'_> {
    /// The referral that an order converted.
    pub(crate) fn referral_of(&self, order: &ExternalId) -> Result<Option<Referral>, SqlError> {
        let statement = format!("SELECT {REFERRAL} FROM referrals WHERE order_id = ?");
        let row = self.row(&statement, vec![Value::from(order.as_str())])?;
        row.as_ref().map(referral).transpose()
    }

    /// A referral by id.
    pub(crate) fn referral(&self, id: &str) -> Result<Option<Referral>, SqlError> {
        let statement = format!("SELECT {REFERRAL} FROM referrals WHERE id = ?");
        let row = self.row(&statement, vec![Value::from(id)])?;
        row.as_ref().map(referral).transpose()
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
        let values = vec![Value::from(referrer.0.as_str())];
        self.rows(&statement, values)?
            .iter()
            .map(referral)
            .collect()
    }

    /// Referrals of a referrer, counted.
    pub(crate) fn count_referrals(&self, referrer: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM referrals WHERE referrer = ?",
            vec![Value::from(referrer.0.as_str())],
        )?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Adds a referral.
    pub(crate) fn add_referral(&self, referral: &Referral) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO referrals (id, referrer, invitee, order_id, at, events) VALUES (?, ?, ?, ?, ?, 0)",
            vec![
                Value::from(referral.id.0.as_str()),
                Value::from(referral.referrer.0.as_str()),
                Value::from(referral.invitee.0.as_str()),
                Value::from(referral.order_id.as_str()),
                Value::from(referral.at.0),
            ],
        )
    }

    /// The next sequence number of a referral's events.
    pub(crate) fn next_event(&self, referral: &str) -> Result<u32, SqlError> {
        let row = self.row(
            "UPDATE referrals SET events = events + 1 WHERE id = ? RETURNING events",
            vec![Value::from(referral)],
        )?;
        row.ok_or_else(|| SqlError("no such referral".into()))?
            .count(0)
    }

    /// Rewards of a referral.
    pub(crate) fn rewards_of(&self, referral: &Pseudonym) -> Result<Vec<StoredReward>, SqlError> {
        let statement = format!("SELECT {REWARD} FROM rewards WHERE referral = ? ORDER BY id");
        let rows = self.rows(&statement, vec![Value::from(referral.0.as_str())])?;
        rows.iter().map(reward).collect()
    }

    /// Rewards that an owner has earned since a time and not wholly lost again.
    pub(crate) fn count_rewards_since(
        &self,
        owner: &Pseudonym,
        since: Millis,
    ) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM rewards WHERE owner = ? AND earned_at > ? AND reversed < amount",
            vec![Value::from(owner.0.as_str()), Value::from(since.0)],
        )?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Pending rewards whose hold is over, but for those that are set aside for a while.
    pub(crate) fn due_rewards(&self, now: Millis, limit: u32) -> Result<Vec<Pseudonym>, SqlError> {
        let statement = format!(
            "SELECT id FROM rewards WHERE state = 'pending' AND frozen = 0 AND payable_at <= ?
                AND id NOT IN (SELECT reward FROM stuck_rewards WHERE retry_at > ?) ORDER BY payable_at LIMIT {limit}"
        );
        let rows = self.rows(&statement, vec![Value::from(now.0), Value::from(now.0)])?;
        rows.iter()
            .map(|row| Ok(Pseudonym(row.text(0)?.to_owned())))
            .collect()
    }

    /// A reward with its referral.
    pub(crate) fn reward(
        &self,
        id: &Pseudonym,
    ) -> Result<Option<(StoredReward, String)>, SqlError> {
        let statement = format!("SELECT {REWARD}, referral FROM rewards WHERE id = ?");
        let row = self.row(&statement, vec![Value::from(id.0.as_str())])?;
        row.map(|row| Ok((reward(&row)?, row.text(8)?.to_owned())))
            .transpose()
    }

    /// When the next hold is over.
    pub(crate) fn next_due(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row(
            "SELECT payable_at FROM rewards WHERE state = 'pending' AND frozen = 0
                AND id NOT IN (SELECT reward FROM stuck_rewards) ORDER BY payable_at LIMIT 1",
            Vec::new(),
        )?;
        row.map(|row| row.int(0).map(Millis)).transpose()
    }

    /// Adds a reward.
    pub(crate) fn add_reward(
        &self,
        reward: &StoredReward,
        referral: &Pseudonym,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.wake_for(reward);
        self.run(
            "INSERT INTO rewards (id, referral, owner, currency, amount, reversed, state, payable_at, frozen, earned_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                Value::from(reward.id.0.as_str()),
                Value::from(referral.0.as_str()),
                Value::from(reward.owner.0.as_str()),
                Value::from(reward.amount.currency().as_str()),
                Value::from(reward.amount.minor()),
                Value::from(reward.reversed.minor()),
                Value::from(reward.state.name()),
                Value::from(reward.payable_at.0),
                Value::from(reward.frozen),
                Value::from(now.0),
            ],
        )
    }

    /// Writes what may change of a reward.
    pub(crate) fn update_reward(&self, reward: &StoredReward) -> Result<(), SqlError> {
        self.wake_for(reward);
        self.run(
            "UPDATE rewards SET reversed = ?, state = ?, frozen = ? WHERE id = ?",
            vec![
                Value::from(reward.reversed.minor()),
                Value::from(reward.state.name()),
                Value::from(reward.frozen),
                Value::from(reward.id.0.as_str()),
            ],
        )
    }

    /// The end of a hold is something to do.
    fn wake_for(&self, reward: &StoredReward) {
        if reward.state == RewardState::Pending && !reward.frozen {
            self.wake_at(reward.payable_at);
        }
    }
}

fn referral(row: &Row) -> Result<Referral, SqlError> {
    Ok(Referral {
        id: Pseudonym(row.text(0)?.to_owned()),
        referrer: Pseudonym(row.text(1)?.to_owned()),
        invitee: Pseudonym(row.text(2)?.to_owned()),
        order_id: ExternalId::parse(row.text(3)?)
            .map_err(|_| SqlError("a stored order id".into()))?,
        at: Millis(row.int(4)?),
    })
}

fn reward(row: &Row) -> Result<StoredReward, SqlError> {
    let currency =
        Currency::parse(row.text(2)?).map_err(|_| SqlError("a stored currency".into()))?;
    let money = |column| {
        Money::new(row.int(column)?, currency).map_err(|_| SqlError("a stored amount".into()))
    };
    Ok(StoredReward {
        id: Pseudonym(row.text(0)?.to_owned()),
        owner: Pseudonym(row.text(1)?.to_owned()),
        amount: money(3)?,
        reversed: money(4)?,
        state: RewardState::from_name(row.text(5)?)
            .ok_or_else(|| SqlError("a stored state".into()))?,
        payable_at: Millis(row.int(6)?),
        frozen: row.int(7)? != 0,
    })
}
