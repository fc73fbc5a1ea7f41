//! The same claim again, by a visitor whom the shop knows by now: they had taken the offer before they signed in.

use goodword_shared::customer_token::Customer;
use goodword_shared::decide::claim::claim as decide;
use goodword_shared::program::Program;

use super::bind::BINDINGS_MAX;
use super::claim::{bound, seen_by};
use super::people::Acquaintance;
use super::risk::was_here;
use crate::json::object;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::Touch;

/// Binds the customer by the claim, as if they had been named with it: unless an order has used it, somebody is bound by it,
/// because a click is one person's, or the offer is not for them. What they hold stays theirs either way.
pub(crate) fn bind_again(
    context: &Context<'_>,
    program: &Program,
    customer: &Customer,
    visitor: Acquaintance,
    (referrer, touch): (&Person, &Touch),
    browser: Option<&str>,
) -> Result<(), Failure> {
    let own = visitor.own.as_ref();
    let is_full = own.is_some_and(|own| own.bindings >= BINDINGS_MAX);
    if is_full || touch.order_id.is_some() || context.store.binds(&touch.click_id)? {
        return Ok(());
    }
    // Its discount was minted before: how many are live is not asked again.
    if decide(&seen_by(program, referrer, &visitor), context.now).is_err() {
        return Ok(());
    }
    let invitee = bound(context, customer, visitor, touch)?;
    was_here(context, &invitee.id, browser)?;
    let entry = Entry {
        kind: "claim.bound",
        person: Some(&referrer.id),
        other: Some(&invitee.id),
        order: None,
        data: object!({ "click": touch.click_id }),
    };
    context.store.log(&entry, context.now)?;
    Ok(())
}
