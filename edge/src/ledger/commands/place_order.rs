//! An order was placed that is not paid for yet: what came with the buyer's browser is kept for when it is.

use goodword_shared::order::Placed;
use goodword_shared::rejection::Rejection;

use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;

/// 1. What comes after the order was recorded changes nothing, and is logged. 2. The same again is `exists`, other contents
///    are refused. 3. It is kept until the order is reported as paid, thirty days at most.
pub(crate) fn place_order(context: &Context<'_>, placed: &Placed) -> Result<Reply, Failure> {
    let order = &placed.id;
    let answer =
        |status, outcome: &str| done(status, &object!({ "order_id": order, "outcome": outcome }));
    let (stored, _) = context.store.order_and_undos(order)?;
    if let Some(stored) = stored {
        let entry = Entry {
            kind: "order.placed_late",
            person: stored.person.as_ref(),
            other: None,
            order: Some(order),
            data: object!({ "effect": "none: the order was recorded before" }),
        };
        context.store.log(&entry, context.now)?;
        return answer(200, "exists");
    }
    let data = object!({
        "checkout_at": placed.checkout_at, "discount_codes": placed.discount_codes, "id": order,
        "referral_code": placed.referral_code, "token": placed.token,
    });
    match context.store.place(order, &data.0, context.now)? {
        None => answer(201, "created"),
        Some(known) if known == data.0 => answer(200, "exists"),
        Some(_) => Err(Rejection::ExistsWithDifferentFact.into()),
    }
}
