//! Later orders of a subscription that began with a referral: they earn again, under the terms of its first order, each in its
//! own currency.

use std::rc::Rc;

use goodword_shared::decide::reward::Cause;
use goodword_shared::order::Order;
use goodword_shared::program::Program;

use super::earn::terms_of;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::referrals::Referral;

/// The referral that an order renews.
pub(crate) struct Renewal {
    pub(crate) referral: Referral,
    pub(crate) terms: Rc<Program>,
    /// Whether what it earns waits for the merchant's word, because the referral does.
    pub(crate) waits: bool,
}

/// The referral behind an order's subscription, as long as its terms reward this order. What a merchant has vetoed, or
/// what was refunded for good, is not renewed, a stopped program rewards nothing, and who was erased earns nothing more.
pub(crate) fn renewal(
    context: &Context<'_>,
    program: &Program,
    order: &Order,
) -> Result<Option<Renewal>, Failure> {
    let Some(id) = &order.subscription else {
        return Ok(None);
    };
    let Some(subscription) = context.store.subscription(id)? else {
        return Ok(None);
    };
    let (Some(first), Some(referral)) = (
        context.store.order(&subscription.order)?,
        context.store.referral_of(&subscription.order)?,
    ) else {
        return Err(Failure::Broken("a subscription without its order".into()));
    };
    let terms = terms_of(context, &first)?;
    let Some(terms) = terms.in_currency(order.total.currency()) else {
        return Ok(None);
    };
    let schedule = terms.settings.reward_schedule;
    let rewards = context.store.rewards_of(&subscription.order)?;
    let is_lost = rewards
        .iter()
        .any(|row| row.origin.cause == Cause::Conversion && row.reward.is_lost());
    let waits = rewards
        .iter()
        .any(|row| row.origin.cause == Cause::Conversion && row.reward.is_reviewed());
    let earns = schedule.includes(subscription.began_at, subscription.renewals, order.at);
    if !program.settings.active || is_lost || !earns {
        return Ok(None);
    }
    let referrer = context.store.person_by_id(&referral.referrer)?;
    if referrer.is_none_or(|referrer| referrer.is_erased()) {
        return Ok(None);
    }
    context.store.renew_subscription(id)?;
    Ok(Some(Renewal {
        referral,
        terms,
        waits,
    }))
}
