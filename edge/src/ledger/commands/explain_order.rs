//! Why an order is whose it is, in words, with its parts, and made again from what was stored.

use goodword_shared::attribution::Evidence;
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::explain::{Case, Given, Review, Step, explain};
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::rejection::Rejection;

use super::reviews::reviews_of;
use super::reward_notes::notes_of;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::rewards::RewardRow;

/// 1. Only the merchant. 2. The order must be known. 3. Its decision is made again from what was stored, and told in words.
pub(crate) fn explain_order(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let id = ExternalId::parse(id).map_err(|_| Rejection::NotFound)?;
    let order = context.store.order(&id)?.ok_or(Rejection::NotFound)?;
    let decision = order.decided()?;
    let amounts = order.amounts()?;
    let terms = context.version(decision.version)?;
    // Where there are none in the order's currency, the reason says so.
    let terms = terms.in_currency(amounts.total.currency()).unwrap_or(terms);
    let recomputed = match &decision.renews {
        Some(first) => decision.renews(&decision_on(context, first)?),
        None => decision.recomputed(order.at, amounts.before_discounts()?, |number| {
            context.version(number)
        })?,
    };
    let names = names(context, &decision)?;
    let reasons = staff_reasons(context, &order, &decision)?;
    let undos = context.store.dated_undos(&id)?;
    let rewards = context.store.rewards_of(&id)?;
    let mut notes = Vec::new();
    for row in &rewards {
        let said = notes_of(context, row)?;
        notes.extend(said.into_iter().map(|one| (one.at, one.step, one.note)));
    }
    let rewards: Vec<Given<'_>> = rewards.iter().map(given).collect();
    let found = |known: &[(String, String)], key: &str| {
        let pair = known.iter().find(|(name, _)| name == key);
        pair.map(|(_, text)| text.clone())
    };
    let explanation = explain(&Case {
        order: &id,
        at: order.at,
        amounts,
        decision: &decision,
        terms: &terms,
        name: &|id| found(&names, &id.0).unwrap_or_else(|| "somebody who is gone".into()),
        staff_reason: &|key| found(&reasons, key),
        steps: &steps(context, &order, &decision)?,
        undos: &undos,
        rewards: &rewards,
        reviews: &reviews(context, &order)?,
        notes: &notes,
    });
    done(
        200,
        &object!({
            "amounts": explanation.amounts, "at": order.at, "attributed": decision.referrer.is_some(),
            "considered": decision.considered, "events": explanation.events, "evidence": explanation.evidence, "invitee": order.person,
            "no_reward": decision.no_reward, "order_id": id, "program_version": decision.version, "reason": decision.reason,
            "recomputed": recomputed, "referrer": decision.referrer, "risk": explanation.risk, "since": explanation.since,
            "terms": explanation.terms, "text": explanation.text,
        }),
    )
}

/// What the merchant said of the referral, with each note as long as it opens.
fn reviews(context: &Context<'_>, order: &StoredOrder) -> Result<Vec<Review>, Failure> {
    match context.store.referral_of(&order.id)? {
        Some(referral) => reviews_of(context, &referral),
        None => Ok(Vec::new()),
    }
}

/// What the buyer had done when that converted, as long as it is kept.
fn steps(
    context: &Context<'_>,
    order: &StoredOrder,
    decision: &StoredDecision,
) -> Result<Vec<Step>, Failure> {
    let basis = decision.basis.as_ref();
    let seen = basis.and_then(|basis| basis.events.as_ref());
    let Some((seen, person)) = seen.zip(order.person.as_ref()) else {
        return Ok(Vec::new());
    };
    let mut steps = Vec::new();
    for event in context.store.vouched_events_of(person)? {
        if seen.contains(&event.seen) {
            let by = event.by_sealed.as_ref();
            let by = by.map(|sealed| context.opened(person, "vouched", sealed));
            steps.push(Step {
                seen: event.seen,
                vouched_by: by.transpose()?.flatten(),
            });
        }
    }
    Ok(steps)
}

fn decision_on(context: &Context<'_>, order: &ExternalId) -> Result<StoredDecision, Failure> {
    let order = context.store.order(order)?;
    let order = order.ok_or_else(|| Failure::Broken("a renewal of no order".into()))?;
    Ok(order.decided()?)
}

fn given(row: &RewardRow) -> Given<'_> {
    Given {
        reward: &row.reward,
        cause: row.origin.cause,
        milestone: row.origin.milestone,
        description: row.origin.description.as_deref(),
        quantity: row.origin.quantity,
    }
}

/// Pseudonyms of all referrers who were considered, with what a merchant calls them.
fn names(
    context: &Context<'_>,
    decision: &StoredDecision,
) -> Result<Vec<(String, String)>, Failure> {
    let mut names: Vec<(String, String)> = Vec::new();
    let considered = decision.considered.iter();
    let ids = considered.filter_map(|considered| considered.referrer.as_ref());
    for Pseudonym(id) in ids.chain(&decision.referrer) {
        if names.iter().any(|(known, _)| known == id) {
            continue;
        }
        if let Some(person) = context.store.person_by_id(&Pseudonym(id.clone()))? {
            let code = person.code.as_str();
            let name = match context.name_of(&person)? {
                _ if person.is_erased() => "somebody who was erased".to_owned(),
                Some(name) => format!("{name} (code {code})"),
                None => format!("the owner of the code {code}"),
            };
            names.push((id.clone(), name));
        }
    }
    Ok(names)
}

/// What staff said, by referral code, newest last.
fn staff_reasons(
    context: &Context<'_>,
    order: &StoredOrder,
    decision: &StoredDecision,
) -> Result<Vec<(String, String)>, Failure> {
    let mut reasons = Vec::new();
    let staff = |evidence| evidence == Evidence::Staff;
    let Some(id) = order.person.as_ref() else {
        return Ok(reasons);
    };
    if !decision.considered.iter().any(|one| staff(one.evidence)) {
        return Ok(reasons);
    }
    let Some(person) = context.store.person_by_id(id)? else {
        return Ok(reasons);
    };
    for binding in context.store.bindings(id)? {
        if let Some(reason) = context.reason_of(&person, &binding)? {
            reasons.push((binding.key, reason));
        }
    }
    Ok(reasons)
}
