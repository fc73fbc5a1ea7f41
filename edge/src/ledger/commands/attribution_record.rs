//! The attribution record: the public book of who referred whom, over pseudonyms, with evidence and reason.

use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::id::ExternalId;
use serde_json::{Value as Json, json};

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;

/// The record of an order as of now; `None` when there is no such order.
pub(crate) fn compose(context: &Context<'_>, order: &ExternalId) -> Result<Option<Json>, Failure> {
    let Some(stored) = context.store.order(order)? else {
        return Ok(None);
    };
    record(context, &stored).map(Some)
}

/// The record of a stored order.
pub(crate) fn record(context: &Context<'_>, order: &StoredOrder) -> Result<Json, Failure> {
    let decision: StoredDecision = serde_json::from_str(&order.decision)?;
    let referral = context.store.referral_of(&order.id)?;
    let mut reward = Json::Null;
    if let Some(referral) = &referral {
        for stored in context.store.rewards_of(&referral.id)? {
            reward = json!({
                "id": stored.id, "amount": stored.net()?.minor(), "earned": stored.amount.minor(),
                "currency": stored.amount.currency(), "state": stored.state, "payable_at": stored.payable_at,
            });
        }
    }
    Ok(json!({
        "program": context.program_id,
        "order_id": order.id,
        "at": order.at,
        "attributed": decision.referrer.is_some(),
        "reason": decision.reason,
        "explanation": decision.reason.words(),
        "no_reward": decision.no_reward,
        "evidence": decision.considered,
        "referrer": decision.referrer,
        "invitee": order.person,
        "referral": referral.map(|referral| referral.id),
        "program_version": decision.version,
        "reward": reward,
    }))
}
