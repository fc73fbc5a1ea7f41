//! Records what a shop reports besides orders, and converts a referral when all that its program rewards has been seen.
//!
//! A conversion by events is kept as an order of nothing, so that its decision, reward, explanation and undoing are those of
//! any other.

use std::rc::Rc;

use goodword_shared::attribution::{Considered, Evidence, Identity, Verdict, is_among};
use goodword_shared::code::ReferralCode;
use goodword_shared::decide::order::{Reason, decide_order};
use goodword_shared::event::{CONVERSION_PREFIX, CONVERSION_ROOM, Event, Seen, parse_event};
use goodword_shared::id::ExternalId;
use goodword_shared::money::Money;
use goodword_shared::order::{Circumstances, Order};
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::token::verify;

use super::bind::{Bond, bind};
use super::evidence::gather;
use super::people::{Acquaintance, Introduced, enrol, learn, look_up};
use super::record_order::{record_order, snapshot};
use super::report::require_signature;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::bindings::ClickWay;
use crate::ledger::store::events::{Lead, StoredEvent};
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;

/// 1. The signature must be good, and the body as documented. 2. A known event is `exists`; another of its id is refused. 3. The
///    customer is found or enrolled, and bound to the referrer whom the event names. 4. The event is stored and logged. 5. The
///    rules decide whether the referral converts; until then its referrer sees how far it has come.
pub(crate) fn record_event(context: &Context<'_>, body: &str) -> Result<Reply, Failure> {
    require_signature(context, body)?;
    let program = context.program()?;
    let event = parse_event(body, context.now)?;
    let customer = &event.customer;
    let identity = context.identity(customer.id.clone(), customer.email.as_ref())?;
    if let Some(stored) = context.store.event(&event.id)? {
        return repeated(context, &stored, &event, &identity);
    }
    let new = Introduced {
        identity,
        name: customer.name.as_deref(),
        email: customer.email.as_ref(),
        guest: false,
    };
    let person = introduced(context, &event, &new)?;
    let stored = store(context, &event, &new.identity, &person)?;
    advance(context, &program, &event, &person)?;
    answer(context, 201, "created", &stored)
}

fn repeated(
    context: &Context<'_>,
    stored: &StoredEvent,
    event: &Event,
    identity: &Identity,
) -> Result<Reply, Failure> {
    let customer = identity.customer.as_ref().map(ExternalId::as_str);
    let email = identity.email.as_ref().map(|email| email.exact.0.as_str());
    let known = (stored.customer_id.as_deref(), stored.email_exact.as_deref());
    // Of an event that was erased nothing says whose it was.
    let same =
        stored.seen.kind == event.kind && (known == (None, None) || known == (customer, email));
    if !same {
        return Err(Rejection::ExistsWithDifferentFact.into());
    }
    let entry = Entry {
        kind: "event.repeated",
        person: Some(&stored.person),
        other: None,
        order: None,
        data: object!({ "effect": "none: the event was recorded before" }),
    };
    context.store.log(&entry, context.now)?;
    answer(context, 200, "exists", stored)
}

/// Finds or enrols the customer, and binds them to the referrer whom the event names, if it names one who is somebody else.
fn introduced(
    context: &Context<'_>,
    event: &Event,
    new: &Introduced<'_>,
) -> Result<Person, Failure> {
    let known = look_up(context, &new.identity)?;
    let named = named(context, event)?;
    let referrer = match &named {
        Some(named) => context.store.person_by_code(&named.code)?,
        None => None,
    };
    let other = referrer.filter(|person| !is_among(&known.identities, &person.identity));
    let (Some(named), Some(referrer)) = (named, other) else {
        return unbound(context, known, new);
    };
    let claimed = context.store.touch_by_click(&named.key)?;
    let version = match claimed {
        Some(touch) => Some(touch.version),
        None => context.store.version_at(event.at)?,
    };
    let bond = Bond {
        evidence: Evidence::Bound,
        key: &named.key,
        referrer: &referrer.id,
        at: event.at,
        version: match version {
            Some(number) => number,
            None => context.program()?.version,
        },
        way: named.way,
        reason: None,
    };
    bind(context, known.own, new, &bond)
}

fn unbound(
    context: &Context<'_>,
    known: Acquaintance,
    new: &Introduced<'_>,
) -> Result<Person, Failure> {
    let Some(mut person) = known.own else {
        return enrol(context, new, 0);
    };
    if learn(context, &mut person, new)? {
        context.store.update_person(&person, context.now)?;
    }
    Ok(person)
}

/// What an event names a referrer by.
struct Named {
    code: ReferralCode,
    /// Click id, or the code.
    key: String,
    /// That of the click.
    way: Option<ClickWay>,
}

/// The code that an event names, and by what: a click within its window, or the code as it was typed.
fn named(context: &Context<'_>, event: &Event) -> Result<Option<Named>, Failure> {
    if let Some(token) = &event.token {
        let window = context.program()?.settings.window_days;
        let keys = &context.keyring()?.tokens;
        let click = verify(token, keys, context.program_id, event.at, window).ok();
        return Ok(click.map(|click| Named {
            key: click.id.to_hex(),
            code: click.code,
            way: Some(click.way.into()),
        }));
    }
    let typed = event.referral_code.as_deref().map(ReferralCode::parse);
    let code = typed.and_then(Result::ok);
    Ok(code.map(|code| Named {
        key: code.as_str().to_owned(),
        code,
        way: None,
    }))
}

