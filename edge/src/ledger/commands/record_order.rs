//! Records a paid order: whose it is, what is earned, and who is to hear of it. All of it, or nothing.

use std::rc::Rc;

use goodword_shared::attribution::{Evidence, Identity};
use goodword_shared::cart::Line;
use goodword_shared::decide::decision::{Basis, StoredDecision};
use goodword_shared::decide::earn::Bought;
use goodword_shared::decide::order::{
    BuyerFacts, Conversion, OrderDecision, OrderSnapshot, Reason, decide_order,
};
use goodword_shared::decide::reward::Cause;
use goodword_shared::decide::undo::remaining;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::json::write;
use goodword_shared::order::{Amounts, Order};
use goodword_shared::program::Program;
use goodword_shared::program::limits::Schedule;
use goodword_shared::rejection::Rejection;
use goodword_shared::risk::arrival::Provenance;
use goodword_shared::time::Millis;

use super::attribution_record::Parts;
use super::earn::{book, earnings};
use super::evidence::{Gathered, gather};
use super::facts;
use super::people::{Acquaintance, Introduced, enrol, learn, look_up};
use super::read_order::order_answer;
use super::renewals::{Renewal, renewal};
use super::risk::{Shown, judge, judge_renewal};
use crate::json::object;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::touches::Touch;

/// Whose an order is, before anything is written.
enum Ruling {
    /// A later order of a subscription that began with a referral: its evidence is not asked.
    Renewal(Box<Renewal>),
    /// What the rule says of the evidence, and what that follows from.
    Decided(Box<OrderDecision>, Basis),
}

/// 1. A known order is compared: the same again is `exists`, another is refused. 2. Evidence, buyer and earlier facts make
///    the snapshot. 3. The rules decide. 4. Buyer, order, referral, reward, journal, log and outbox are written.
pub(crate) fn record_order(
    context: &Context<'_>,
    program: &Rc<Program>,
    order: &Order,
) -> Result<Reply, Failure> {
    let identity = context.identity(order.buyer.id.clone(), order.buyer.email.as_ref())?;
    let (stored, facts) = context.store.order_and_undos(&order.id)?;
    if let Some(stored) = stored {
        return repeated(context, &stored, order, &identity);
    }
    let known = look_up(context, &identity)?;
    let mut gathered = gather(context, order, &known)?;
    let shown = Shown::by(context, &order.circumstances)?;
    let ruling = rule(context, program, order, &known, &mut gathered, &shown)?;
    let buyer = buyer(context, &identity, order, known.own)?;
    let bought = Bought {
        amounts: Amounts {
            subtotal: order.subtotal,
            discount: order.discount,
            total: order.total,
        },
        lines: &order.lines,
        left: remaining(order.total, &facts)?,
    };
    let (earned, no_reward) = match ruling.won() {
        Some((referrer, terms, cause)) => {
            let earnings = earnings(context, terms, bought, ruling.waits());
            earnings.earn(referrer, buyer.as_ref(), cause)?
        }
        None => (Vec::new(), None),
    };
    let stored = ruling.kept(no_reward, program.version, &order.lines);
    let order_row = row(order, &identity, buyer, &stored);
    context.store.add_order(&order_row, context.now)?;
    log_order(context, &order_row, &stored)?;
    facts::ordered(
        context,
        order,
        order_row.person.as_ref(),
        &stored,
        &gathered,
    )?;
    let referral = match (&ruling, &order_row.person) {
        (Ruling::Renewal(renewal), _) => Some(renewal.referral.clone()),
        (Ruling::Decided(decision, _), Some(buyer)) => decision
            .conversion
            .as_ref()
            .map(|conversion| convert(context, conversion, order, buyer))
            .transpose()?,
        (Ruling::Decided(..), None) => None,
    };
    let rewards = match (ruling.won(), &referral) {
        (Some((_, terms, _)), Some(referral)) => {
            book(context, terms, referral, order, earned, bought)?
        }
        _ => Vec::new(),
    };
    if let Some(buyer) = &order_row.person {
        shown.keep(context, buyer, &gathered)?;
    }
    let buyer = order_row.person.as_ref();
    use_up(context, gathered, ruling.conversion(), buyer, order)?;
    if !stored.considered.is_empty() || stored.referrer.is_some() {
        context
            .store
            .send(Kind::Attribution, order.id.as_str(), "", context.now);
    }
    let own = referral.filter(|referral| referral.order_id == order.id);
    let parts = Parts::new(stored, own, rewards);
    order_answer(context, 201, "created", &order_row, &parts)
}

