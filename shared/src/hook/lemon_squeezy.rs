//! Lemon Squeezy's orders, refunds and renewals. Source: docs.lemonsqueezy.com, webhooks and the objects `Order` and
//! `Subscription invoice`.
//!
//! The event's name stands in the signed body. The first invoice of a subscription is an order of its own, and is left out.

use super::Unreadable;
use super::amount::Unit;
use super::form::{FORM, Form, Token, order};
use super::told::{Told, without};
use crate::id::ExternalId;
use crate::json::Tree;
use crate::order::{Report, UndoKind};

const ORDER: Form = Form {
    within: "data",
    at: &["data.attributes.created_at"],
    currency: "attributes.currency",
    customer: "attributes.customer_id",
    email: &["attributes.user_email"],
    names: &["attributes.user_name"],
    subtotal: &["attributes.subtotal", "attributes.discount_total"],
    discount: "attributes.discount_total",
    total: "attributes.total",
    token: Token::At(&["meta.custom_data.goodword"]),
    ..FORM
};

const RENEWAL: Form = Form {
    subscription: &["attributes.subscription_id"],
    ..ORDER
};

pub(super) fn parse(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let about = told.body.at("data.attributes");
    let is_paid = matches!(
        about.at("status").word(),
        Some("paid" | "refunded" | "partial_refund")
    );
    match told.body.at("meta.event_name").word() {
        Some("order_created") if is_paid => told.reports(vec![order(told, &ORDER).0]),
        Some("order_refunded") => refund(told, &told.order_id(&["data"])),
        Some("subscription_payment_refunded") => refund(told, &invoice_id(told)),
        Some("subscription_payment_success")
            if about.at("billing_reason").word() == Some("renewal") =>
        {
            renewal(told)
        }
        _ => Ok(Vec::new()),
    }
}

/// Invoices are counted apart from orders.
fn invoice_id(told: &Told<'_>) -> ExternalId {
    let id = told.id(told.body, "data");
    let id = ExternalId::parse(&format!("{}:invoice-{id}", told.platform.name()));
    id.unwrap_or_else(|_| {
        told.wrong("an id that is none");
        ExternalId::stand_in()
    })
}

fn renewal(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let (mut report, _) = order(told, &RENEWAL);
    if let Report::Order(order) = &mut report {
        order.id = invoice_id(told);
        if order.subscription.is_none() {
            told.wrong("a renewal of no subscription");
        }
    }
    told.reports(vec![report])
}

/// What was sent back of an order, all refunds together: so the order is told to come to what is left, and the latest word
/// holds. Older stores tell no part of it, and mean the whole.
fn refund(told: &Told<'_>, order: &ExternalId) -> Result<Vec<Report>, Unreadable> {
    let about = told.body.at("data.attributes");
    let currency = told.currency("data.attributes.currency");
    let paid = told.money(about, "total", Unit::Minor, currency);
    let sent = match about.at("refunded_amount") {
        Tree::Null => paid,
        _ => told.money(about, "refunded_amount", Unit::Minor, currency),
    };
    let at = told.at(about, &["refunded_at", "updated_at"]);
    let id = ExternalId::parse(&format!("refunded-{}", sent.minor()));
    let kind = UndoKind::Edit {
        id: id.unwrap_or_else(|_| ExternalId::stand_in()),
        at,
        total: without(paid, sent),
    };
    told.reports(vec![Told::undo(order, at, kind)])
}
