//! Rewards: where each stands, and what counts under caps and budgets.

use goodword_shared::decide::reward::Cause;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::money::{Currency, Money};
use goodword_shared::program::limits::CapUse;
use goodword_shared::program::reward::RewardKind;
use goodword_shared::reward::{Review, RewardState, StoredReward};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// Rewards in one answer.
pub(crate) const REWARDS_PAGE: u32 = 50;

/// Not set aside until a later time than the first value's.
const NOT_ASIDE: &str = "id NOT IN (SELECT reward FROM stuck_rewards WHERE retry_at > ?1)";

/// What never changes of a reward: where it comes from, and what it is in words.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) referral: Pseudonym,
    pub(crate) order: ExternalId,
    pub(crate) cause: Cause,
    /// So many approved referrals; zero of all other causes.
    pub(crate) milestone: u32,
    pub(crate) description: Option<String>,
    pub(crate) quantity: Option<u32>,
    pub(crate) earned_at: Millis,
}

/// A reward with its origin.
#[derive(Clone, Debug)]
pub(crate) struct RewardRow {
    pub(crate) reward: StoredReward,
    pub(crate) origin: Origin,
}

const COLUMNS: &str = "id, owner, currency, amount, reversed, lost, granted, due, kind, state, payable_at, frozen, review, \
    reviewed, redeemed, collect_days, expires_at, referral, order_id, cause, milestone, description, quantity, earned_at";

