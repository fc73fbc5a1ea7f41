//! What time does to rewards: holds that are over, and rewards that nobody has collected.

use goodword_shared::id::Pseudonym;
use goodword_shared::reward::{Change, expire, mature};
use goodword_shared::time::DAY_MS;

use super::apply_change::change_reward;
use super::earn::owed;
use super::milestones::after_change;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;

/// Rewards of one sort looked at together; the alarm comes back for the rest.
const BATCH: u32 = 50;

/// How long a reward is set aside after it could not be brought on; twice as long each time, a day at most.
const SET_ASIDE_MS: i64 = 60_000;

/// Rewards whose hold is over or that were not collected in time.
pub(crate) fn due(context: &Context<'_>) -> Result<Vec<Pseudonym>, Failure> {
    let mut due = context.store.due_rewards(context.now, BATCH)?;
    due.extend(context.store.expired_rewards(context.now, BATCH)?);
    Ok(due)
}

/// Approves a reward, or ends it. One that the rules do not change yet, although it was due, is set aside: it would be due
/// for ever.
pub(crate) fn grant(context: &Context<'_>, reward: &Pseudonym) -> Result<(), Failure> {
    let row = context.store.reward(&reward.0)?;
    let row = row.ok_or_else(|| Failure::Broken("a due reward that is not there".into()))?;
    if !ripen(context, &row)? {
        return set_aside(context, reward);
    }
    Ok(context.store.no_longer_stuck(reward)?)
}

/// A reward could not be brought on: the others go on without it.
pub(crate) fn set_aside(context: &Context<'_>, reward: &Pseudonym) -> Result<(), Failure> {
    let failures = context.store.grants_failed(reward)?.saturating_add(1);
    let doubled = 2_i64.saturating_pow(failures.saturating_sub(1));
    let wait = SET_ASIDE_MS.saturating_mul(doubled).min(DAY_MS);
    let until = context.now.plus_ms(wait);
    Ok(context.store.set_aside(reward, failures, until)?)
}

/// Does to one reward what its time has come for. Returns whether there was anything to do.
fn ripen(context: &Context<'_>, row: &RewardRow) -> Result<bool, Failure> {
    let owed = owed(context, &row.reward.owner, row.reward.amount.currency())?;
    if let Some(change) = mature(&row.reward, owed, context.now)? {
        let referral = changed(context, row, &change)?;
        after_change(context, &referral, row, &change)?;
    } else if let Some(change) = expire(&row.reward, context.now)? {
        changed(context, row, &change)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Writes a change of a stored reward, and sees to it that its owner's pages and the public record hear of it.
pub(crate) fn changed(
    context: &Context<'_>,
    row: &RewardRow,
    change: &Change,
) -> Result<Referral, Failure> {
    context.store.send(
        Kind::Attribution,
        row.origin.order.as_str(),
        "",
        context.now,
    );
    changed_quietly(context, row, change)
}

/// The same, where the public record hears of the whole order at once.
pub(crate) fn changed_quietly(
    context: &Context<'_>,
    row: &RewardRow,
    change: &Change,
) -> Result<Referral, Failure> {
    let referral = context
        .store
        .referral(&row.origin.referral.0)?
        .ok_or_else(|| Failure::Broken("a reward without its referral".into()))?;
    change_reward(context, &referral, row, change)?;
    context.nudge(&row.reward.owner)?;
    Ok(referral)
}
