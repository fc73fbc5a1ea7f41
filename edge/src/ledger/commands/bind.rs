//! Binds a person to a referrer, by evidence that names them: it counts for their next order as if it had come with it.

use goodword_shared::attribution::Evidence;
use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::people::{Introduced, enrol, learn};
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::bindings::{Binding, ClickWay};
use crate::ledger::store::people::Person;

/// Bindings of one person: more than anybody is honestly referred by, little enough to be read for each of their orders.
pub(super) const BINDINGS_MAX: u32 = 50;

/// What binds a person.
pub(crate) struct Bond<'a> {
    pub(crate) evidence: Evidence,
    /// Click id of the claim, or the referral code.
    pub(crate) key: &'a str,
    pub(crate) referrer: &'a Pseudonym,
    pub(crate) at: Millis,
    /// Version of the terms, for good.
    pub(crate) version: u32,
    /// By what way the click had come, if there was one.
    pub(crate) way: Option<ClickWay>,
    /// What staff said of it.
    pub(crate) reason: Option<&'a str>,
}

/// Finds or enrols the person, and binds them unless they have more bindings than anybody needs. Whoever is known is told
/// from others before, by `own`.
pub(crate) fn bind(
    context: &Context<'_>,
    own: Option<Person>,
    new: &Introduced<'_>,
    bond: &Bond<'_>,
) -> Result<Person, Failure> {
    let mut person = match own {
        Some(person) => person,
        None => enrol(context, new, 0)?,
    };
    if learn(context, &mut person, new)? {
        context.store.update_person(&person, context.now)?;
    }
    if person.bindings >= BINDINGS_MAX {
        return Ok(person);
    }
    let reason_sealed = bond
        .reason
        .map(|reason| context.seal(&person.id, "reason", reason))
        .transpose()?;
    let binding = Binding {
        at: bond.at,
        evidence: bond.evidence,
        key: bond.key.to_owned(),
        referrer: bond.referrer.clone(),
        version: bond.version,
        way: bond.way.clone(),
        reason_sealed,
    };
    context.store.bind(&person.id, &binding)?;
    Ok(person)
}