fn store(
    context: &Context<'_>,
    event: &Event,
    identity: &Identity,
    person: &Person,
) -> Result<StoredEvent, Failure> {
    let vouched = event.vouched_by.as_deref();
    let stored = StoredEvent {
        id: event.id.clone(),
        person: person.id.clone(),
        seen: Seen {
            kind: event.kind.clone(),
            at: event.at,
        },
        customer_id: identity.customer.as_ref().map(|id| id.as_str().to_owned()),
        email_exact: identity.email.as_ref().map(|email| email.exact.0.clone()),
        vouched_sealed: vouched
            .map(|name| context.seal(&person.id, "vouched", name))
            .transpose()?,
    };
    context.store.add_event(&stored)?;
    context.store.heard_of(&person.id, 0, context.now)?;
    let entry = Entry {
        kind: "event.recorded",
        person: Some(&person.id),
        other: None,
        order: None,
        data: object!({ "at": event.at, "event": event.kind, "vouched": vouched.is_some() }),
    };
    context.store.log(&entry, context.now)?;
    Ok(stored)
}

/// Converts the referral when the last step was seen, and otherwise keeps how far it has come. Nothing where no evidence names
/// the customer.
fn advance(
    context: &Context<'_>,
    program: &Rc<Program>,
    event: &Event,
    person: &Person,
) -> Result<(), Failure> {
    // Whoever was judged once is not judged again: what was blocked would be paid for one more event.
    if context.store.was_judged(&person.id)? {
        return Ok(());
    }
    let seen = context.store.events_of(&person.id)?;
    let order = conversion(program, event, seen)?;
    let identity = context.identity(event.customer.id.clone(), event.customer.email.as_ref())?;
    let known = look_up(context, &identity)?;
    let gathered = gather(context, &order, &known)?;
    if gathered.candidates.is_empty() {
        return Ok(());
    }
    let snapshot = snapshot(context, program, &order, &known, &gathered)?;
    let decision = decide_order(snapshot, &order.purchase());
    if let Some(conversion) = &decision.conversion {
        context.store.drop_lead(&conversion.referrer, &person.id)?;
        record_order(context, program, &order)?;
    } else if decision.reason == Reason::NotQualified {
        come_so_far(context, &decision.considered, &order, event, person)?;
    }
    Ok(())
}

/// The id of a conversion by the events of which this is the last.
fn conversion_id(event: &ExternalId) -> Result<ExternalId, Failure> {
    // An id of the shop's that is as long as it may be leaves no room for the prefix: its end tells it from others.
    let id = event.as_str();
    let over = id.chars().count().saturating_sub(CONVERSION_ROOM);
    let id: String = CONVERSION_PREFIX
        .chars()
        .chain(id.chars().skip(over))
        .collect();
    ExternalId::parse(&id).map_err(|_| Failure::Broken("an event's id".into()))
}

/// The conversion as an order of nothing, at the time of the event.
fn conversion(program: &Program, event: &Event, seen: Vec<Seen>) -> Result<Order, Failure> {
    let nothing = Money::zero(program.currency);
    Ok(Order {
        id: conversion_id(&event.id)?,
        at: event.at,
        checkout_at: None,
        changed_at: None,
        buyer: event.customer.clone(),
        subtotal: nothing,
        discount: nothing,
        total: nothing,
        discount_codes: Vec::new(),
        referral_code: None,
        token: None,
        subscription: None,
        lines: Vec::new(),
        circumstances: Circumstances::default(),
        events: Some(seen),
    })
}

/// Keeps how far a friend has come, where there is a way to go, and tells the referrer's open pages.
fn come_so_far(
    context: &Context<'_>,
    considered: &[Considered],
    order: &Order,
    event: &Event,
    person: &Person,
) -> Result<(), Failure> {
    let won = considered.iter().find(|one| one.verdict == Verdict::Chosen);
    let won = won.and_then(|won| {
        let referrer = won.referrer.as_ref()?;
        Some((
            won,
            referrer,
            won.version?,
            won.touched_at?,
            won.window_ends?,
        ))
    });
    let Some((won, referrer, version, touched_at, window_ends)) = won else {
        return Ok(());
    };
    let terms = context.version(version)?;
    let qualifies = &terms.settings.qualifies_by;
    let seen = order.events.as_deref().unwrap_or_default();
    let done = qualifies.steps_done(seen, touched_at, window_ends);
    if done == 0 {
        return Ok(());
    }
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let lead = Lead {
        id: context.pseudonym(),
        key: won.key.clone(),
        stage: event.kind.as_str().to_owned(),
        done: count(done),
        steps: count(qualifies.events.len()),
        at: event.at,
    };
    context.store.set_lead(referrer, &person.id, &lead)?;
    context.nudge(referrer)
}

fn answer(
    context: &Context<'_>,
    status: u16,
    outcome: &str,
    event: &StoredEvent,
) -> Result<Reply, Failure> {
    let conversion = conversion_id(&event.id)?;
    let converted = context.store.referral_of(&conversion)?.is_some();
    let person = context.store.person_by_id(&event.person)?;
    done(
        status,
        &object!({
            "at": event.seen.at, "converted": converted, "event_id": event.id, "invitee": event.person,
            "kind": event.seen.kind, "order_id": converted.then_some(conversion), "outcome": outcome,
            "referrer": person.and_then(|person| person.referrer),
        }),
    )
}
