//! Everybody whom a name means, for those who ask for their data or to be erased.

use goodword_shared::attribution::Identity;
use goodword_shared::email::Email;
use goodword_shared::rejection::Rejection;

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::protocol::PersonName;
use crate::ledger::store::people::Person;

/// The identity under a name, and every record of it: the customer of an id with the guest of their address, or everybody of
/// an address as it is. With both, a customer of another id is somebody else.
pub(crate) fn everybody(
    context: &Context<'_>,
    name: &PersonName,
) -> Result<(Identity, Vec<Person>), Failure> {
    let email = match name.email.as_deref().map(Email::parse) {
        Some(Err(_)) => {
            let text = "customer.email: expected an e-mail address";
            return Err(Rejection::InvalidBody(text.into()).into());
        }
        Some(Ok(email)) => Some(email),
        None => None,
    };
    if name.id.is_none() && email.is_none() {
        let text = "customer: expected an id, an e-mail address, or both";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let identity = context.identity(name.id.clone(), email.as_ref())?;
    let mut found = context.store.people_named(&identity)?;
    if name.id.is_some() {
        found.retain(|person| {
            let id = &person.identity.customer;
            id.is_none() || *id == identity.customer
        });
    }
    let known = found
        .iter()
        .find_map(|person| person.identity.email.clone());
    if let Some(guest) = known
        .map(|email| context.store.guest_by_email(&email))
        .transpose()?
        .flatten()
        && !found.iter().any(|person| person.id == guest.id)
    {
        found.push(guest);
    }
    Ok((identity, found))
}
