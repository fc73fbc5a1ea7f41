//! The attribution record: the public book of who referred whom, over pseudonyms, with evidence and reason.

use goodword_shared::attribution::Considered;
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::order::Reason;
use goodword_shared::id::{ExternalId, ProgramId, Pseudonym};
use goodword_shared::money::Currency;
use goodword_shared::reward::{RewardState, StoredReward};
use goodword_shared::time::Millis;
use serde::Serialize;

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::rewards::Referral;

/// The record of one order.
#[derive(Serialize)]
pub(crate) struct Record<'a> {
    program: &'a ProgramId,
    order_id: &'a ExternalId,
    at: Millis,
    attributed: bool,
    reason: Reason,
    explanation: &'static str,
    no_reward: Option<Reason>,
    evidence: &'a [Considered],
    referrer: Option<&'a Pseudonym>,
    invitee: Option<&'a Pseudonym>,
    referral: Option<&'a Pseudonym>,
    program_version: u32,
    reward: Option<RewardNow<'a>>,
}

/// A reward as of now, amounts in minor units.
#[derive(Serialize)]
struct RewardNow<'a> {
    id: &'a Pseudonym,
    /// What is left of it.
    amount: i64,
    /// What it was at first.
    earned: i64,
    currency: Currency,
    state: RewardState,
    payable_at: Millis,
}

/// Everything that a record is made of.
pub(crate) struct Parts {
    /// What was decided.
    pub(crate) decision: StoredDecision,
    /// The referral, when the order converted.
    pub(crate) referral: Option<Referral>,
    /// What it has earned.
    pub(crate) reward: Option<StoredReward>,
}

/// The record of an order as of now, as JSON; `None` when there is no such order.
pub(crate) fn compose(
    context: &Context<'_>,
    order: &ExternalId,
) -> Result<Option<String>, Failure> {
    let Some(stored) = context.store.order(order)? else {
        return Ok(None);
    };
    let parts = Parts::read(context, &stored)?;
    Ok(Some(serde_json::to_string(
        &parts.record(context, &stored)?,
    )?))
}

impl Parts {
    /// What is stored of an order's decision, and what has become of its reward.
    pub(crate) fn read(context: &Context<'_>, order: &StoredOrder) -> Result<Self, Failure> {
        let referral = context.store.referral_of(&order.id)?;
        let rewards = match &referral {
            Some(referral) => context.store.rewards_of(&referral.id)?,
            None => Vec::new(),
        };
        Ok(Self {
            decision: serde_json::from_str(&order.decision)?,
            referral,
            reward: rewards.into_iter().next_back(),
        })
    }

    /// The record that they make.
    pub(crate) fn record<'a>(
        &'a self,
        context: &Context<'a>,
        order: &'a StoredOrder,
    ) -> Result<Record<'a>, Failure> {
        let decision = &self.decision;
        Ok(Record {
            program: context.program_id,
            order_id: &order.id,
            at: order.at,
            attributed: decision.referrer.is_some(),
            reason: decision.reason,
            explanation: decision.reason.words(),
            no_reward: decision.no_reward,
            evidence: &decision.considered,
            referrer: decision.referrer.as_ref(),
            invitee: order.person.as_ref(),
            referral: self.referral.as_ref().map(|referral| &referral.id),
            program_version: decision.version,
            reward: self.reward.as_ref().map(now).transpose()?,
        })
    }
}

fn now(reward: &StoredReward) -> Result<RewardNow<'_>, Failure> {
    Ok(RewardNow {
        id: &reward.id,
        amount: reward.net()?.minor(),
        earned: reward.amount.minor(),
        currency: reward.amount.currency(),
        state: reward.state,
        payable_at: reward.payable_at,
    })
}
