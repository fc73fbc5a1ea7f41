//! Paddle Billing's transactions and adjustments. Source: developer.paddle.com, events `transaction.completed` and
//! `adjustment.created`, `adjustment.updated`.
//!
//! Amounts are texts of minor units. Of the buyer a transaction tells an id and no address.

use super::Unreadable;
use super::amount::Unit;
use super::form::{FORM, Form, Token, order};
use super::told::Told;
use crate::id::ExternalId;
use crate::order::{DisputeState, Report, UndoKind};

const TRANSACTION: Form = Form {
    within: "data",
    at: &["data.billed_at", "occurred_at"],
    currency: "currency_code",
    customer: "customer_id",
    subtotal: &["details.totals.subtotal", "details.totals.discount"],
    discount: "details.totals.discount",
    total: "details.totals.total",
    token: Token::At(&["data.custom_data.goodword"]),
    subscription: &["subscription_id"],
    ..FORM
};

pub(super) fn parse(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    match told.body.at("event_type").word() {
        Some("transaction.completed") => told.reports(vec![order(told, &TRANSACTION).0]),
        Some("adjustment.created" | "adjustment.updated") => adjustment(told),
        _ => Ok(Vec::new()),
    }
}

/// Money that goes back, or that the buyer's bank has taken. What waits for approval has not happened yet.
fn adjustment(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let data = told.body.at("data");
    if data.at("status").word() != Some("approved") {
        return Ok(Vec::new());
    }
    let order = told.order_id(&["data.transaction_id"]);
    let kind = match data.at("action").word() {
        Some("refund") => UndoKind::Refund {
            id: told.id(data, "id"),
            amount: told.money(
                data,
                "totals.total",
                Unit::Minor,
                told.currency("data.currency_code"),
            ),
        },
        // Each is an adjustment of its own, so the dispute is known by its transaction.
        Some("chargeback") => dispute(&order, DisputeState::Lost),
        Some("chargeback_reverse") => dispute(&order, DisputeState::Won),
        Some("chargeback_warning") => dispute(&order, DisputeState::Opened),
        _ => return Ok(Vec::new()),
    };
    let at = told.at(told.body, &["data.updated_at", "occurred_at"]);
    told.reports(vec![Told::undo(&order, at, kind)])
}

fn dispute(order: &ExternalId, state: DisputeState) -> UndoKind {
    UndoKind::Dispute {
        id: order.clone(),
        state,
    }
}
