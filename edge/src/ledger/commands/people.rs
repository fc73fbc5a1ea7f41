//! Finds or enrols the customer behind an identity.

use goodword_shared::attribution::Identity;
use goodword_shared::code::ReferralCode;
use goodword_shared::email::Email;
use goodword_shared::id::Pseudonym;

use super::facts;
use super::import_customers::is_former;
use crate::json::object;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;

/// Tries for a free code; the chance that one is taken is one in a million with a million customers.
const CODE_TRIES: usize = 4;

/// What the shop said of a person.
pub(crate) struct Introduced<'a> {
    pub(crate) identity: Identity,
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a Email>,
    pub(crate) guest: bool,
}

/// A person as far as the shop named them just now, and the ledger knew them before.
#[derive(Default)]
pub(crate) struct Acquaintance {
    /// What the shop said, and what was known.
    pub(crate) identities: Vec<Identity>,
    /// Their own record.
    pub(crate) own: Option<Person>,
    /// Orders of everybody who is, or shares a mailbox with, them. Whoever was a customer before the program began has one
    /// more.
    pub(crate) orders: u32,
    /// Whether they were a customer before the program began, or somebody else who shares their mailbox has bought.
    pub(crate) has_a_past: bool,
    /// Whose referral they are, or whoever shares their mailbox.
    pub(crate) referrer: Option<Pseudonym>,
}

/// Looks a person up. A shop may name a customer by id today and by address tomorrow: whoever has a record is judged by
/// all that stands in it.
pub(crate) fn look_up(context: &Context<'_>, identity: &Identity) -> Result<Acquaintance, Failure> {
    let mut matches = context.store.matches(identity)?;
    let own = own_record(identity, &matches);
    let mut identities = vec![identity.clone()];
    let before = own.as_ref().map(|person| &person.identity);
    if let Some(known) = before.filter(|known| *known != identity) {
        for person in context.store.matches(known)? {
            if !matches.iter().any(|other| other.id == person.id) {
                matches.push(person);
            }
        }
        identities.push(known.clone());
    }
    let before = u32::from(is_former(context, &identities)?);
    let orders: u32 = matches.iter().map(|person| person.orders).sum();
    let own_orders = own.as_ref().map_or(0, |person| person.orders);
    Ok(Acquaintance {
        identities,
        orders: orders.saturating_add(before),
        has_a_past: before > 0 || orders > own_orders,
        referrer: own
            .iter()
            .chain(&matches)
            .find_map(|person| person.referrer.clone()),
        own,
    })
}

/// The customer among the matches who is this very person: by customer id, or without one by the exact address. Somebody
/// with another customer id who shares a mailbox is somebody else.
pub(crate) fn own_record(identity: &Identity, matches: &[Person]) -> Option<Person> {
    let same_mail = |person: &&Person| {
        let mails = (&person.identity.email, &identity.email);
        let equal = matches!(mails, (Some(one), Some(other)) if one.exact == other.exact);
        equal && (identity.customer.is_none() || person.identity.customer.is_none())
    };
    let by_id = matches.iter().find(|person| {
        identity.customer.is_some() && person.identity.customer == identity.customer
    });
    by_id.or_else(|| matches.iter().find(same_mail)).cloned()
}

/// Adds what is newly known of a person; writes only when something is.
pub(crate) fn learn(
    context: &Context<'_>,
    person: &mut Person,
    new: &Introduced<'_>,
) -> Result<bool, Failure> {
    let before = (
        person.identity.clone(),
        person.name_sealed.is_some(),
        person.email_sealed.is_some(),
    );
    if person.identity.customer.is_none() {
        person.identity.customer.clone_from(&new.identity.customer);
    }
    if new.identity.email.is_some() && person.identity.email != new.identity.email {
        person.identity.email.clone_from(&new.identity.email);
        person.email_sealed = None;
    }
    seal_contact(context, person, new)?;
    let after = (
        person.identity.clone(),
        person.name_sealed.is_some(),
        person.email_sealed.is_some(),
    );
    Ok(before != after)
}

/// Enrols a new person, who has ordered so often, with a code of their own.
pub(crate) fn enrol(
    context: &Context<'_>,
    new: &Introduced<'_>,
    orders: u32,
) -> Result<Person, Failure> {
    let mut person = Person {
        id: context.pseudonym(),
        code: ReferralCode::from_entropy(context.random()),
        guest: new.guest,
        identity: new.identity.clone(),
        name_sealed: None,
        email_sealed: None,
        orders,
        enrolled_at: context.now,
        referrer: None,
        bindings: 0,
    };
    seal_contact(context, &mut person, new)?;
    add_with_free_code(context, &mut person)?;
    let entry = Entry {
        kind: "referrer.enrolled",
        person: Some(&person.id),
        other: None,
        order: None,
        data: object!({ "guest": new.guest }),
    };
    context.store.log(&entry, context.now)?;
    facts::enrolled(context, &person);
    Ok(person)
}

fn add_with_free_code(context: &Context<'_>, person: &mut Person) -> Result<(), Failure> {
    for _ in 0..CODE_TRIES {
        if context.store.add_person(person)? {
            return Ok(());
        }
        person.code = ReferralCode::from_entropy(context.random());
    }
    Err(Failure::Broken(
        "no free referral code in four tries".into(),
    ))
}

fn seal_contact(
    context: &Context<'_>,
    person: &mut Person,
    new: &Introduced<'_>,
) -> Result<(), Failure> {
    if let (None, Some(name)) = (&person.name_sealed, new.name) {
        person.name_sealed = Some(context.seal(&person.id, "name", name)?);
    }
    if let (None, Some(email)) = (&person.email_sealed, new.email) {
        person.email_sealed = Some(context.seal(&person.id, "email", email.exact())?);
    }
    Ok(())
}