impl Store<'_> {
    /// A reward by id.
    pub(crate) fn reward(&self, id: &str) -> Result<Option<RewardRow>, SqlError> {
        let found = self.reward_rows("id = ?", &[Param::from(id)])?;
        Ok(found.into_iter().next())
    }

    /// Everything that an order has earned.
    pub(crate) fn rewards_of(&self, order: &ExternalId) -> Result<Vec<RewardRow>, SqlError> {
        let values = &[Param::from(order.as_str())];
        self.reward_rows("order_id = ? ORDER BY id", values)
    }

    /// What somebody has earned, for whatever, newest first.
    pub(crate) fn newest_rewards_of(
        &self,
        owner: &Pseudonym,
        limit: u32,
    ) -> Result<Vec<RewardRow>, SqlError> {
        let which = format!("owner = ? ORDER BY earned_at DESC, id DESC LIMIT {limit}");
        self.reward_rows(&which, &[Param::from(owner.0.as_str())])
    }

    /// What somebody had earned by a time, so many rewards at most.
    pub(crate) fn rewards_until(
        &self,
        owner: &Pseudonym,
        until: Millis,
        limit: usize,
    ) -> Result<Vec<RewardRow>, SqlError> {
        let values = &[Param::from(owner.0.as_str()), Param::from(until.0)];
        let which = format!("owner = ? AND earned_at <= ? ORDER BY earned_at LIMIT {limit}");
        self.reward_rows(&which, values)
    }

    /// What rewards that had been earned by a line of the log cost at most, by currency and day. On the day of the line itself
    /// they are those that the log names until then.
    pub(crate) fn spent_until(
        &self,
        line: i64,
        at: Millis,
    ) -> Result<Vec<(Currency, i64, i64)>, SqlError> {
        let rows = self.rows(
            "SELECT currency, day, amount FROM spending WHERE day < ?1
                UNION ALL
                SELECT currency, ?1, sum(amount - lost) FROM rewards WHERE id IN (
                    SELECT coalesce(data -> 'reward' ->> 'id', data ->> 'reward') FROM log
                    WHERE seq <= ?2 AND kind = 'reward.earned' AND seq > coalesce(
                        (SELECT seq FROM log WHERE seq <= ?2 AND at < ?1 * 86400000 ORDER BY seq DESC LIMIT 1), 0))
                GROUP BY currency",
            &[Param::from(at.day()), Param::from(line)],
        )?;
        rows.iter()
            .map(|row| {
                let currency = Currency::parse(row.text(0));
                let currency = currency.map_err(|_| SqlError("a stored currency".into()))?;
                Ok((currency, row.int(1), row.int(2)))
            })
            .collect()
    }

    /// Rewards after an id, in one state or in all.
    pub(crate) fn rewards_page(
        &self,
        state: Option<RewardState>,
        after: &str,
    ) -> Result<Vec<RewardRow>, SqlError> {
        let state = state.map(RewardState::name);
        self.reward_rows(
            &format!("id > ?1 AND (?2 IS NULL OR state = ?2) ORDER BY id LIMIT {REWARDS_PAGE}"),
            &[Param::from(after), Param::from(state)],
        )
    }

    /// What somebody has earned as a referrer since a time, as long as it can come back: how often in all currencies, beside
    /// milestones, and how much in this one.
    pub(crate) fn cap_use(
        &self,
        owner: &Pseudonym,
        since: Millis,
        currency: Currency,
    ) -> Result<CapUse, SqlError> {
        let row = self.row(
            "SELECT count(CASE WHEN cause <> 'milestone' THEN 1 END), coalesce(sum(CASE WHEN currency = ? THEN amount - lost END), 0) FROM rewards
                WHERE owner = ? AND earned_at > ? AND lost < amount AND cause <> 'invitee'",
            &[
                Param::from(currency.as_str()),
                Param::from(owner.0.as_str()),
                Param::from(since.0),
            ],
        )?;
        let row = row.ok_or_else(|| SqlError("no sum".into()))?;
        Ok(CapUse {
            count: row.count(0),
            value: row.int(1),
        })
    }

    /// Referrals of somebody that have been approved and not undone since.
    pub(crate) fn count_approved(&self, owner: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM rewards WHERE owner = ? AND cause = 'conversion' AND
                (state IN ('approved', 'issued', 'redeemed', 'expired') OR (state = 'clawed_back' AND reversed < amount))",
            &[Param::from(owner.0.as_str())],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// Whether somebody has reached a milestone before.
    pub(crate) fn has_milestone(&self, owner: &Pseudonym, at: u32) -> Result<bool, SqlError> {
        let row = self.row(
            "SELECT 1 FROM rewards WHERE owner = ? AND milestone = ? AND milestone > 0",
            &[Param::from(owner.0.as_str()), Param::from(at)],
        )?;
        Ok(row.is_some())
    }

    /// What rewards that were earned after this day cost, but for what can never come back.
    pub(crate) fn spent_after(&self, currency: Currency, day: i64) -> Result<i64, SqlError> {
        let row = self.row(
            "SELECT coalesce(sum(amount), 0) FROM spending WHERE currency = ? AND day > ?",
            &[Param::from(currency.as_str()), Param::from(day)],
        )?;
        Ok(row.map_or(0, |row| row.int(0)))
    }

    /// Pending rewards whose hold is over, but for those that are set aside for a while.
    pub(crate) fn due_rewards(&self, now: Millis, limit: u32) -> Result<Vec<Pseudonym>, SqlError> {
        self.reward_ids(
            &format!(
                "state = 'pending' AND frozen = 0 AND review = 0 AND payable_at <= ?1
                    AND {NOT_ASIDE} ORDER BY payable_at LIMIT {limit}"
            ),
            now,
        )
    }

    /// Rewards that nobody has collected in time, but for those that are set aside.
    pub(crate) fn expired_rewards(
        &self,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<Pseudonym>, SqlError> {
        self.reward_ids(
            &format!(
                "state = 'approved' AND expires_at IS NOT NULL AND expires_at <= ?1 AND frozen = 0
                    AND {NOT_ASIDE} ORDER BY expires_at LIMIT {limit}"
            ),
            now,
        )
    }

    /// When the next hold is over, or the next reward expires.
    pub(crate) fn next_due(&self) -> Result<Option<Millis>, SqlError> {
        let soonest = [
            "SELECT payable_at FROM rewards WHERE state = 'pending' AND frozen = 0 AND review = 0
                AND id NOT IN (SELECT reward FROM stuck_rewards) ORDER BY payable_at LIMIT 1",
            "SELECT expires_at FROM rewards WHERE state = 'approved' AND expires_at IS NOT NULL AND frozen = 0
                AND id NOT IN (SELECT reward FROM stuck_rewards) ORDER BY expires_at LIMIT 1",
        ];
        let mut next = None;
        for statement in soonest {
            let row = self.row(statement, &[])?;
            let at = row.map(|row| Millis(row.int(0)));
            next = [next, at].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// Adds a reward.
    pub(crate) fn add_reward(&self, row: &RewardRow) -> Result<(), SqlError> {
        let RewardRow { reward, origin } = row;
        self.wake_for(reward);
        let statement = format!(
            "INSERT INTO rewards ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        );
        self.run(
            &statement,
            &[
                Param::from(reward.id.0.as_str()),
                Param::from(reward.owner.0.as_str()),
                Param::from(reward.amount.currency().as_str()),
                Param::from(reward.amount.minor()),
                Param::from(reward.reversed.minor()),
                Param::from(reward.lost.minor()),
                Param::from(reward.granted.minor()),
                Param::from(reward.due.minor()),
                Param::from(reward.kind.name()),
                Param::from(reward.state.name()),
                Param::from(reward.payable_at.0),
                Param::from(reward.frozen),
                Param::from(reward.is_under_review()),
                Param::from(reward.review == Review::Passed),
                Param::from(reward.redeemed),
                Param::from(reward.collect_days),
                Param::from(reward.expires_at.map(|at| at.0)),
                Param::from(origin.referral.0.as_str()),
                Param::from(origin.order.as_str()),
                Param::from(origin.cause.name()),
                Param::from(origin.milestone),
                Param::from(origin.description.as_deref()),
                Param::from(origin.quantity),
                Param::from(origin.earned_at.0),
            ],
        )?;
        self.spend(row, None)
    }

    /// Writes what may change of a reward.
    pub(crate) fn update_reward(
        &self,
        before: &RewardRow,
        reward: &StoredReward,
    ) -> Result<(), SqlError> {
        self.wake_for(reward);
        self.run(
            "UPDATE rewards SET reversed = ?, lost = ?, granted = ?, due = ?, state = ?, frozen = ?, review = ?,
                reviewed = ?, redeemed = ?, expires_at = ? WHERE id = ?",
            &[
                Param::from(reward.reversed.minor()),
                Param::from(reward.lost.minor()),
                Param::from(reward.granted.minor()),
                Param::from(reward.due.minor()),
                Param::from(reward.state.name()),
                Param::from(reward.frozen),
                Param::from(reward.is_under_review()),
                Param::from(reward.review == Review::Passed),
                Param::from(reward.redeemed),
                Param::from(reward.expires_at.map(|at| at.0)),
                Param::from(reward.id.0.as_str()),
            ],
        )?;
        let after = RewardRow {
            reward: reward.clone(),
            origin: before.origin.clone(),
        };
        self.spend(&after, Some(&before.reward))
    }

    /// Counts what a reward may cost on the day on which it was earned.
    fn spend(&self, row: &RewardRow, before: Option<&StoredReward>) -> Result<(), SqlError> {
        let before = before.map_or(0, StoredReward::at_best);
        let more = row.reward.at_best().saturating_sub(before);
        if more == 0 {
            return Ok(());
        }
        self.run(
            "INSERT INTO spending (day, currency, amount) VALUES (?, ?, ?)
                ON CONFLICT (day, currency) DO UPDATE SET amount = amount + excluded.amount",
            &[
                Param::from(row.origin.earned_at.day()),
                Param::from(row.reward.amount.currency().as_str()),
                Param::from(more),
            ],
        )
    }

    /// The end of a hold is something to do, and so is the end of the days for collecting.
    fn wake_for(&self, reward: &StoredReward) {
        let at = match reward.state {
            RewardState::Pending if !reward.is_under_review() => Some(reward.payable_at),
            RewardState::Approved => reward.expires_at,
            _ => None,
        };
        if let Some(at) = at.filter(|_| !reward.frozen) {
            self.wake_at(at);
        }
    }

    fn reward_ids(&self, which: &str, now: Millis) -> Result<Vec<Pseudonym>, SqlError> {
        let statement = format!("SELECT id FROM rewards WHERE {which}");
        self.list(&statement, &[Param::from(now.0)], |row| {
            Pseudonym(row.text(0).to_owned())
        })
    }

    fn reward_rows(&self, which: &str, values: &[Param<'_>]) -> Result<Vec<RewardRow>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM rewards WHERE {which}");
        self.rows(&statement, values)?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<RewardRow, SqlError> {
    let stored = |what: &str| SqlError(format!("a stored {what}"));
    let currency = Currency::parse(row.text(2)).map_err(|_| stored("currency"))?;
    let money = |column| Money::new(row.int(column), currency).map_err(|_| stored("amount"));
    let reward = StoredReward {
        id: Pseudonym(row.text(0).to_owned()),
        owner: Pseudonym(row.text(1).to_owned()),
        amount: money(3)?,
        reversed: money(4)?,
        lost: money(5)?,
        granted: money(6)?,
        due: money(7)?,
        kind: RewardKind::from_name(row.text(8)).ok_or_else(|| stored("kind"))?,
        state: RewardState::from_name(row.text(9)).ok_or_else(|| stored("state"))?,
        payable_at: Millis(row.int(10)),
        frozen: row.int(11) != 0,
        review: match (row.int(12), row.int(13)) {
            (0, 0) => Review::None,
            (0, _) => Review::Passed,
            _ => Review::Waits,
        },
        redeemed: row.int(14) != 0,
        collect_days: row.maybe_count(15),
        expires_at: row.maybe_int(16).map(Millis),
    };
    let origin = Origin {
        referral: Pseudonym(row.text(17).to_owned()),
        order: ExternalId::parse(row.text(18)).map_err(|_| stored("order id"))?,
        cause: Cause::from_name(row.text(19)).ok_or_else(|| stored("cause"))?,
        milestone: row.count(20),
        description: row.maybe_text(21).map(str::to_owned),
        quantity: row.maybe_count(22),
        earned_at: Millis(row.int(23)),
    };
    Ok(RewardRow { reward, origin })
}
