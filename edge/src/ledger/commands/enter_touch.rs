//! Staff enters a referral that was made by phone or in person, with a reason.

use goodword_shared::attribution::{Evidence, is_among};
use goodword_shared::code::ReferralCode;
use goodword_shared::email::Email;
use goodword_shared::name::clean_name;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::bind::{Bond, bind};
use super::people::{Acquaintance, Introduced, look_up};
use super::words::words;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{NamedCustomer, Reply, TouchRequest};
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;

/// 1. Only the merchant. 2. The customer must be named, the reason given, the code somebody's, and not their own. 3. The same
///    again is `exists`. 4. The customer is bound, and the entry is on both people's records. Where a decision was made
///    before, it stays, and the answer says so.
pub(crate) fn enter_touch(context: &Context<'_>, request: &TouchRequest) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let program = context.program()?;
    let reason = words("reason", &request.reason)?;
    let email = email(&request.customer)?;
    let identity = context.identity(request.customer.id.clone(), email.as_ref())?;
    let known = look_up(context, &identity)?;
    let code = ReferralCode::parse(&request.code).map_err(|_| Rejection::UnknownCode)?;
    let referrer = context
        .store
        .person_by_code(&code)?
        .ok_or(Rejection::UnknownCode)?;
    if is_among(&known.identities, &referrer.identity) {
        return Err(Rejection::SelfReferral.into());
    }
    let effect = |known: &Acquaintance| {
        let still_new = program.settings.is_for(known.orders);
        effect(known, &referrer, still_new)
    };
    if let Some(at) = entered_before(context, known.own.as_ref(), &code, &reason)? {
        let own = known.own.as_ref();
        return answer(200, "exists", own, &referrer, at, effect(&known));
    }
    let at = Millis(request.at.unwrap_or(context.now.0).clamp(0, context.now.0));
    let version = context.store.version_at(at)?.unwrap_or(program.version);
    let name = request.customer.name.as_deref().and_then(clean_name);
    let new = Introduced {
        identity,
        name: name.as_deref(),
        email: email.as_ref(),
        guest: false,
    };
    let bond = Bond {
        evidence: Evidence::Staff,
        key: code.as_str(),
        referrer: &referrer.id,
        at,
        version,
        way: None,
        reason: Some(&reason),
    };
    let person = bind(context, known.own, &new, &bond)?;
    // Their next order is judged by what is known of them from now on.
    let effect = effect(&look_up(context, &new.identity)?);
    // The reason may name people, so it is kept encrypted and not in the log.
    let entry = Entry {
        kind: "touch.entered",
        person: Some(&person.id),
        other: Some(&referrer.id),
        order: None,
        data: object!({ "at": at, "effect": effect, "version": version }),
    };
    context.store.log(&entry, context.now)?;
    answer(201, "created", Some(&person), &referrer, at, effect)
}

/// The address, if the customer is named at all.
pub(crate) fn email(customer: &NamedCustomer) -> Result<Option<Email>, Rejection> {
    let email = customer.email.as_deref();
    let email = email.and_then(|text| Email::parse(text).ok());
    if customer.id.is_none() && email.is_none() {
        let text = "customer: expected an id, an e-mail address, or both";
        return Err(Rejection::InvalidBody(text.into()));
    }
    Ok(email)
}

/// What the entry changes: nothing where the customer is somebody's already, or the offer is no longer for them.
fn effect(known: &Acquaintance, referrer: &Person, still_new: bool) -> &'static str {
    match &known.referrer {
        Some(other) if *other != referrer.id => "none: the customer is another referrer's already",
        Some(_) => "none: the customer is this referrer's already",
        None if !still_new => "none: the customer has bought before",
        None => "counts for the customer's next order",
    }
}

/// When the same was entered before.
fn entered_before(
    context: &Context<'_>,
    own: Option<&Person>,
    code: &ReferralCode,
    reason: &str,
) -> Result<Option<Millis>, Failure> {
    let Some(own) = own.filter(|own| own.bindings > 0) else {
        return Ok(None);
    };
    for binding in context.store.bindings(&own.id)? {
        let same = binding.evidence == Evidence::Staff && binding.key == code.as_str();
        if same && context.reason_of(own, &binding)?.as_deref() == Some(reason) {
            return Ok(Some(binding.at));
        }
    }
    Ok(None)
}

fn answer(
    status: u16,
    outcome: &str,
    person: Option<&Person>,
    referrer: &Person,
    at: Millis,
    effect: &str,
) -> Result<Reply, Failure> {
    done(
        status,
        &object!({
            "at": at, "effect": effect, "invitee": person.map(|person| &person.id), "outcome": outcome,
            "referrer": referrer.id,
        }),
    )
}
