//! A customer or guest asks for their code and link.

use std::rc::Rc;

use goodword_shared::email::Email;
use goodword_shared::keyed_hash::keyed_hash;
use goodword_shared::name::clean_name;
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;

use super::people::{Introduced, enrol, learn, own_record};
use super::proofs::guest_of;
use super::referrer_view::{bare_view, full_view};
use super::risk::was_here;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;

/// 1. The customer token must be good. 2. The program must run. 3. The customer is found or enrolled. 4. Answers with
///    code, link, message and progress: 201 when enrolled, 200 when found.
pub(crate) fn customer(
    context: &Context<'_>,
    token: &str,
    browser: Option<&str>,
) -> Result<Reply, Failure> {
    let (person, program, status) = find_or_enrol(context, token)?;
    was_here(context, &person.id, browser)?;
    done(status, &full_view(context, &program, &person)?)
}

/// The customer for whom the shop vouches, or a guest who has proved their address; the program, and 201 when they are new or
/// 200.
pub(crate) fn find_or_enrol(
    context: &Context<'_>,
    token: &str,
) -> Result<(Person, Rc<Program>, u16), Failure> {
    if let Some(guest) = guest_of(context, token)? {
        return Ok((guest, running_program(context)?, 200));
    }
    let customer = context.customer(token)?;
    let program = running_program(context)?;
    let identity = context.identity(Some(customer.id), customer.email.as_ref())?;
    let new = Introduced {
        identity,
        name: customer.name.as_deref(),
        email: customer.email.as_ref(),
        guest: false,
    };
    let matches = context.store.matches(&new.identity)?;
    let (person, status) = match own_record(&new.identity, &matches) {
        Some(mut person) => {
            if learn(context, &mut person, &new)? {
                context.store.update_person(&person, context.now)?;
            }
            (person, 200)
        }
        None => (publish(context, enrol(context, &new, 0)?), 201),
    };
    Ok((person, program, status))
}

/// 1. The customer token, or a guest's, must be good. 2. The program must run. 3. Answers with code, link, message and progress
///    of a customer who is known, or unknown_referrer. Nothing is written.
pub(crate) fn read(context: &Context<'_>, token: &str) -> Result<Reply, Failure> {
    if let Some(guest) = guest_of(context, token)? {
        let program = running_program(context)?;
        return done(200, &full_view(context, &program, &guest)?);
    }
    let customer = context.customer(token)?;
    let program = running_program(context)?;
    let identity = context.identity(Some(customer.id), customer.email.as_ref())?;
    let matches = context.store.matches(&identity)?;
    let person = own_record(&identity, &matches).ok_or(Rejection::UnknownReferrer)?;
    done(200, &full_view(context, &program, &person)?)
}

/// 1. The address must be one. 2. The program must run. 3. The guest is found among guests, or enrolled. The answer never
///    tells whether the address is a customer's, because customers are not looked at, nor whether it was known.
pub(crate) fn guest(
    context: &Context<'_>,
    email: &str,
    name: Option<&str>,
) -> Result<Reply, Failure> {
    let email = Email::parse(email)
        .map_err(|_| Rejection::InvalidBody("email: expected an e-mail address".into()))?;
    let program = running_program(context)?;
    let name = name.and_then(clean_name);
    let identity = context.identity(None, Some(&email))?;
    let known = match &identity.email {
        Some(hashes) => context.store.guest_by_email(hashes)?,
        None => None,
    };
    let new = Introduced {
        identity,
        name: name.as_deref(),
        email: Some(&email),
        guest: true,
    };
    let person = match known {
        Some(person) => person,
        None => publish(context, enrol(context, &new, 0)?),
    };
    let mut view = bare_view(context, &program, &person);
    // A pseudonym says when it was made: here that would tell whether the address was known.
    view.referrer.id = keyed_hash(&context.keyring()?.hash, "guest", &person.id.0).0;
    done(200, &view)
}

/// A code that is about to be shared goes to KV, where the first click finds it.
pub(super) fn publish(context: &Context<'_>, person: Person) -> Person {
    context
        .store
        .send(Kind::Code, person.code.as_str(), "", context.now);
    person
}

/// The program, unless the merchant has stopped it.
pub(crate) fn running_program(context: &Context<'_>) -> Result<Rc<Program>, Failure> {
    let program = context.program()?;
    if program.settings.active {
        Ok(program)
    } else {
        Err(Rejection::ProgramEnded.into())
    }
}
