//! What a merchant, or the passing of time, does with a reward: reviewed, vetoed, handed over, used, or never collected.

use serde::{Deserialize, Serialize};

use super::{Change, Review, RewardEvent, RewardState, StoredReward, hand_over, mature};
use crate::journal::{Account, posting};
use crate::json::Read;
use crate::money::{Money, MoneyError};
use crate::rejection::Rejection;
use crate::time::Millis;

/// What a merchant says of one reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MerchantStep {
    /// The review found nothing: it is paid when its hold is over.
    Approve,
    /// The review found something: there is none.
    Reject,
    /// It was handed over.
    Fulfil,
    /// It could not be handed over.
    Fail,
    /// It was used.
    Redeem,
    /// The merchant does not want to give it.
    Void,
}

/// One side of a referral, where the merchant's word is on the rewards of one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Whoever has invited.
    Referrer,
    /// Whoever was invited.
    Invitee,
}

impl Side {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Referrer => "referrer",
            Self::Invitee => "invitee",
        }
    }

    /// The side of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Referrer, Self::Invitee]
            .into_iter()
            .find(|side| side.name() == name)
    }
}

impl MerchantStep {
    /// Every step.
    pub(super) const ALL: [Self; 6] = [
        Self::Approve,
        Self::Reject,
        Self::Void,
        Self::Fulfil,
        Self::Fail,
        Self::Redeem,
    ];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Fulfil => "fulfil",
            Self::Fail => "fail",
            Self::Redeem => "redeem",
            Self::Void => "void",
        }
    }

    /// The step of a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// The outcome of a merchant's step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// Something changes.
    Changed(Box<Change>),
    /// It was so already.
    Repeated,
}

/// What a merchant's step does, what a repeated one finds done, or [`Rejection::RewardStepNotAllowed`] from where the
/// reward stands.
pub fn merchant_step(
    reward: &StoredReward,
    step: MerchantStep,
    owed: Money,
    now: Millis,
) -> Result<Result<Stepped, Rejection>, MoneyError> {
    use MerchantStep::{Approve, Fail, Fulfil, Redeem, Reject, Void};
    use RewardState::{Approved, ClawedBack, Issued, Pending, Redeemed, Voided};
    let change = match (step, reward.state) {
        (Approve, Pending) if reward.is_under_review() => Some(approve(reward, owed, now)?),
        (Approve, Pending | Approved | Issued | Redeemed | ClawedBack)
            if reward.review == Review::Passed =>
        {
            None
        }
        // What was handed over stays so, whatever its order has taken back since.
        (Fulfil, Issued | Redeemed | ClawedBack) => None,
        (Reject, Pending) if reward.is_under_review() => Some(void(reward)?),
        (Void, Pending) => Some(void(reward)?),
        // What was handed over once is taken back with its order only.
        (Void, Approved) if reward.granted.minor() == 0 => Some(void(reward)?),
        // Voided by a dispute that may yet be won: now for good.
        (Void, Voided) if !reward.is_lost() => Some(told(reward, |_| {}, None)),
        (Void | Reject, Voided) if reward.is_lost() => None,
        (Fulfil, Approved) if !reward.frozen => Some(fulfil(reward)?),
        (Fail, Approved) if !reward.frozen => {
            Some(told(reward, |_| {}, Some(RewardEvent::FulfilmentFailed)))
        }
        (Redeem, ClawedBack | Redeemed) if reward.redeemed => None,
        (Redeem, Issued) => Some(redeem(reward)),
        (Redeem, ClawedBack) if reward.net()?.minor() > 0 => Some(redeem(reward)),
        _ => return Ok(Err(Rejection::RewardStepNotAllowed)),
    };
    let change = change.map(|mut change| {
        if matches!(step, Void | Reject) {
            change.after.lost = change.after.amount;
        }
        Box::new(change)
    });
    Ok(Ok(change.map_or(Stepped::Repeated, Stepped::Changed)))
}

/// Nobody has collected the reward in time. What of it has paid off debts was collected. `None` when it may still be.
pub fn expire(reward: &StoredReward, now: Millis) -> Result<Option<Change>, MoneyError> {
    let over = reward.expires_at.is_some_and(|at| at <= now);
    if reward.state != RewardState::Approved || reward.frozen || !over {
        return Ok(None);
    }
    let mut after = reward.clone();
    after.reversed = reward.reversed.plus(reward.due)?;
    after.lost = after.reversed;
    after.due = Money::zero(reward.amount.currency());
    after.granted = after.net()?;
    after.state = RewardState::Expired;
    Ok(Some(Change {
        postings: posting(
            Account::Payable(reward.owner.clone()),
            Account::ProgramExpense,
            reward.due,
        )
        .into_iter()
        .collect(),
        events: vec![RewardEvent::Expired],
        after,
    }))
}

fn approve(reward: &StoredReward, owed: Money, now: Millis) -> Result<Change, MoneyError> {
    let reviewed = told(reward, |after| after.review = Review::Passed, None);
    Ok(mature(&reviewed.after, owed, now)?.unwrap_or(reviewed))
}

fn void(reward: &StoredReward) -> Result<Change, MoneyError> {
    let owner = || reward.owner.clone();
    let net = reward.net()?;
    let waiting = match reward.state {
        RewardState::Pending => posting(Account::Held(owner()), Account::ProgramExpense, net),
        _ => posting(
            Account::Payable(owner()),
            Account::ProgramExpense,
            reward.due,
        ),
    };
    // What has paid off debts is owed again.
    let offset = match reward.state {
        RewardState::Pending => Money::zero(net.currency()),
        _ => net.minus(reward.due)?,
    };
    let offset = posting(
        Account::Receivable(owner()),
        Account::ProgramExpense,
        offset,
    );
    Ok(Change {
        postings: waiting.into_iter().chain(offset).collect(),
        events: vec![RewardEvent::Voided],
        after: StoredReward {
            reversed: reward.amount,
            due: Money::zero(net.currency()),
            state: RewardState::Voided,
            frozen: false,
            review: Review::None,
            ..reward.clone()
        },
    })
}

fn fulfil(reward: &StoredReward) -> Result<Change, MoneyError> {
    let owner = || reward.owner.clone();
    let mut after = StoredReward {
        due: Money::zero(reward.amount.currency()),
        expires_at: None,
        ..reward.clone()
    };
    hand_over(&mut after)?;
    Ok(Change {
        postings: posting(
            Account::Payable(owner()),
            Account::HandedOver(owner()),
            reward.due,
        )
        .into_iter()
        .collect(),
        events: vec![RewardEvent::Issued],
        after,
    })
}

fn redeem(reward: &StoredReward) -> Change {
    let state = match reward.state {
        RewardState::Issued => RewardState::Redeemed,
        state => state,
    };
    told(
        reward,
        |after| (after.redeemed, after.state) = (true, state),
        Some(RewardEvent::Redeemed),
    )
}

/// A step that moves no money.
fn told(
    reward: &StoredReward,
    step: impl FnOnce(&mut StoredReward),
    event: Option<RewardEvent>,
) -> Change {
    let mut after = reward.clone();
    step(&mut after);
    Change {
        after,
        postings: Vec::new(),
        events: event.into_iter().collect(),
    }
}
