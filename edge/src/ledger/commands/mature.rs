//! What time does to rewards: holds that are over, and rewards that nobody has collected.

use goodword_shared::reward::{Change, expire, mature};

use super::apply_change::change_reward;
use super::earn::owed;
use super::milestones::after_change;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;

/// Rewards of one sort in one transaction; the alarm comes back for the rest.
const BATCH: u32 = 50;

/// Approves what is due and ends what has expired. Returns how many rewards that were.
pub(crate) fn mature_due(context: &Context<'_>) -> Result<usize, Failure> {
    let mut due = context.store.due_rewards(context.now, BATCH)?;
    due.extend(context.store.expired_rewards(context.now, BATCH)?);
    for row in &due {
        ripen(context, row)?;
    }
    Ok(due.len())
}

/// Does to one reward what its time has come for, if that is still to be done.
fn ripen(context: &Context<'_>, row: &RewardRow) -> Result<(), Failure> {
    let owed = owed(context, &row.reward.owner, row.reward.amount.currency())?;
    if let Some(change) = mature(&row.reward, owed, context.now)? {
        let referral = changed(context, row, &change)?;
        after_change(context, &referral, row, &change)?;
    } else if let Some(change) = expire(&row.reward, context.now)? {
        changed(context, row, &change)?;
    }
    Ok(())
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
    let channel = context.live_channel(&row.reward.owner)?;
    context.store.send(Kind::Pulse, &channel, "", context.now);
    Ok(referral)
}
