//! A reward begins, and is approved when nothing holds it any more.

use super::{Change, Remaining, RewardEvent, RewardState, StoredReward, grant, reverse};
use crate::journal::{Account, posting};
use crate::money::{Money, MoneyError};
use crate::time::Millis;

/// A reward is earned. With nothing to wait for it is approved in the same step; what the owner owes is paid off first.
pub fn earn(
    reward: StoredReward,
    remaining: Remaining,
    owed: Money,
    now: Millis,
) -> Result<Change, MoneyError> {
    let held = Account::Held(reward.owner.clone());
    let mut change = Change {
        postings: posting(Account::ProgramExpense, held, reward.amount)
            .into_iter()
            .collect(),
        events: vec![RewardEvent::Earned],
        after: reward,
    };
    if let Some(undone) = reverse(&change.after, remaining, owed, now)? {
        if undone.after.state == RewardState::Voided {
            // Nobody is told of a reward that never was.
            change.events = vec![RewardEvent::Voided];
        }
        change.postings.extend(undone.postings);
        change.after = undone.after;
    }
    if let Some(approved) = mature(&change.after, owed, now)? {
        let told = approved.events.into_iter();
        // What never waited is not told to wait no longer.
        change
            .events
            .extend(told.filter(|event| *event != RewardEvent::Approved));
        change.postings.extend(approved.postings);
        change.after = approved.after;
    }
    Ok(change)
}

/// The hold period is over: the reward is approved, after paying off what its owner owes, and credit is granted. `None`
/// when it is not due, frozen, under review, or not pending.
pub fn mature(
    reward: &StoredReward,
    owed: Money,
    now: Millis,
) -> Result<Option<Change>, MoneyError> {
    let waits = reward.frozen || reward.is_under_review() || now < reward.payable_at;
    if reward.state != RewardState::Pending || waits {
        return Ok(None);
    }
    let owner = reward.owner.clone();
    let net = reward.net()?;
    let change = Change {
        postings: posting(Account::Held(owner.clone()), Account::Payable(owner), net)
            .into_iter()
            .collect(),
        events: vec![RewardEvent::Approved],
        after: reward.clone(),
    };
    grant(change, net, owed, now).map(Some)
}
