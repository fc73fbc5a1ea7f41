//! A reward's life: earned, held, approved, granted or handed over, taken back when its order is, and given back when what
//! took it is.
//!
//! Every step is a pure function from the stored reward to a [`Change`], which names the new state, the postings that
//! move the money, and the event that tells people. The ledger applies a change as it is. What a reward is worth follows
//! from the facts about its order alone, whatever their order of arrival ([`reverse()`]); only whether something was handed
//! over before it was taken back is a matter of time.

mod earn;
mod merchant;
mod reverse;

pub use earn::{earn, mature};
pub use merchant::{MerchantStep, Side, Stepped, expire, merchant_step};
pub use reverse::reverse;

use serde::Serialize;

use crate::id::Pseudonym;
use crate::journal::{Account, Posting, posting};
use crate::money::{Money, MoneyError};
use crate::program::reward::RewardKind;
use crate::time::Millis;

/// Where a reward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardState {
    /// Earned; within the hold period, or under review.
    Pending,
    /// Due, not yet granted or handed over.
    Approved,
    /// Granted or handed over.
    Issued,
    /// Used, as the shop or the merchant says.
    Redeemed,
    /// Taken back before it was granted.
    Voided,
    /// Not collected in time.
    Expired,
    /// Taken back, in whole or in part, after it was granted.
    ClawedBack,
}

/// What happened to a reward, as events and the log name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RewardEvent {
    /// The order qualified.
    #[serde(rename = "reward.earned")]
    Earned,
    /// The hold period is over, and so is the review if there was one.
    #[serde(rename = "reward.approved")]
    Approved,
    /// The credit was granted, or the merchant has handed it over.
    #[serde(rename = "reward.issued")]
    Issued,
    /// The merchant tried to hand it over and could not.
    #[serde(rename = "reward.fulfilment_failed")]
    FulfilmentFailed,
    /// It was used.
    #[serde(rename = "reward.redeemed")]
    Redeemed,
    /// A part was taken back, or given back, before it was granted.
    #[serde(rename = "reward.adjusted")]
    Adjusted,
    /// All of it was taken back before it was granted.
    #[serde(rename = "reward.voided")]
    Voided,
    /// Nobody collected it in time.
    #[serde(rename = "reward.expired")]
    Expired,
    /// It was taken back, in whole or in part, after it was granted.
    #[serde(rename = "reward.clawed_back")]
    ClawedBack,
    /// It paid off what its owner owed.
    #[serde(rename = "reward.offset")]
    Offset,
    /// What had been taken back was given back: a lost dispute was won after all, or an edit was edited again.
    #[serde(rename = "reward.reinstated")]
    Reinstated,
}

/// A reward as it is stored. All amounts are of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReward {
    /// Its id.
    pub id: Pseudonym,
    /// Who earned it.
    pub owner: Pseudonym,
    /// What it is.
    pub kind: RewardKind,
    /// What was earned.
    pub amount: Money,
    /// How much of it has been taken back.
    pub reversed: Money,
    /// How much of that can never be given back: refunded, cancelled, vetoed or expired.
    pub lost: Money,
    /// The most that was ever granted of it, what paid off debts included.
    pub granted: Money,
    /// What of it waits for the merchant to hand it over.
    pub due: Money,
    /// Where it stands.
    pub state: RewardState,
    /// From when it may be approved.
    pub payable_at: Millis,
    /// Whether an open dispute holds it.
    pub frozen: bool,
    /// Whether it waits for the merchant's word, however long its hold is over.
    pub review: Review,
    /// Whether it was used.
    pub redeemed: bool,
    /// Days after its approval for which it may be collected; for good without.
    pub collect_days: Option<u32>,
    /// Until when it may be collected, once it is approved.
    pub expires_at: Option<Millis>,
}

/// Whether the merchant has a say before a reward is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Nobody is asked.
    None,
    /// It waits for the merchant's word.
    Waits,
    /// It has waited, and was approved.
    Passed,
}