fn rule(
    context: &Context<'_>,
    program: &Rc<Program>,
    order: &Order,
    known: &Acquaintance,
    gathered: &mut Gathered,
    shown: &Shown,
) -> Result<Ruling, Failure> {
    if let Some(mut renewal) = renewal(context, program, order)? {
        renewal.listed = judge_renewal(context, order, known, &renewal.referral, shown)?;
        renewal.waits |= renewal.listed.is_some();
        return Ok(Ruling::Renewal(Box::new(renewal)));
    }
    let snapshot = snapshot(context, program, order, known, gathered)?;
    let basis = Basis {
        rules: snapshot.rules.version,
        running: snapshot.running,
        buyer: snapshot.buyer.clone(),
        checkout_at: order.checkout_at,
        lines: order.lines.clone(),
        events: order.events.clone(),
    };
    let decision = decide_order(snapshot, &order.purchase());
    let decision = judge(context, order, known, gathered, shown, decision)?;
    Ok(Ruling::Decided(Box::new(decision), basis))
}

impl Ruling {
    fn conversion(&self) -> Option<&Conversion> {
        match self {
            Self::Renewal(_) => None,
            Self::Decided(decision, _) => decision.conversion.as_ref(),
        }
    }

    /// Who earns, by which terms, and for what.
    fn won(&self) -> Option<(&Pseudonym, &Program, Cause)> {
        match self {
            Self::Renewal(renewal) => {
                Some((&renewal.referral.referrer, &renewal.terms, Cause::Renewal))
            }
            Self::Decided(..) => self
                .conversion()
                .map(|won| (&won.referrer, &*won.terms, Cause::Conversion)),
        }
    }

    /// Whether what it earns waits for the merchant's word.
    fn waits(&self) -> bool {
        match self {
            Self::Renewal(renewal) => renewal.waits,
            Self::Decided(decision, _) => decision.waits(),
        }
    }

    fn kept(&self, no_reward: Option<Reason>, version: u32, lines: &[Line]) -> StoredDecision {
        match self {
            Self::Renewal(renewal) => StoredDecision {
                waits: renewal.waits,
                risk: renewal.listed.clone(),
                ..StoredDecision::renewal(
                    &renewal.referral.order_id,
                    &renewal.referral.referrer,
                    renewal.terms.version,
                    no_reward,
                    lines,
                )
            },
            Self::Decided(decision, basis) => {
                StoredDecision::new(decision, no_reward, version, basis.clone())
            }
        }
    }
}

fn row(
    order: &Order,
    identity: &Identity,
    buyer: Option<Pseudonym>,
    decision: &StoredDecision,
) -> StoredOrder {
    StoredOrder {
        id: order.id.clone(),
        person: buyer,
        customer_id: identity.customer.as_ref().map(|id| id.as_str().to_owned()),
        email_exact: identity.email.as_ref().map(|email| email.exact.0.clone()),
        currency: order.total.currency().into(),
        subtotal: order.subtotal.minor(),
        discount: order.discount.minor(),
        total: order.total.minor(),
        at: order.at,
        decision: write(decision),
    }
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
    let customer = identity.customer.as_ref().map(ExternalId::as_str);
    let email = identity.email.as_ref().map(|email| email.exact.0.as_str());
    if !stored.is_unnamed()
        && (stored.customer_id.as_deref(), stored.email_exact.as_deref()) != (customer, email)
    {
        return Err(Rejection::ExistsWithDifferentCustomer.into());
    }
    let entry = Entry {
        kind: "order.repeated",
        person: stored.person.as_ref(),
        other: None,
        order: Some(&stored.id),
        data: object!({ "effect": "none: the order was recorded before" }),
    };
    context.store.log(&entry, context.now)?;
    let parts = Parts::read(context, stored)?;
    order_answer(context, 200, "exists", stored, &parts)
}

