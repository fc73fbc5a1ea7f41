//! A reward's life: earned, held, approved, issued, and taken back when its order is.
//!
//! Every step is a pure function from the stored reward to a [`Change`], which names the new state, the postings that
//! move the money, and the event that tells people. The ledger applies a change as it is.

use serde::{Deserialize, Serialize};

use crate::id::Pseudonym;
use crate::journal::{Account, Posting, posting};
use crate::money::{Money, MoneyError, Rounding};
use crate::time::Millis;

/// Where a reward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardState {
    /// Earned, within the hold period.
    Pending,
    /// Due, not yet granted.
    Approved,
    /// Granted.
    Issued,
    /// Taken back before it was granted.
    Voided,
    /// Taken back after it was granted.
    ClawedBack,
}

/// What happened to a reward, as events and the log name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RewardEvent {
    /// The order qualified.
    #[serde(rename = "reward.earned")]
    Earned,
    /// The hold period is over.
    #[serde(rename = "reward.approved")]
    Approved,
    /// The credit was granted.
    #[serde(rename = "reward.issued")]
    Issued,
    /// A part was taken back before it was granted.
    #[serde(rename = "reward.adjusted")]
    Adjusted,
    /// All of it was taken back before it was granted.
    #[serde(rename = "reward.voided")]
    Voided,
    /// It was taken back, in whole or in part, after it was granted.
    #[serde(rename = "reward.clawed_back")]
    ClawedBack,
    /// It paid off what its owner owed.
    #[serde(rename = "reward.offset")]
    Offset,
}

/// A reward as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReward {
    /// Its id.
    pub id: Pseudonym,
    /// Who earned it.
    pub owner: Pseudonym,
    /// What was earned.
    pub amount: Money,
    /// How much of it has been taken back.
    pub reversed: Money,
    /// Where it stands.
    pub state: RewardState,
    /// From when it is due.
    pub payable_at: Millis,
    /// Whether an open dispute holds it.
    pub frozen: bool,
}

/// A step in a reward's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The reward after the step.
    pub after: StoredReward,
    /// Money that moves.
    pub postings: Vec<Posting>,
    /// What to tell, in order.
    pub events: Vec<RewardEvent>,
}

/// How much of an order is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// What is left of the order's total, in minor units.
    pub left: i64,
    /// The order's total, in minor units.
    pub whole: i64,
    /// Whether a dispute is open.
    pub frozen: bool,
}

impl StoredReward {
    /// What its owner still has of it.
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.amount.minus(self.reversed)
    }
}

/// A reward is earned. With nothing to wait for it is granted in the same step; what the owner owes is paid off first.
pub fn earn(
    reward: StoredReward,
    remaining: Remaining,
    owed: Money,
    now: Millis,
) -> Result<Change, MoneyError> {
    let owner = reward.owner.clone();
    let mut change = Change {
        postings: posting(Account::ProgramExpense, Account::Held(owner), reward.amount)
            .into_iter()
            .collect(),
        events: vec![RewardEvent::Earned],
        after: reward,
    };
    if let Some(undone) = reverse(&change.after, remaining)? {
        if undone.after.state == RewardState::Voided {
            // Nobody is told of a reward that never was.
            change.events.clear();
        }
        change.events.extend(
            undone
                .events
                .into_iter()
                .filter(|e| *e == RewardEvent::Voided),
        );
        change.postings.extend(undone.postings);
        change.after = undone.after;
    }
    if let Some(granted) = mature(&change.after, owed, now)? {
        change.postings.extend(granted.postings);
        change.events.extend(
            granted
                .events
                .into_iter()
                .filter(|e| *e != RewardEvent::Approved),
        );
        change.after = granted.after;
    }
    Ok(change)
}

