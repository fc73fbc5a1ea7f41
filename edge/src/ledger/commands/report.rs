//! A signed report of the shop: verified on its raw bytes, then parsed, then recorded.

use goodword_shared::json;
use goodword_shared::order::{Order, Report, parse};
use goodword_shared::rejection::Rejection;
use goodword_shared::signature::{SignatureError, SignedHeaders, verify};

use super::place_order::place_order;
use super::record_order::record_order;
use super::record_undo::record_undo;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{Credential, Reply};

/// 1. The signature must be good (else signature_missing, signature_stale or signature_invalid). 2. The body must be as
///    documented (else invalid_body, invalid_amount or wrong_currency). 3. The order or its undoing is recorded; what
///    came with an order when it was placed counts, where its report does not say it.
pub(crate) fn report(context: &Context<'_>, body: &str) -> Result<Reply, Failure> {
    require_signature(context, body)?;
    match parse(body, context.now)? {
        Report::Order(order) => record_paid(context, *order),
        Report::Placed(placed) => place_order(context, &placed),
        Report::Undo(undo) => record_undo(context, &undo),
    }
}

/// Records a paid order with what came with it when it was placed, where it does not say that itself.
pub(super) fn record_paid(context: &Context<'_>, order: Order) -> Result<Reply, Failure> {
    let order = match context.store.take_placed(&order.id, context.now)? {
        Some(placed) => order.with(json::parse(&placed)?),
        None => order,
    };
    record_order(context, &context.program()?, &order)
}

/// Goes on only with a good signature of this very body.
pub(crate) fn require_signature(context: &Context<'_>, body: &str) -> Result<(), Failure> {
    let Credential::Signed {
        id,
        timestamp,
        signature,
    } = context.credential
    else {
        return Err(Rejection::SignatureMissing.into());
    };
    let headers = SignedHeaders {
        id,
        timestamp,
        signature,
    };
    let keyring = context.keyring()?;
    verify(&headers, body, &keyring.orders, context.now).map_err(unsigned)
}

/// Why a signature is refused.
pub(super) const fn unsigned(error: SignatureError) -> Failure {
    Failure::Rejected(match error {
        SignatureError::Missing => Rejection::SignatureMissing,
        SignatureError::Stale => Rejection::SignatureStale,
        SignatureError::Forged => Rejection::SignatureForged,
    })
}
