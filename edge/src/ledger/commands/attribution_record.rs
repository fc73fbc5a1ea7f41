//! The attribution record: the public book of who referred whom, over pseudonyms, with evidence and reason.

use goodword_shared::attribution::Considered;
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::order::Reason;
use goodword_shared::decide::reward::Cause;
use goodword_shared::id::{ExternalId, ProgramId, Pseudonym};
use goodword_shared::json::write;
use goodword_shared::part;
use goodword_shared::sorted::sorted_by;
use goodword_shared::time::Millis;
use serde::Serialize;

use super::reward_now::RewardNow;
use super::risk_view::RiskView;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;

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
    /// The referrer's, for this very order.
    reward: Option<RewardNow<'a>>,
    /// Everything that it has earned: the invitee's reward and those of milestones as well.
    rewards: Vec<RewardNow<'a>>,
}

/// Everything that a record is made of.
pub(crate) struct Parts {
    /// What was decided.
    decision: StoredDecision,
    /// The referral, when the order converted or renewed one.
    referral: Option<Pseudonym>,
    /// What it has earned.
    rewards: Vec<RewardRow>,
}

/// The record of an order as of now, as JSON, without those who were erased; `None` when there is no such order.
pub(crate) fn compose(
    context: &Context<'_>,
    order: &ExternalId,
) -> Result<Option<String>, Failure> {
    let Some(stored) = context.store.order(order)? else {
        return Ok(None);
    };
    let parts = Parts::read(context, &stored)?;
    let mut record = write(&parts.record(context, &stored)?);
    for id in parts.erased(context, &stored)? {
        // A pseudonym is a string of its own wherever it stands.
        record = part::exchanged(&record, &format!("\"{id}\""), "null");
    }
    Ok(Some(record))
}

impl Parts {
    /// A decision, the referral that was converted, and everything that was earned.
    pub(crate) fn new(
        decision: StoredDecision,
        referral: Option<Referral>,
        rewards: Vec<RewardRow>,
    ) -> Self {
        let rewards = sorted_by(rewards, |one, other| one.reward.id.cmp(&other.reward.id));
        // A later order of a subscription has no referral of its own.
        let renewed = || rewards.first().map(|row| row.origin.referral.clone());
        Self {
            decision,
            referral: referral.map(|referral| referral.id).or_else(renewed),
            rewards,
        }
    }

    /// What is stored of an order's decision, and what has become of its rewards.
    pub(crate) fn read(context: &Context<'_>, order: &StoredOrder) -> Result<Self, Failure> {
        let decision = order.decided()?;
        let (referral, rewards) = match &decision.referrer {
            Some(_) => (
                context.store.referral_of(&order.id)?,
                context.store.rewards_of(&order.id)?,
            ),
            None => (None, Vec::new()),
        };
        Ok(Self::new(decision, referral, rewards))
    }

    /// How the referral was judged: for the merchant, and not for the public book.
    pub(crate) fn risk(&self) -> Option<RiskView> {
        RiskView::of(&self.decision)
    }

    /// Whoever it names and was erased.
    fn erased(
        &self,
        context: &Context<'_>,
        order: &StoredOrder,
    ) -> Result<Vec<Pseudonym>, Failure> {
        let mut erased: Vec<Pseudonym> = Vec::new();
        erased.extend(order.person.clone().filter(|_| order.is_unnamed()));
        let considered = self.decision.considered.iter();
        let referrers = considered.filter_map(|one| one.referrer.as_ref());
        let mut asked: Vec<&Pseudonym> = Vec::new();
        for id in referrers.chain(&self.decision.referrer) {
            if asked.contains(&id) {
                continue;
            }
            asked.push(id);
            let person = context.store.person_by_id(id)?;
            if person.is_none_or(|person| person.is_erased()) {
                erased.push(id.clone());
            }
        }
        Ok(erased)
    }

    /// The record that they make.
    pub(crate) fn record<'a>(
        &'a self,
        context: &Context<'a>,
        order: &'a StoredOrder,
    ) -> Result<Record<'a>, Failure> {
        let decision = &self.decision;
        let own = |row: &&RewardRow| matches!(row.origin.cause, Cause::Conversion | Cause::Renewal);
        let rewards = self.rewards.iter().map(RewardNow::of);
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
            referral: self.referral.as_ref(),
            program_version: decision.version,
            reward: self
                .rewards
                .iter()
                .find(own)
                .map(RewardNow::of)
                .transpose()?,
            rewards: rewards.collect::<Result<_, _>>()?,
        })
    }
}
