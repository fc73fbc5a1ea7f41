//! Later orders of a subscription that began with a referral: they earn again, under the terms of its first order, each in its
//! own currency.

use std::rc::Rc;

use goodword_shared::decide::judge::Judged;
use goodword_shared::decide::reward::Cause;
use goodword_shared::decide::undo::remaining;
use goodword_shared::order::Order;
use goodword_shared::program::Program;
use goodword_shared::reward::Side;

use super::earn::terms_of;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::referrals::Referral;

/// The referral that an order renews.
pub(crate) struct Renewal {
    pub(crate) referral: Referral,
    pub(crate) terms: Rc<Program>,
    /// Whether what it earns waits for the merchant's word, because the referral does, or somebody is on a block-list.
    pub(crate) waits: bool,
    /// What a block-list says against it by now.
    pub(crate) listed: Option<Judged>,
}

/// The referral behind an order's subscription, as long as its terms reward this order. What a merchant has vetoed, or
/// what was refunded for good, is not renewed, a stopped program rewards nothing, and who was erased earns nothing more.
pub(crate) fn renewal(
    context: &Context<'_>,
    program: &Program,
    order: &Order,
) -> Result<Option<Renewal>, Failure> {
    let Some(id) = order
        .subscription
        .as_ref()
        .filter(|_| !order.is_of_nothing())
    else {
        return Ok(None);
    };
    let Some(subscription) = context.store.subscription(id)? else {
        return Ok(None);
    };
    let (first, undos) = context.store.order_and_undos(&subscription.order)?;
    let referral = context.store.referral_of(&subscription.order)?;
    let (Some(first), Some(referral)) = (first, referral) else {
        return Err(Failure::Broken("a subscription without its order".into()));
    };
    let terms = terms_of(context, &first)?;
    let Some(terms) = terms.in_currency(order.total.currency()) else {
        return Ok(None);
    };
    let schedule = terms.settings.reward_schedule;
    // What its first order has earned may be nothing, because of a cap: the order itself says whether it is gone.
    let left = remaining(first.amounts()?.total, &undos)?;
    let standing = if left.at_best == 0 {
        Standing::Lost
    } else {
        standing(context, &first, &referral)?
    };
    let earns = schedule.includes(subscription.began_at, subscription.renewals, order.at);
    if !program.settings.active || standing == Standing::Lost || !earns {
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
        waits: standing == Standing::Waits,
        listed: None,
    }))
}

/// What speaks for or against a referral when it is renewed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    /// Nobody has said yet that it may be paid.
    Waits,
    /// It was vetoed, or refunded for good.
    Lost,
}

/// A referral may wait although its reward does not: there may be none, because of a cap, or a dispute may have taken it.
fn standing(
    context: &Context<'_>,
    first: &StoredOrder,
    referral: &Referral,
) -> Result<Standing, Failure> {
    let said = context
        .store
        .newest_review(&referral.id, Some(Side::Referrer))?;
    let said = said.map(|said| said.approved);
    let rewards = context.store.rewards_of(&first.id)?;
    let earned = rewards
        .iter()
        .find(|row| row.origin.cause == Cause::Conversion);
    let asks = match earned {
        Some(row) => row.reward.is_under_review(),
        None => first.decided()?.waits(),
    };
    Ok(
        if said == Some(false) || earned.is_some_and(|row| row.reward.is_lost()) {
            Standing::Lost
        } else if asks && said.is_none() {
            Standing::Waits
        } else {
            Standing::Good
        },
    )
}
