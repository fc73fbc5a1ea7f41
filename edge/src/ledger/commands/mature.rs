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
    let due = context.store.due_rewards(context.now, BATCH)?;
    for row in &due {
        let owed = owed(context, &row.reward.owner, row.reward.amount.currency())?;
        if let Some(change) = mature(&row.reward, owed, context.now)? {
            let referral = changed(context, row, &change)?;
            after_change(context, &referral, row, &change)?;
        }
    }
    let expired = context.store.expired_rewards(context.now, BATCH)?;
    for row in &expired {
        if let Some(change) = expire(&row.reward, context.now)? {
            changed(context, row, &change)?;
        }
    }
    Ok(due.len().saturating_add(expired.len()))
}

/// Writes a change of a stored reward, and sees to it that its owner's pages and the public record hear of it.
pub(crate) fn changed(
    context: &Context<'_>,
    row: &RewardRow,
    change: &Change,
) -> Result<Referral, Failure> {
    let referral = context
        .store
        .referral(&row.origin.referral.0)?
        .ok_or_else(|| Failure::Broken("a reward without its referral".into()))?;
    change_reward(context, &referral, row, change)?;
    let order = row.origin.order.as_str();
    context
        .store
        .send(Kind::Attribution, order, "", context.now);
    let channel = context.live_channel(&row.reward.owner)?;
    context.store.send(Kind::Pulse, &channel, "", context.now);
    Ok(referral)
}
