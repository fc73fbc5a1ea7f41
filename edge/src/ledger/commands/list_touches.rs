//! Evidence that names a customer: their claims and registrations, and referrals that staff has entered.
//!
//! What came with an order, without naming the buyer before, stands in the order's own record.

use super::credit::customer_of;
use crate::json::object;
use crate::ledger::context::{Context, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::bindings::{Binding, name};
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::Claim;

/// Pieces of evidence in one answer.
const PAGE: usize = 100;

/// 1. Only the merchant. 2. The customer must be known. 3. Answers with at most 100 pieces of evidence after so many, oldest
///    first. A person has few, so that all are read.
pub(crate) fn list_touches(
    context: &Context<'_>,
    customer: &str,
    after: i64,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let person = customer_of(context, customer)?;
    let mut shown = Vec::new();
    let numbered = (1_i64..).zip(context.store.bindings(&person.id)?);
    for (number, binding) in numbered.filter(|(number, _)| *number > after).take(PAGE) {
        shown.push((number.to_string(), view(context, &person, &binding)?));
    }
    Ok(page("touches", &shown))
}

/// A piece of evidence, with the click of a claim.
fn view(context: &Context<'_>, person: &Person, binding: &Binding) -> Result<String, Failure> {
    let click = context.store.touch_by_click(&binding.key)?;
    let click = click.as_ref();
    let claim = click.and_then(|click| click.claim.as_ref());
    let view = object!({
        "at": binding.at, "channel": click.map(|click| &click.channel),
        "discount_code": claim.and_then(Claim::code), "evidence": name(binding.evidence), "key": binding.key,
        "order_id": click.and_then(|click| click.order_id.as_ref()),
        "placement": click.and_then(|click| click.placement.as_ref()), "reason": context.reason_of(person, binding)?,
        "referrer": binding.referrer, "version": binding.version,
    });
    Ok(view.0)
}
