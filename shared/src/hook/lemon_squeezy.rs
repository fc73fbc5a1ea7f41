//! Lemon Squeezy's orders, refunds and renewals. Source: docs.lemonsqueezy.com, webhooks and the objects `Order` and
//! `Subscription invoice`.
//!
//! The event's name stands in the signed body. The first invoice of a subscription is an order of its own, and is left out.

use super::amount::{currency, minor, without};
use super::bought::{Bought, buyer, id, order_id, token_in, undo};
use super::moment::moment;
use super::{Platform, Unreadable};
use crate::id::ExternalId;
use crate::json::Tree;
use crate::order::{Report, UndoKind};
use crate::time::Millis;

pub(super) fn parse(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let data = body.at("data");
    let about = data.at("attributes");
    let is_paid = matches!(
        about.at("status").word(),
        Some("paid" | "refunded" | "partial_refund")
    );
    match body.at("meta.event_name").word() {
        Some("order_created") if is_paid => {
            let order = order_id(Platform::LemonSqueezy, data.at("id"))?;
            Ok(vec![bought(body, order, None, now)?])
        }
        Some("order_refunded") => refund(data, now),
        Some("subscription_payment_success")
            if about.at("billing_reason").word() == Some("renewal") =>
        {
            let order = invoice_id(data)?;
            let subscription = id(about.at("subscription_id"))?;
            Ok(vec![bought(body, order, Some(subscription), now)?])
        }
        _ => Ok(Vec::new()),
    }
}

/// Invoices are counted apart from orders.
fn invoice_id(data: &Tree) -> Result<ExternalId, Unreadable> {
    let id = format!("invoice-{}", id(data.at("id"))?);
    order_id(Platform::LemonSqueezy, &Tree::Text(id))
}

fn bought(
    body: &Tree,
    order: ExternalId,
    subscription: Option<ExternalId>,
    now: Millis,
) -> Result<Report, Unreadable> {
    let about = body.at("data.attributes");
    let currency = currency(about.at("currency"))?;
    let money = |name: &str| minor(about.at(name), currency);
    let discount = money("discount_total")?;
    let bought = Bought {
        id: order,
        at: moment(&[about.at("created_at")], now),
        buyer: buyer(
            about.at("customer_id"),
            about.at("user_email"),
            &[about.at("user_name")],
        ),
        subtotal: without(money("subtotal")?, discount),
        discount,
        total: money("total")?,
        codes: Vec::new(),
        token: token_in(body.at("meta.custom_data")),
        subscription,
        lines: Vec::new(),
    };
    Ok(bought.report())
}

/// What was sent back of an order, all refunds together: so the order is told to come to what is left, and the latest word
/// holds. Older stores tell no part of it, and mean the whole.
fn refund(data: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let about = data.at("attributes");
    let order = order_id(Platform::LemonSqueezy, data.at("id"))?;
    let currency = currency(about.at("currency"))?;
    let paid = minor(about.at("total"), currency)?;
    let sent = match about.at("refunded_amount") {
        Tree::Null => paid,
        amount => minor(amount, currency)?,
    };
    let at = moment(&[about.at("refunded_at"), about.at("updated_at")], now);
    let id = ExternalId::parse(&format!("refunded-{}", sent.minor()));
    let id = id.map_err(|_| Unreadable("no id of the refund".into()))?;
    let total = without(paid, sent);
    Ok(vec![undo(&order, at, UndoKind::Edit { id, at, total })])
}
