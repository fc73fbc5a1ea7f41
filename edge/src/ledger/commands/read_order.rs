//! An order with its decision: why it is whose it is.

use goodword_shared::id::ExternalId;
use goodword_shared::rejection::Rejection;
use serde_json::{Value as Json, json};

use super::attribution_record::record;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::orders::StoredOrder;

/// 1. Only the merchant. 2. Answers with the order's amounts and its attribution record.
pub(crate) fn read_order(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let id = ExternalId::parse(id).map_err(|_| Rejection::NotFound)?;
    let order = context.store.order(&id)?.ok_or(Rejection::NotFound)?;
    let mut answer = record(context, &order)?;
    if let Json::Object(fields) = &mut answer {
        fields.insert("currency".into(), json!(order.currency));
        fields.insert("subtotal".into(), json!(order.subtotal));
        fields.insert("discount".into(), json!(order.discount));
        fields.insert("total".into(), json!(order.total));
    }
    done(200, &answer)
}

/// What a report of an order is answered.
pub(crate) fn order_answer(
    context: &Context<'_>,
    status: u16,
    outcome: &str,
    order: &StoredOrder,
) -> Result<Reply, Failure> {
    let mut answer = record(context, order)?;
    if let Json::Object(fields) = &mut answer {
        fields.insert("outcome".into(), json!(outcome));
    }
    done(status, &answer)
}