/// The hold period is over: the reward is approved and granted, after paying off what its owner owes. `None` when it is
/// not due, frozen, or not pending.
pub fn mature(
    reward: &StoredReward,
    owed: Money,
    now: Millis,
) -> Result<Option<Change>, MoneyError> {
    if reward.state != RewardState::Pending || reward.frozen || now < reward.payable_at {
        return Ok(None);
    }
    let owner = reward.owner.clone();
    let net = reward.net()?;
    let offset = net.at_most(owed)?;
    let granted = net.minus(offset)?;
    let payable = || Account::Payable(owner.clone());
    let mut events = vec![RewardEvent::Approved];
    if offset.minor() > 0 {
        events.push(RewardEvent::Offset);
    }
    events.push(RewardEvent::Issued);
    Ok(Some(Change {
        postings: [
            posting(Account::Held(owner.clone()), payable(), net),
            posting(payable(), Account::Receivable(owner.clone()), offset),
            posting(payable(), Account::Issued(owner.clone()), granted),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events,
        after: StoredReward {
            state: RewardState::Issued,
            ..reward.clone()
        },
    }))
}

/// The order was taken back in whole or in part: the reward keeps the share that is left of it, rounded down. `None` when
/// nothing changes.
pub fn reverse(reward: &StoredReward, remaining: Remaining) -> Result<Option<Change>, MoneyError> {
    let keep = reward
        .amount
        .share(remaining.left, remaining.whole, Rounding::Down)?;
    let target = if remaining.left >= remaining.whole {
        Money::zero(reward.amount.currency())
    } else {
        reward.amount.minus(keep)?
    };
    let step = target.minus(reward.reversed)?;
    let wholly = target == reward.amount;
    if step.minor() <= 0 {
        let thawed = reward.frozen != remaining.frozen;
        return Ok(thawed.then(|| Change {
            after: StoredReward {
                frozen: remaining.frozen,
                ..reward.clone()
            },
            postings: Vec::new(),
            events: Vec::new(),
        }));
    }
    let owner = reward.owner.clone();
    let (source, state, event) = match reward.state {
        RewardState::Pending | RewardState::Approved => {
            let account = if reward.state == RewardState::Pending {
                Account::Held(owner)
            } else {
                Account::Payable(owner)
            };
            if wholly {
                (account, RewardState::Voided, RewardEvent::Voided)
            } else {
                (account, reward.state, RewardEvent::Adjusted)
            }
        }
        RewardState::Issued | RewardState::ClawedBack => (
            Account::Receivable(owner),
            RewardState::ClawedBack,
            RewardEvent::ClawedBack,
        ),
        RewardState::Voided => return Ok(None),
    };
    Ok(Some(Change {
        postings: posting(source, Account::ProgramExpense, step)
            .into_iter()
            .collect(),
        events: vec![event],
        after: StoredReward {
            state,
            reversed: target,
            frozen: remaining.frozen && !wholly,
            ..reward.clone()
        },
    }))
}

impl RewardEvent {
    /// The event's name on the wire and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Earned => "reward.earned",
            Self::Approved => "reward.approved",
            Self::Issued => "reward.issued",
            Self::Adjusted => "reward.adjusted",
            Self::Voided => "reward.voided",
            Self::ClawedBack => "reward.clawed_back",
            Self::Offset => "reward.offset",
        }
    }
}

