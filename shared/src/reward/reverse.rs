//! An order is taken back, or what took it back is taken back: the reward keeps the share that is left of the order.

use super::{Change, Remaining, RewardEvent, RewardState, StoredReward, grant, hand_over};
use crate::journal::{Account, Posting, posting};
use crate::money::{Money, MoneyError, Rounding};
use crate::time::Millis;

/// Brings a reward to the share that is left of its order, rounded down, from wherever it stands. `None` when nothing
/// changes.
///
/// The share is a function of the facts about the order, so that every order of their arrival ends alike. What a merchant
/// has vetoed, and what nobody has collected, stays gone. What can be collected again, because a dispute is settled or what
/// took it is undone, can be for as long as at first.
pub fn reverse(
    reward: &StoredReward,
    remaining: Remaining,
    owed: Money,
    now: Millis,
) -> Result<Option<Change>, MoneyError> {
    let lost = most(
        reward.lost,
        gone(reward, remaining.at_best, remaining.whole)?,
    );
    let target = most(lost, gone(reward, remaining.left, remaining.whole)?);
    let mut after = StoredReward {
        lost,
        reversed: target,
        // Of what is gone wholly there is nothing to hold.
        frozen: remaining.frozen && target != reward.amount,
        ..reward.clone()
    };
    if after == *reward {
        return Ok(None);
    }
    if reward.frozen && !after.frozen && reward.state == RewardState::Approved {
        after.expires_at = after.collected_until(now);
    }
    let step = target.minus(reward.reversed)?;
    match step.minor() {
        0 => Ok(Some(Change {
            after,
            postings: Vec::new(),
            events: Vec::new(),
        })),
        1.. => take_back(reward, after, step).map(Some),
        _ => give_back(after, reward.reversed.minus(target)?, owed, now).map(Some),
    }
}

/// How much of a reward is gone when so much of its order is left.
fn gone(reward: &StoredReward, left: i64, whole: i64) -> Result<Money, MoneyError> {
    let keep = reward
        .amount
        .share(left.min(whole), whole, Rounding::Down)?;
    reward.amount.minus(keep)
}

fn most(one: Money, other: Money) -> Money {
    if one.minor() >= other.minor() {
        one
    } else {
        other
    }
}

fn take_back(
    before: &StoredReward,
    mut after: StoredReward,
    step: Money,
) -> Result<Change, MoneyError> {
    let wholly = after.reversed == after.amount;
    let owner = after.owner.clone();
    let mut postings: Vec<Posting> = Vec::new();
    let mut back = |from: Account, amount| {
        postings.extend(posting(from, Account::ProgramExpense, amount));
    };
    let mut events = Vec::new();
    match before.state {
        RewardState::Pending => {
            back(Account::Held(owner), step);
            if wholly {
                after.state = RewardState::Voided;
            }
            events.push(before_grant(wholly));
        }
        RewardState::Approved => {
            // What has paid off debts is no longer there to be taken: the debt is owed again.
            let waiting = step.at_most(before.due)?;
            back(Account::Payable(owner.clone()), waiting);
            back(Account::Receivable(owner), step.minus(waiting)?);
            after.due = before.due.minus(waiting)?;
            let was_granted = before.granted.minor() > 0;
            events.push(if was_granted {
                RewardEvent::ClawedBack
            } else {
                before_grant(wholly)
            });
            if wholly && !was_granted {
                after.state = RewardState::Voided;
            } else if after.due.minor() == 0 {
                // All that is left of it has paid off debts, or was handed over before.
                hand_over(&mut after)?;
                events.extend((!was_granted).then_some(RewardEvent::Issued));
            }
        }
        // Of a voided reward there is nothing left to take; what is granted is owed back.
        _ => {
            back(Account::Receivable(owner), step);
            after.state = RewardState::ClawedBack;
            events.push(RewardEvent::ClawedBack);
        }
    }
    Ok(Change {
        after,
        postings,
        events,
    })
}

const fn before_grant(wholly: bool) -> RewardEvent {
    if wholly {
        RewardEvent::Voided
    } else {
        RewardEvent::Adjusted
    }
}

/// What was never granted waits again; what was is taken off the owner's debts, and the rest is granted again.
fn give_back(
    mut after: StoredReward,
    step: Money,
    owed: Money,
    now: Millis,
) -> Result<Change, MoneyError> {
    let owner = after.owner.clone();
    let event = match after.state {
        RewardState::Pending | RewardState::Approved => RewardEvent::Adjusted,
        _ => RewardEvent::Reinstated,
    };
    if matches!(after.state, RewardState::Pending | RewardState::Voided) {
        after.state = RewardState::Pending;
        return Ok(Change {
            after,
            postings: posting(Account::ProgramExpense, Account::Held(owner), step)
                .into_iter()
                .collect(),
            events: vec![event],
        });
    }
    let debt = step.at_most(owed)?;
    let rest = step.minus(debt)?;
    let mut change = Change {
        postings: [
            posting(
                Account::ProgramExpense,
                Account::Receivable(owner.clone()),
                debt,
            ),
            posting(Account::ProgramExpense, Account::Payable(owner), rest),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events: vec![event],
        after,
    };
    if rest.minor() > 0 {
        change = grant(change, rest, Money::zero(rest.currency()), now)?;
        // That it is there again has been said.
        change.events = vec![event];
    } else if change.after.due.minor() == 0 {
        hand_over(&mut change.after)?;
    }
    Ok(change)
}
