//! An order with its decision: why it is whose it is.

use goodword_shared::id::ExternalId;
use goodword_shared::rejection::Rejection;
use serde::Serialize;

use super::attribution_record::{Parts, Record};
use super::risk_view::RiskView;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::orders::StoredOrder;

/// An order with its attribution record, amounts in minor units.
#[derive(Serialize)]
struct Read<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    currency: &'a str,
    subtotal: i64,
    discount: i64,
    total: i64,
    /// How the referral was judged, where there was one to judge.
    risk: Option<RiskView>,
}

/// The record of a reported order, and what became of the report.
#[derive(Serialize)]
struct Reported<'a> {
    outcome: &'a str,
    #[serde(flatten)]
    record: Record<'a>,
}

/// 1. Only the merchant. 2. Answers with the order's amounts and its attribution record.
pub(crate) fn read_order(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let id = ExternalId::parse(id).map_err(|_| Rejection::NotFound)?;
    let order = context.store.order(&id)?.ok_or(Rejection::NotFound)?;
    let parts = Parts::read(context, &order)?;
    done(
        200,
        &Read {
            record: parts.record(context, &order)?,
            currency: &order.currency,
            subtotal: order.subtotal,
            discount: order.discount,
            total: order.total,
            risk: parts.risk(),
        },
    )
}

/// What a report of an order is answered.
pub(crate) fn order_answer(
    context: &Context<'_>,
    status: u16,
    outcome: &str,
    order: &StoredOrder,
    parts: &Parts,
) -> Result<Reply, Failure> {
    let record = parts.record(context, order)?;
    done(status, &Reported { outcome, record })
}
