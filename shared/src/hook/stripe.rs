//! Stripe's Checkout, Payment Links and Billing, with refunds and disputes. Source: docs.stripe.com, API objects `Checkout
//! Session`, `Invoice`, `Refund` and `Dispute`.
//!
//! Refunds and disputes name a payment and no session, so an order is called by its payment (`stripe:pi_...`), and an invoice
//! by its own id where it does not tell its payment. A subscription that begins in Checkout is told by its session, which has
//! the token; its first invoice is left out, unless the subscription's metadata says that there was no session.

use super::Unreadable;
use super::amount::Unit;
use super::form::{FORM, Form, Token, order};
use super::told::Told;
use crate::order::{DisputeState, Report, UndoKind};

/// What an order is called by: its payment, else its invoice, else itself.
const ID: &[&str] = &["payment_intent", "invoice", "id"];

/// What money was taken back from.
const PAYMENT: &[&str] = &["data.object.payment_intent", "data.object.charge"];

const SUBSCRIPTION: &[&str] = &["parent.subscription_details.subscription", "subscription"];

/// Where prices include taxes, so does Stripe's own subtotal: what was paid less what is none of it is right either way.
const SESSION: Form = Form {
    within: "data.object",
    id: ID,
    at: &["created"],
    customer: "customer",
    email: &["customer_details.email"],
    names: &["customer_details.name"],
    subtotal: &[
        "amount_total",
        "total_details.amount_shipping",
        "total_details.amount_tax",
    ],
    discount: "total_details.amount_discount",
    total: "amount_total",
    token: Token::At(&[
        "data.object.metadata.goodword",
        "data.object.client_reference_id",
    ]),
    subscription: SUBSCRIPTION,
    ..FORM
};

const INVOICE: Form = Form {
    at: &["data.object.status_transitions.paid_at", "created"],
    email: &["customer_email"],
    names: &["customer_name"],
    subtotal: &["total", "total_taxes[].amount"],
    discount: "total_discount_amounts[].amount",
    total: "total",
    token: Token::At(&[
        "data.object.parent.subscription_details.metadata.goodword",
        "data.object.subscription_details.metadata.goodword",
    ]),
    ..SESSION
};

/// As older versions of the API have it.
const OLDER_INVOICE: Form = Form {
    subtotal: &["total", "total_tax_amounts[].amount"],
    ..INVOICE
};

pub(super) fn parse(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let object = told.body.at("data.object");
    let bought = |form: &Form| told.reports(vec![order(told, form).0]);
    match told.body.at("type").word() {
        Some("checkout.session.completed" | "checkout.session.async_payment_succeeded") => {
            match object.at("payment_status").word() {
                Some("paid" | "no_payment_required") => bought(&SESSION),
                _ => Ok(Vec::new()),
            }
        }
        Some("invoice.paid") => {
            let is_first = object.at("billing_reason").word() == Some("subscription_create");
            let Token::At(paths) = INVOICE.token else {
                return Ok(Vec::new());
            };
            if is_first && Told::word(told.body, paths).is_none() {
                return Ok(Vec::new());
            }
            bought(match object.at("total_taxes") {
                crate::json::Tree::Null => &OLDER_INVOICE,
                _ => &INVOICE,
            })
        }
        Some("refund.created" | "refund.updated" | "charge.refund.updated") => refund(told),
        Some("charge.dispute.created" | "charge.dispute.closed") => {
            let state = match object.at("status").word() {
                Some("won" | "warning_closed") => DisputeState::Won,
                Some("lost") => DisputeState::Lost,
                _ => DisputeState::Opened,
            };
            let id = told.id(object, "id");
            let at = told.at(told.body, &["created"]);
            let kind = UndoKind::Dispute { id, state };
            told.reports(vec![Told::undo(&told.order_id(PAYMENT), at, kind)])
        }
        _ => Ok(Vec::new()),
    }
}

fn refund(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let refund = told.body.at("data.object");
    // One that waits may fail yet, and is told again.
    if refund.at("status").word() != Some("succeeded") {
        return Ok(Vec::new());
    }
    let currency = told.currency("data.object.currency");
    let kind = UndoKind::Refund {
        id: told.id(refund, "id"),
        amount: told.money(refund, "amount", Unit::Minor, currency),
    };
    let at = told.at(told.body, &["data.object.created", "created"]);
    told.reports(vec![Told::undo(&told.order_id(PAYMENT), at, kind)])
}
