//! Records a paid order: whose it is, what is earned, and who is to hear of it. All of it, or nothing.

use goodword_shared::attribution::{Considered, Evidence, Identity};
use goodword_shared::decide::order::{
    Conversion, OrderDecision, OrderSnapshot, Reason, decide_order,
};
use goodword_shared::decide::reward::Cause;
use goodword_shared::decide::undo::remaining;
use goodword_shared::id::Pseudonym;
use goodword_shared::order::Order;
use goodword_shared::program::Program;
use goodword_shared::program::limits::Schedule;
use goodword_shared::rejection::Rejection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::attribution_record::Parts;
use super::earn::{Bought, book, earn};
use super::evidence::{Gathered, gather};
use super::facts;
use super::people::{Introduced, enrol, learn, look_up};
use super::read_order::order_answer;
use super::renewals::renewal;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::touches::Touch;

/// A decision as it is kept with its order, for good.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredDecision {
    /// Why.
    pub(crate) reason: Reason,
    /// Why there is no reward although the order converted.
    pub(crate) no_reward: Option<Reason>,
    /// Version of the terms that held.
    pub(crate) version: u32,
    /// Whose referral.
    pub(crate) referrer: Option<Pseudonym>,
    /// Every piece of evidence with its verdict.
    pub(crate) considered: Vec<Considered>,
}

/// 1. A known order is compared: the same again is `exists`, another is refused. 2. Evidence, buyer and earlier facts make
///    the snapshot. 3. The rules decide. 4. Buyer, order, referral, reward, journal, log and outbox are written.
pub(crate) fn record_order(
    context: &Context<'_>,
    program: &Program,
    order: &Order,
) -> Result<Reply, Failure> {
    let identity = context.identity(order.buyer.id.clone(), order.buyer.email.as_ref())?;
    let (stored, facts) = context.store.order_and_undos(&order.id)?;
    if let Some(stored) = stored {
        return repeated(context, &stored, order, &identity);
    }
    let known = look_up(context, &identity)?;
    let left = remaining(order.total, &facts)?;
    let gathered = gather(context, program, order)?;
    let snapshot = OrderSnapshot {
        program,
        buyer: &known.identities,
        buyer_orders: known.orders,
        candidates: gathered.candidates.clone(),
        remaining: left,
    };
    let renewal = renewal(context, program, order)?;
    let decision = match &renewal {
        Some(_) => OrderDecision::renewal(),
        None => decide_order(snapshot, order),
    };
    let buyer = buyer(context, &identity, order, known.own)?;
    let won = match (&renewal, &decision.conversion) {
        (Some(renewal), _) => Some((&renewal.referral.referrer, &*renewal.terms, Cause::Renewal)),
        (None, Some(won)) => Some((&won.referrer, &won.terms, Cause::Conversion)),
        (None, None) => None,
    };
    let bought = Bought {
        subtotal: order.subtotal,
        discount: order.discount,
        left,
    };
    let (earned, no_reward) = match won {
        Some((referrer, terms, cause)) => earn(context, terms, (referrer, &buyer), cause, bought)?,
        None => (Vec::new(), None),
    };
    let stored = StoredDecision {
        reason: decision.reason,
        no_reward,
        version: won.map_or(program.version, |(_, terms, _)| terms.version),
        referrer: won.map(|(referrer, _, _)| referrer.clone()),
        considered: decision.considered,
    };
    let order_row = StoredOrder {
        id: order.id.clone(),
        person: buyer.clone(),
        customer_id: identity.customer.as_ref().map(|id| id.as_str().to_owned()),
        email_exact: identity.email.as_ref().map(|email| email.exact.0.clone()),
        currency: order.total.currency().into(),
        subtotal: order.subtotal.minor(),
        discount: order.discount.minor(),
        total: order.total.minor(),
        at: order.at,
        decision: serde_json::to_string(&stored)?,
    };
    context.store.add_order(&order_row, context.now)?;
    log_order(context, &order_row, &stored)?;
    facts::ordered(context, order, &buyer, &stored, &gathered)?;
    let referral = match (&renewal, &decision.conversion) {
        (Some(renewal), _) => Some(renewal.referral.clone()),
        (None, Some(conversion)) => Some(convert(context, conversion, order, &buyer)?),
        (None, None) => None,
    };
    let rewards = match (won, &referral) {
        (Some((_, terms, _)), Some(referral)) => {
            book(context, terms, referral, order, earned, bought)?
        }
        _ => Vec::new(),
    };
    use_up(context, gathered, decision.conversion.as_ref(), order)?;
    if !stored.considered.is_empty() || renewal.is_some() {
        context
            .store
            .send(Kind::Attribution, order.id.as_str(), "", context.now);
    }
    let parts = Parts::new(stored, referral.filter(|_| renewal.is_none()), rewards);
    order_answer(context, 201, "created", &order_row, &parts)
}

