//! Holds that are over: rewards become due and are granted.

use goodword_shared::id::Pseudonym;
use goodword_shared::reward::mature;
use goodword_shared::time::DAY_MS;

use super::apply_change::{Occasion, apply_change};
use super::record_order::owed;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::outbox::Kind;

/// Rewards looked at together; the alarm comes back for the rest.
const BATCH: u32 = 50;

/// How long a reward is set aside after it could not be granted; twice as long each time, a day at most.
const SET_ASIDE_MS: i64 = 60_000;

/// Rewards that are to be granted now.
pub(crate) fn due(context: &Context<'_>) -> Result<Vec<Pseudonym>, Failure> {
    Ok(context.store.due_rewards(context.now, BATCH)?)
}

/// Grants a reward. One that the rules do not grant yet, although it was due, is set aside: it would be due for ever.
pub(crate) fn grant(context: &Context<'_>, reward: &Pseudonym) -> Result<(), Failure> {
    let missing = || Failure::Broken("a reward without its referral".into());
    let (reward, referral) = context.store.reward(reward)?.ok_or_else(missing)?;
    let referral = context.store.referral(&referral)?.ok_or_else(missing)?;
    let owed = owed(context, &reward.owner, reward.amount)?;
    let Some(change) = mature(&reward, owed, context.now)? else {
        return set_aside(context, &reward.id);
    };
    apply_change(context, &referral, &change, Occasion::Changed)?;
    let order = referral.order_id.as_str();
    context
        .store
        .send(Kind::Attribution, order, "", context.now);
    let channel = context.live_channel(&reward.owner)?;
    context.store.send(Kind::Pulse, &channel, "", context.now);
    Ok(context.store.no_longer_stuck(&reward.id)?)
}

/// A reward could not be granted: the others go on without it.
pub(crate) fn set_aside(context: &Context<'_>, reward: &Pseudonym) -> Result<(), Failure> {
    let failures = context.store.grants_failed(reward)?.saturating_add(1);
    let doubled = 2_i64.saturating_pow(failures.saturating_sub(1));
    let wait = SET_ASIDE_MS.saturating_mul(doubled).min(DAY_MS);
    let until = context.now.plus_ms(wait);
    Ok(context.store.set_aside(reward, failures, until)?)
}