impl Review {
    /// That of a reward which waits for a word, or does not.
    pub const fn new(waits: bool) -> Self {
        if waits { Self::Waits } else { Self::None }
    }
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

impl Change {
    /// Whether it leaves its reward approved.
    pub const fn approves(&self) -> bool {
        matches!(
            self.after.state,
            RewardState::Approved | RewardState::Issued
        )
    }
}

/// How much of an order is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// What is left of the order's total, in minor units.
    pub left: i64,
    /// What would be left if every dispute were won and every edit taken back: never less than `left`.
    pub at_best: i64,
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

    /// Whether it waits for the merchant's word.
    pub fn is_under_review(&self) -> bool {
        self.review == Review::Waits
    }

    /// Whether nothing of it can ever come back.
    pub fn is_lost(&self) -> bool {
        self.lost == self.amount
    }

    /// What may be left of it in the end, minor units: what it costs at most.
    pub const fn at_best(&self) -> i64 {
        self.amount.minor().saturating_sub(self.lost.minor())
    }

    /// Whether it was approved, and has not been undone since.
    pub fn is_approved(&self) -> bool {
        match self.state {
            RewardState::Pending | RewardState::Voided => false,
            RewardState::Approved
            | RewardState::Issued
            | RewardState::Redeemed
            | RewardState::Expired => true,
            RewardState::ClawedBack => self.reversed.minor() < self.amount.minor(),
        }
    }

    /// Until when it may be collected, if that begins now.
    fn collected_until(&self, now: Millis) -> Option<Millis> {
        self.collect_days.map(|days| now.plus_days(days))
    }

    /// Where one stands that was granted.
    fn settled(&self) -> Result<RewardState, MoneyError> {
        Ok(if self.net()?.minor() < self.granted.minor() {
            RewardState::ClawedBack
        } else if self.redeemed {
            RewardState::Redeemed
        } else {
            RewardState::Issued
        })
    }
}

/// Grants what lies in payable: debts are paid off first, the ledger grants credit, and all else waits for the merchant.
/// The events that tell of it come after those of the change.
fn grant(
    mut change: Change,
    payable: Money,
    owed: Money,
    now: Millis,
) -> Result<Change, MoneyError> {
    let reward = &mut change.after;
    let owner = reward.owner.clone();
    let offset = payable.at_most(owed)?;
    let rest = payable.minus(offset)?;
    let from = || Account::Payable(owner.clone());
    change
        .postings
        .extend(posting(from(), Account::Receivable(owner.clone()), offset));
    if offset.minor() > 0 {
        change.events.push(RewardEvent::Offset);
    }
    if reward.kind == RewardKind::Credit {
        change
            .postings
            .extend(posting(from(), Account::Issued(owner.clone()), rest));
    } else if rest.minor() > 0 {
        reward.due = reward.due.plus(rest)?;
        reward.state = RewardState::Approved;
        reward.expires_at = reward.collected_until(now);
        return Ok(change);
    }
    hand_over(reward)?;
    change.events.push(RewardEvent::Issued);
    Ok(change)
}

/// Nothing of the reward waits any more.
fn hand_over(reward: &mut StoredReward) -> Result<(), MoneyError> {
    let net = reward.net()?;
    if net.minor() > reward.granted.minor() {
        reward.granted = net;
    }
    reward.state = reward.settled()?;
    Ok(())
}

impl RewardEvent {
    /// The event's name on the wire and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Earned => "reward.earned",
            Self::Approved => "reward.approved",
            Self::Issued => "reward.issued",
            Self::FulfilmentFailed => "reward.fulfilment_failed",
            Self::Redeemed => "reward.redeemed",
            Self::Adjusted => "reward.adjusted",
            Self::Voided => "reward.voided",
            Self::Expired => "reward.expired",
            Self::ClawedBack => "reward.clawed_back",
            Self::Offset => "reward.offset",
            Self::Reinstated => "reward.reinstated",
        }
    }
}

impl RewardState {
    const ALL: [Self; 7] = [
        Self::Pending,
        Self::Approved,
        Self::Issued,
        Self::Redeemed,
        Self::Voided,
        Self::Expired,
        Self::ClawedBack,
    ];

    /// The state's name on the wire and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Issued => "issued",
            Self::Redeemed => "redeemed",
            Self::Voided => "voided",
            Self::Expired => "expired",
            Self::ClawedBack => "clawed_back",
        }
    }

    /// The state of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod machine;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
