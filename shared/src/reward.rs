//! A reward's life: earned, held, approved, issued, taken back when its order is, and given back when a dispute that was
//! lost is won after all.
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
    /// What had been taken back after it was granted was given back: a lost dispute was won after all.
    #[serde(rename = "reward.reinstated")]
    Reinstated,
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

/// The order was taken back in whole or in part, or a lost dispute over it was won after all: the reward keeps the share
/// that is left of the order, rounded down. `None` when nothing changes.
///
/// Only a granted reward is given back what it lost. One that was voided before it was granted stays voided: its referrer
/// was told that there is none, and nothing was ever in their hands.
pub fn reverse(reward: &StoredReward, remaining: Remaining) -> Result<Option<Change>, MoneyError> {
    if reward.state == RewardState::Voided {
        return Ok(None);
    }
    let target = to_be_reversed(reward, remaining)?;
    // Of what is gone wholly there is nothing to hold.
    let frozen = remaining.frozen && target != reward.amount;
    let reversed = reward.reversed.minor();
    if target.minor() > reversed {
        return take_back(reward, target, frozen).map(Some);
    }
    if target.minor() < reversed && reward.state == RewardState::ClawedBack {
        return give_back(reward, target, frozen).map(Some);
    }
    Ok((reward.frozen != frozen).then(|| Change {
        after: StoredReward {
            frozen,
            ..reward.clone()
        },
        postings: Vec::new(),
        events: Vec::new(),
    }))
}

/// How much of a reward has to be taken back in all when so much of its order is left.
fn to_be_reversed(reward: &StoredReward, remaining: Remaining) -> Result<Money, MoneyError> {
    if remaining.left >= remaining.whole {
        return Ok(Money::zero(reward.amount.currency()));
    }
    let keep = reward
        .amount
        .share(remaining.left, remaining.whole, Rounding::Down)?;
    reward.amount.minus(keep)
}

fn take_back(reward: &StoredReward, target: Money, frozen: bool) -> Result<Change, MoneyError> {
    let owner = reward.owner.clone();
    let wholly = target == reward.amount;
    let before_grant = if wholly {
        (RewardState::Voided, RewardEvent::Voided)
    } else {
        (reward.state, RewardEvent::Adjusted)
    };
    let (source, (state, event)) = match reward.state {
        RewardState::Pending => (Account::Held(owner), before_grant),
        RewardState::Approved => (Account::Payable(owner), before_grant),
        // A voided reward has nothing left to take; what is granted is owed back.
        RewardState::Issued | RewardState::ClawedBack | RewardState::Voided => (
            Account::Receivable(owner),
            (RewardState::ClawedBack, RewardEvent::ClawedBack),
        ),
    };
    let step = target.minus(reward.reversed)?;
    Ok(Change {
        postings: posting(source, Account::ProgramExpense, step)
            .into_iter()
            .collect(),
        events: vec![event],
        after: StoredReward {
            state,
            reversed: target,
            frozen,
            ..reward.clone()
        },
    })
}

fn give_back(reward: &StoredReward, target: Money, frozen: bool) -> Result<Change, MoneyError> {
    let step = reward.reversed.minus(target)?;
    let receivable = Account::Receivable(reward.owner.clone());
    // What refunds had taken before the dispute stays taken.
    let state = if target.minor() == 0 {
        RewardState::Issued
    } else {
        RewardState::ClawedBack
    };
    Ok(Change {
        postings: posting(Account::ProgramExpense, receivable, step)
            .into_iter()
            .collect(),
        events: vec![RewardEvent::Reinstated],
        after: StoredReward {
            state,
            reversed: target,
            frozen,
            ..reward.clone()
        },
    })
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
            Self::Reinstated => "reward.reinstated",
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
mod tests;
