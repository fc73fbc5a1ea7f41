//! Holds that are over: rewards become due and are granted.

use goodword_shared::reward::mature;

use super::apply_change::{Occasion, apply_change};
use super::record_order::owed;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::outbox::Kind;

/// Rewards granted in one transaction; the alarm comes back for the rest.
const BATCH: u32 = 50;

/// Grants what is due. Returns how many rewards that were.
pub(crate) fn mature_due(context: &Context<'_>) -> Result<usize, Failure> {
    let due = context.store.due_rewards(context.now, BATCH)?;
    for (reward, referral) in &due {
        let referral = context
            .store
            .referral(referral)?
            .ok_or_else(|| Failure::Broken("a reward without its referral".into()))?;
        let owed = owed(context, &reward.owner, reward.amount)?;
        if let Some(change) = mature(reward, owed, context.now)? {
            apply_change(context, &referral, &change, Occasion::Changed)?;
            context.store.send(
                Kind::Attribution,
                referral.order_id.as_str(),
                "",
                context.now,
            );
            let channel = context.live_channel(&reward.owner)?;
            context.store.send(Kind::Pulse, &channel, "", context.now);
        }
    }
    Ok(due.len())
}