/// What is known when an order, or an event, is decided on.
pub(crate) fn snapshot(
    context: &Context<'_>,
    program: &Rc<Program>,
    order: &Order,
    known: &Acquaintance,
    gathered: &Gathered,
) -> Result<OrderSnapshot, Failure> {
    Ok(OrderSnapshot {
        running: program.settings.active,
        // Without evidence there is nothing to judge by any rules.
        rules: if gathered.candidates.is_empty() {
            Rc::clone(program)
        } else {
            rules_at(context, order.at)?
        },
        buyer: BuyerFacts {
            named: order.buyer.id.is_some() || order.buyer.email.is_some(),
            orders: known.orders,
            referrer: known.referrer.clone(),
        },
        candidates: gathered.candidates.clone(),
        seen: order.events.clone().unwrap_or_default(),
    })
}

/// The version in force at a time.
fn rules_at(context: &Context<'_>, at: Millis) -> Result<Rc<Program>, Failure> {
    match context.store.version_at(at)? {
        Some(number) => context.version(number),
        None => context.program(),
    }
}

/// Every paying customer is enrolled, unasked; a known one only counts the order. Nobody is enrolled for an order that
/// names nobody.
fn buyer(
    context: &Context<'_>,
    identity: &Identity,
    order: &Order,
    known: Option<Person>,
) -> Result<Option<Pseudonym>, Failure> {
    if *identity == Identity::default() {
        return Ok(None);
    }
    let new = Introduced {
        identity: identity.clone(),
        name: order.buyer.name.as_deref(),
        email: order.buyer.email.as_ref(),
        guest: false,
    };
    let counts = u32::from(!order.is_of_nothing());
    let Some(mut person) = known else {
        return Ok(Some(enrol(context, &new, counts)?.id));
    };
    // Events have introduced their customer, and are no orders.
    if order.events.is_some() {
        return Ok(Some(person.id));
    }
    if learn(context, &mut person, &new)? {
        person.orders = person.orders.saturating_add(counts);
        context.store.update_person(&person, context.now)?;
    } else {
        context.store.heard_of(&person.id, counts, context.now)?;
    }
    Ok(Some(person.id))
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
    context.store.refer(buyer, &referral.referrer)?;
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
    buyer: Option<&Pseudonym>,
    order: &Order,
) -> Result<(), Failure> {
    if order.is_of_nothing() {
        return Ok(());
    }
    for touch in &gathered.touches {
        context.store.use_touch(touch, &order.id)?;
    }
    let by_click = conversion.is_some_and(|won| won.evidence == Evidence::SignedToken);
    if let Some(click) = gathered.unclaimed.filter(|_| by_click) {
        context.store.add_touch(&Touch {
            order_id: Some(order.id.as_str().to_owned()),
            ..click
        })?;
    }
    let by_binding = conversion.filter(|won| won.evidence == Evidence::Bound);
    match by_binding.zip(buyer) {
        Some((won, buyer)) => use_up_binding(context, won, buyer, order),
        None => Ok(()),
    }
}

/// The click that had bound a buyer serves no other order either. One that nobody has claimed is stored now.
fn use_up_binding(
    context: &Context<'_>,
    won: &Conversion,
    buyer: &Pseudonym,
    order: &Order,
) -> Result<(), Failure> {
    if let Some(touch) = context.store.touch_by_click(&won.key)? {
        return Ok(context.store.use_touch(&touch, &order.id)?);
    }
    // A code is everybody's.
    let Some(way) = context.store.way_of(buyer, &won.key)? else {
        return Ok(());
    };
    Ok(context.store.add_touch(&Touch {
        click_id: won.key.clone(),
        referrer: won.referrer.clone(),
        clicked_at: won.touched_at,
        channel: way.channel,
        variant: way.variant,
        placement: way.placement,
        version: won.terms.version,
        claim: None,
        order_id: Some(order.id.as_str().to_owned()),
        from: Provenance::default(),
        late: false,
    })?)
}

fn log_order(
    context: &Context<'_>,
    order: &StoredOrder,
    decision: &StoredDecision,
) -> Result<(), Failure> {
    let basis = decision.basis.as_ref();
    let by_events = basis.is_some_and(|basis| basis.events.is_some());
    let entry = Entry {
        kind: if by_events {
            "referral.qualified"
        } else {
            "order.recorded"
        },
        person: order.person.as_ref(),
        other: decision.referrer.as_ref(),
        order: Some(&order.id),
        data: object!({
            "currency": order.currency, "explanation": decision.reason.words(), "no_reward": decision.no_reward,
            "reason": decision.reason, "total": order.total, "version": decision.version,
        }),
    };
    context.store.log(&entry, context.now)?;
    Ok(())
}
