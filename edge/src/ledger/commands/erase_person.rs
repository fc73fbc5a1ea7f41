//! Erases who a person was, wherever it stands: what is left of them is a pseudonym with its money.
//!
//! Rewards that they had earned stay with the pseudonym, where the merchant can still fulfil or void each by its id, and an
//! undo that comes later finds them. They earn nothing more: their code is nobody's, and what friends hold of theirs
//! names nobody. When they come back they are somebody new.

use goodword_shared::attribution::Identity;
use goodword_shared::code::ReferralCode;
use goodword_shared::id::Pseudonym;
use goodword_shared::json::write;
use goodword_shared::money::Money;
use goodword_shared::name::first_name;
use goodword_shared::part;
use serde::Serialize;

use super::credit::credits;
use super::import_customers::{forget_former, of_id};
use super::named::everybody;
use super::quarantine::kept_body;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::idempotency::opened_reply;
use crate::ledger::protocol::{PersonName, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;

/// Somebody who was erased, and what is left under their pseudonym.
#[derive(Serialize)]
struct Left {
    id: Pseudonym,
    /// Rewards that are still owed.
    rewards: u32,
    /// What they could have spent.
    credit: Vec<Money>,
}

/// 1. Only the merchant, with every scope. 2. Somebody must be named. 3. Every record of theirs is erased, and each is a line
///    of the log; where there is none, nothing happens. 4. Answers with the pseudonyms, and what is still owed to them.
pub(crate) fn erase_person(context: &Context<'_>, name: &PersonName) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let (identity, people) = everybody(context, name)?;
    let main = context.program()?.currency;
    let mut erased = Vec::new();
    for person in &people {
        forget_answers(context, person)?;
        forget_deliveries(context, person)?;
        unname(context, person, &person.identity)?;
        erased.push(Left {
            id: person.id.clone(),
            rewards: context.store.count_owed(&person.id)?,
            credit: credits(context, &person.id, main)?,
        });
    }
    forget_lists(context, &identity)?;
    // Orders may name somebody by an address of before.
    context.store.unname_reports(None, &identity)?;
    done(200, &object!({ "erased": erased }))
}

/// Erases one record, but for answers that are kept for some days: in the ledger now, and in KV right after the commit. Of what
/// was reported, all that names the person or that identity.
pub(crate) fn unname(
    context: &Context<'_>,
    person: &Person,
    also: &Identity,
) -> Result<(), Failure> {
    let (store, now) = (context.store, context.now);
    let orders = store.orders_naming(person)?;
    for order in &orders {
        store.send(Kind::Attribution, order, "", now);
    }
    store.unname_reports(Some(&person.id), also)?;
    forget_lists(context, also)?;
    let left_with = ReferralCode::from_entropy(context.random());
    store.unname(person, &orders, &left_with)?;
    erased(context, person)
}

/// Erases a guest of whom nothing is stored anywhere but their own record, their traces and their proofs, which the caller drops.
pub(crate) fn forget_guest(context: &Context<'_>, guest: &Person) -> Result<(), Failure> {
    let left_with = ReferralCode::from_entropy(context.random());
    context.store.unname_record(guest, &left_with)?;
    erased(context, guest)
}

/// Tells of it: KV by the outbox, their open pages, and the log.
fn erased(context: &Context<'_>, person: &Person) -> Result<(), Failure> {
    context
        .store
        .send(Kind::Code, person.code.as_str(), "", context.now);
    context.nudge(&person.id)?;
    let entry = Entry {
        kind: "person.erased",
        person: Some(&person.id),
        other: None,
        order: None,
        data: object!({}),
    };
    context.store.log(&entry, context.now)?;
    Ok(())
}

/// Drops what platforms have delivered and nobody could record, where it tells of a person: it would bring them back.
fn forget_deliveries(context: &Context<'_>, person: &Person) -> Result<(), Failure> {
    let mut signs = Vec::new();
    if let Some(sealed) = &person.email_sealed {
        signs.extend(context.opened(&person.id, "email", sealed)?);
    }
    if let Some(id) = &person.identity.customer {
        signs.extend([format!("\"{id}\""), format!(":{id},"), format!(":{id}}}")]);
    }
    let signs: Vec<String> = signs.iter().map(|sign| sign.to_ascii_lowercase()).collect();
    for (id, sealed) in context.store.all_quarantined()? {
        let text = kept_body(context, &id, &sealed)?.unwrap_or_default();
        let text = text.to_ascii_lowercase();
        if signs.iter().any(|sign| part::has(&text, sign)) {
            context.store.drop_quarantined(&id)?;
        }
    }
    Ok(())
}

/// Takes a name off the lists that the merchant keeps: of customers of before nothing is left; what a block-list says holds, and
/// names nobody.
fn forget_lists(context: &Context<'_>, identity: &Identity) -> Result<(), Failure> {
    if let Some(id) = &identity.customer {
        let hash = of_id(&context.keyring()?.hash, id);
        context.store.hide_blocked(id.as_str(), &hash.0)?;
    }
    forget_former(context, identity)
}

/// Drops kept answers that tell of a person; whoever repeats such a request is answered by its business key. They are
/// encrypted, so that all of them are opened for it.
fn forget_answers(context: &Context<'_>, person: &Person) -> Result<(), Failure> {
    let mut signs = vec![person.id.0.clone(), person.code.as_str().to_owned()];
    if let Some(id) = &person.identity.customer {
        signs.push(format!("\"customer_id\":{}", write(id)));
    }
    if let Some(name) = context.name_of(person)? {
        // Claims name their inviter so.
        let inviter = write(first_name(&name));
        signs.push(format!("\"inviter\":{inviter}"));
    }
    let mut after = String::new();
    loop {
        let page = context.store.replies_after(&after)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for (key, sealed) in page {
            let text = opened_reply(context, &key, &sealed)?.unwrap_or_default();
            if signs.iter().any(|sign| part::has(&text, sign)) {
                context.store.drop_reply(&key)?;
            }
        }
    }
}
