//! Paddle Billing's transactions and adjustments. Source: developer.paddle.com, events `transaction.completed` and
//! `adjustment.created`, `adjustment.updated`.
//!
//! Amounts are texts of minor units. Of the buyer a transaction tells an id and no address.

use super::amount::{currency, minor, without};
use super::bought::{Bought, buyer, id, order_id, token_in, undo};
use super::moment::moment;
use super::{Platform, Unreadable};
use crate::id::ExternalId;
use crate::json::Tree;
use crate::order::{DisputeState, Report, UndoKind};
use crate::time::Millis;

pub(super) fn parse(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let data = body.at("data");
    match body.at("event_type").word() {
        Some("transaction.completed") => transaction(body, data, now),
        Some("adjustment.created" | "adjustment.updated") => adjustment(body, data, now),
        _ => Ok(Vec::new()),
    }
}

fn transaction(body: &Tree, data: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let currency = currency(data.at("currency_code"))?;
    let totals = data.at("details.totals");
    let money = |name: &str| minor(totals.at(name), currency);
    let discount = money("discount")?;
    let subscription = data.at("subscription_id").word().map(ExternalId::parse);
    let bought = Bought {
        id: order_id(Platform::Paddle, data.at("id"))?,
        at: moment(&[data.at("billed_at"), body.at("occurred_at")], now),
        buyer: buyer(data.at("customer_id"), &Tree::Null, &[]),
        subtotal: without(money("subtotal")?, discount),
        discount,
        total: money("total")?,
        codes: Vec::new(),
        token: token_in(data.at("custom_data")),
        subscription: subscription.and_then(Result::ok),
        lines: Vec::new(),
    };
    Ok(vec![bought.report()])
}

/// Money that goes back, or that the buyer's bank has taken. What waits for approval has not happened yet.
fn adjustment(body: &Tree, data: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    if data.at("status").word() != Some("approved") {
        return Ok(Vec::new());
    }
    let order = order_id(Platform::Paddle, data.at("transaction_id"))?;
    let id = id(data.at("id"))?;
    let kind = match data.at("action").word() {
        Some("refund") => UndoKind::Refund {
            id,
            amount: minor(data.at("totals.total"), currency(data.at("currency_code"))?)?,
        },
        // Each is an adjustment of its own, so the dispute is known by its transaction.
        Some("chargeback") => dispute(&order, DisputeState::Lost),
        Some("chargeback_reverse") => dispute(&order, DisputeState::Won),
        Some("chargeback_warning") => dispute(&order, DisputeState::Opened),
        _ => return Ok(Vec::new()),
    };
    let at = moment(&[data.at("updated_at"), body.at("occurred_at")], now);
    Ok(vec![undo(&order, at, kind)])
}

fn dispute(order: &ExternalId, state: DisputeState) -> UndoKind {
    UndoKind::Dispute {
        id: order.clone(),
        state,
    }
}
