//! The attribution record: the public book of who referred whom, over pseudonyms, with evidence and reason.

use goodword_shared::decide::reward::Cause;
use goodword_shared::id::ExternalId;
use serde_json::{Value as Json, json};

use super::apply_change::facts;
use super::record_order::StoredDecision;
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
    let mut rewards = Vec::new();
    for row in context.store.rewards_of(&order.id)? {
        rewards.push((row.origin.cause, facts(&row)?));
    }
    // The referrer's for this very order; the invitee's and those of milestones stand beside it.
    let own = |cause: &Cause| matches!(cause, Cause::Conversion | Cause::Renewal);
    let reward = rewards.iter().find(|(cause, _)| own(cause));
    let reward = reward.map(|(_, record)| record.clone());
    let rewards: Vec<Json> = rewards.into_iter().map(|(_, record)| record).collect();
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
        "rewards": rewards,
    }))
}