fn repeated(
    context: &Context<'_>,
    stored: &StoredOrder,
    order: &Order,
    identity: &Identity,
) -> Result<Reply, Failure> {
    let amounts = (stored.total, stored.subtotal, stored.discount);
    if stored.currency != order.total.currency().as_str() {
        return Err(Rejection::ExistsWithDifferentCurrency.into());
    }
    if amounts
        != (
            order.total.minor(),
            order.subtotal.minor(),
            order.discount.minor(),
        )
    {
        return Err(Rejection::ExistsWithDifferentAmount.into());
    }
    let customer = identity
        .customer
        .as_ref()
        .map(goodword_shared::id::ExternalId::as_str);
    let email = identity.email.as_ref().map(|email| email.exact.0.as_str());
    if (stored.customer_id.as_deref(), stored.email_exact.as_deref()) != (customer, email) {
        return Err(Rejection::ExistsWithDifferentCustomer.into());
    }
    let entry = Entry {
        kind: "order.repeated",
        person: Some(&stored.person),
        other: None,
        order: Some(&stored.id),
        data: json!({ "effect": "none: the order was recorded before" }),
    };
    context.store.log(&entry, context.now)?;
    let parts = Parts::read(context, stored)?;
    order_answer(context, 200, "exists", stored, &parts)
}

/// Every paying customer is enrolled, unasked; a known one only counts the order.
fn buyer(
    context: &Context<'_>,
    identity: &Identity,
    order: &Order,
    known: Option<Person>,
) -> Result<Pseudonym, Failure> {
    let new = Introduced {
        identity: identity.clone(),
        name: order.buyer.name.as_deref(),
        email: order.buyer.email.as_ref(),
        guest: false,
    };
    let Some(mut person) = known else {
        return Ok(enrol(context, &new, 1)?.id);
    };
    if learn(context, &mut person, &new)? {
        person.orders = person.orders.saturating_add(1);
        context.store.update_person(&person)?;
    } else {
        context.store.count_order(&person.id)?;
    }
    Ok(person.id)
}

/// The referral that an order converts.
fn convert(
    context: &Context<'_>,
    conversion: &Conversion,
    order: &Order,
    buyer: &Pseudonym,
) -> Result<Referral, Failure> {
    let referral = Referral {
        id: context.pseudonym(),
        referrer: conversion.referrer.clone(),
        invitee: buyer.clone(),
        order_id: order.id.clone(),
        at: context.now,
    };
    context.store.add_referral(&referral)?;
    let schedule = conversion.terms.settings.reward_schedule;
    if let Some(id) = order
        .subscription
        .as_ref()
        .filter(|_| schedule != Schedule::Once)
    {
        context.store.begin_subscription(id, &order.id, order.at)?;
    }
    Ok(referral)
}

/// What came with the order serves no other one. A click that nobody had claimed is stored only when it converts: until
/// then it has earned nobody anything.
fn use_up(
    context: &Context<'_>,
    gathered: Gathered,
    conversion: Option<&Conversion>,
    order: &Order,
) -> Result<(), Failure> {
    for touch in &gathered.touches {
        context.store.use_touch(&touch.click_id, &order.id)?;
    }
    let by_click = conversion.is_some_and(|won| won.evidence == Evidence::SignedToken);
    if let Some(click) = gathered.unclaimed.filter(|_| by_click) {
        context.store.add_touch(Touch {
            order_id: Some(order.id.as_str().to_owned()),
            ..click
        })?;
    }
    Ok(())
}

fn log_order(
    context: &Context<'_>,
    order: &StoredOrder,
    decision: &StoredDecision,
) -> Result<(), Failure> {
    let entry = Entry {
        kind: "order.recorded",
        person: Some(&order.person),
        other: decision.referrer.as_ref(),
        order: Some(&order.id),
        data: json!({
            "reason": decision.reason, "explanation": decision.reason.words(), "no_reward": decision.no_reward,
            "version": decision.version, "total": order.total, "currency": order.currency,
        }),
    };
    context.store.log(&entry, context.now)?;
    Ok(())
}