impl RewardState {
    /// The state's name on the wire and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Issued => "issued",
            Self::Voided => "voided",
            Self::ClawedBack => "clawed_back",
        }
    }

    /// The state of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Pending,
            Self::Approved,
            Self::Issued,
            Self::Voided,
            Self::ClawedBack,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Remaining, RewardEvent, RewardState, StoredReward, earn, mature, reverse};
    use crate::decide::testing::eur;
    use crate::id::Pseudonym;
    use crate::journal::Account;
    use crate::time::Millis;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    const WHOLE: Remaining = Remaining {
        left: 2_000,
        whole: 2_000,
        frozen: false,
    };

    fn pending(payable_at: i64) -> StoredReward {
        StoredReward {
            id: Pseudonym("r".into()),
            owner: Pseudonym("jane".into()),
            amount: eur(500),
            reversed: eur(0),
            state: RewardState::Pending,
            payable_at: Millis(payable_at),
            frozen: false,
        }
    }

    fn left(left: i64) -> Remaining {
        Remaining { left, ..WHOLE }
    }

    fn balance(changes: &[Change], account: &Account) -> i64 {
        changes
            .iter()
            .flat_map(|change| &change.postings)
            .map(|p| {
                let credit = if p.credit == *account {
                    p.amount.minor()
                } else {
                    0
                };
                let debit = if p.debit == *account {
                    p.amount.minor()
                } else {
                    0
                };
                credit - debit
            })
            .sum()
    }

    #[test]
    fn without_a_hold_it_is_earned_and_issued_in_one_step() {
        let change = earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits");
        assert_eq!(change.after.state, RewardState::Issued);
        assert_eq!(change.events, [RewardEvent::Earned, RewardEvent::Issued]);
        assert_eq!(
            balance(&[change], &Account::Issued(Pseudonym("jane".into()))),
            500
        );
    }

    #[test]
    fn within_the_hold_it_waits() {
        let change = earn(pending(10), WHOLE, eur(0), Millis(9)).expect("fits");
        assert_eq!(
            (change.after.state, change.events),
            (RewardState::Pending, vec![RewardEvent::Earned])
        );
        let matured = mature(&change.after, eur(0), Millis(10))
            .expect("fits")
            .expect("due");
        assert_eq!(matured.events, [RewardEvent::Approved, RewardEvent::Issued]);
    }

    #[test]
    fn a_partial_refund_takes_its_share_and_a_repeat_takes_nothing() {
        let adjusted = reverse(&pending(10), left(1_500))
            .expect("fits")
            .expect("a change");
        assert_eq!(
            (adjusted.after.reversed, adjusted.after.state),
            (eur(125), RewardState::Pending)
        );
        assert_eq!(reverse(&adjusted.after, left(1_500)), Ok(None));
    }

    #[test]
    fn after_it_was_issued_a_full_refund_claws_it_back() {
        let issued = mature(&pending(0), eur(0), Millis(0))
            .expect("fits")
            .expect("due");
        let clawed = reverse(&issued.after, left(0))
            .expect("fits")
            .expect("a change");
        assert_eq!(clawed.after.state, RewardState::ClawedBack);
        let jane = Pseudonym("jane".into());
        assert_eq!(balance(&[clawed], &Account::Receivable(jane)), -500);
    }

    #[test]
    fn what_is_owed_is_paid_off_by_the_next_reward() {
        let change = earn(pending(0), WHOLE, eur(200), Millis(0)).expect("fits");
        let jane = || Pseudonym("jane".into());
        assert_eq!(
            change.events,
            [
                RewardEvent::Earned,
                RewardEvent::Offset,
                RewardEvent::Issued
            ]
        );
        assert_eq!(
            balance(std::slice::from_ref(&change), &Account::Receivable(jane())),
            200
        );
        assert_eq!(balance(&[change], &Account::Issued(jane())), 300);
    }

    #[test]
    fn an_order_undone_before_it_was_known_voids_its_reward() {
        let change = earn(pending(0), left(0), eur(0), Millis(0)).expect("fits");
        assert_eq!(
            (change.after.state, change.events),
            (RewardState::Voided, vec![RewardEvent::Voided])
        );
    }

    #[test]
    fn an_open_dispute_freezes_and_a_won_one_releases() {
        let frozen = reverse(
            &pending(0),
            Remaining {
                frozen: true,
                ..WHOLE
            },
        )
        .expect("fits")
        .expect("a change");
        assert_eq!(mature(&frozen.after, eur(0), Millis(5)), Ok(None));
        let thawed = reverse(&frozen.after, WHOLE)
            .expect("fits")
            .expect("a change");
        assert!(
            mature(&thawed.after, eur(0), Millis(5))
                .expect("fits")
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn refunds_of_any_size_never_reverse_more_than_was_earned(cuts in proptest::collection::vec(0_i64..2_500, 1..8)) {
            let mut changes = vec![earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits")];
            let mut gone = 0;
            for cut in cuts {
                gone = (gone + cut).min(2_000);
                let reward = changes.last().expect("one").after.clone();
                if let Some(change) = reverse(&reward, left(2_000 - gone)).expect("fits") {
                    changes.push(change);
                }
            }
            let reward = changes.last().expect("one").after.clone();
            prop_assert!(reward.reversed.minor() <= reward.amount.minor());
            let cost = -balance(&changes, &Account::ProgramExpense);
            prop_assert_eq!(cost, reward.amount.minor() - reward.reversed.minor());
            if gone == 2_000 {
                prop_assert_eq!(cost, 0);
            }
        }
    }
}
