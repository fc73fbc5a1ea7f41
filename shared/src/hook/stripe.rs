//! Stripe's Checkout, Payment Links and Billing, with refunds and disputes. Source: docs.stripe.com, API objects `Checkout
//! Session`, `Invoice`, `Refund` and `Dispute`.
//!
//! Refunds and disputes name a payment and no session, so an order is called by its payment (`stripe:pi_...`), and an invoice
//! by its own id where it does not tell its payment. A subscription that begins in Checkout is told by its session, which has
//! the token; its first invoice is left out, unless the subscription's metadata says that there was no session.

use super::amount::{currency, minor, sum, without};
use super::bought::{Bought, buyer, id, order_id, token_in, undo};
use super::moment::moment;
use super::{Platform, TOKEN_NAME, Unreadable};
use crate::id::ExternalId;
use crate::json::Tree;
use crate::order::{DisputeState, Report, UndoKind};
use crate::time::Millis;

pub(super) fn parse(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let object = body.at("data.object");
    let at = |told: &Tree| moment(&[told, body.at("created")], now);
    match body.at("type").word() {
        Some("checkout.session.completed" | "checkout.session.async_payment_succeeded") => {
            session(object, at(&Tree::Null))
        }
        Some("invoice.paid") => invoice(object, at(object.at("status_transitions.paid_at"))),
        Some("refund.created" | "refund.updated" | "charge.refund.updated") => {
            refund(object, at(object.at("created")))
        }
        Some("charge.dispute.created" | "charge.dispute.closed") => {
            dispute(object, at(&Tree::Null))
        }
        _ => Ok(Vec::new()),
    }
}

fn session(session: &Tree, at: Millis) -> Result<Vec<Report>, Unreadable> {
    let is_paid = matches!(
        session.at("payment_status").word(),
        Some("paid" | "no_payment_required")
    );
    if !is_paid {
        return Ok(Vec::new());
    }
    let currency = currency(session.at("currency"))?;
    let money = |name: &str| minor(session.at(name), currency);
    let discount = money("total_details.amount_discount")?;
    let total = money("amount_total")?;
    let beside = [
        money("total_details.amount_shipping")?,
        money("total_details.amount_tax")?,
    ];
    // Where prices include taxes, so does Stripe's own subtotal: what was paid less what is none of it is right either way.
    let subtotal = beside.into_iter().fold(total, without);
    let customer = session.at("customer_details");
    let token = session.at("client_reference_id").word().map(str::to_owned);
    let bought = Bought {
        id: order_id(Platform::Stripe, payment_of(session))?,
        at,
        buyer: buyer(
            reference(session.at("customer")),
            customer.at("email"),
            &[customer.at("name")],
        ),
        subtotal,
        discount,
        total,
        codes: Vec::new(),
        token: token_in(session.at("metadata")).or(token),
        subscription: subscription(session)?,
        lines: Vec::new(),
    };
    Ok(vec![bought.report()])
}

fn invoice(invoice: &Tree, at: Millis) -> Result<Vec<Report>, Unreadable> {
    let metadata = match invoice.at("parent.subscription_details.metadata") {
        Tree::Null => invoice.at("subscription_details.metadata"),
        metadata => metadata,
    };
    let reason = invoice.at("billing_reason").word();
    let is_first = reason == Some("subscription_create");
    if is_first && metadata.at(TOKEN_NAME) == &Tree::Null {
        return Ok(Vec::new());
    }
    let currency = currency(invoice.at("currency"))?;
    let money = |name: &str| minor(invoice.at(name), currency);
    let amounts = |list: &str| {
        let elements = invoice.at(list).elements().iter();
        sum(
            elements.map(|one| minor(one.at("amount"), currency)),
            currency,
        )
    };
    let total = money("total")?;
    let taxes = match invoice.at("total_taxes") {
        Tree::Null => amounts("total_tax_amounts")?,
        _ => amounts("total_taxes")?,
    };
    let bought = Bought {
        id: order_id(Platform::Stripe, payment_of(invoice))?,
        at,
        buyer: buyer(
            reference(invoice.at("customer")),
            invoice.at("customer_email"),
            &[invoice.at("customer_name")],
        ),
        subtotal: without(total, taxes),
        discount: amounts("total_discount_amounts")?,
        total,
        codes: Vec::new(),
        token: token_in(metadata),
        subscription: subscription(invoice)?,
        lines: Vec::new(),
    };
    Ok(vec![bought.report()])
}

fn refund(refund: &Tree, at: Millis) -> Result<Vec<Report>, Unreadable> {
    if !matches!(refund.at("status").word(), Some("succeeded" | "pending")) {
        return Ok(Vec::new());
    }
    let order = order_id(Platform::Stripe, payment(refund))?;
    let amount = minor(refund.at("amount"), currency(refund.at("currency"))?)?;
    let id = id(refund.at("id"))?;
    Ok(vec![undo(&order, at, UndoKind::Refund { id, amount })])
}

fn dispute(dispute: &Tree, at: Millis) -> Result<Vec<Report>, Unreadable> {
    let state = match dispute.at("status").word() {
        Some("won" | "warning_closed") => DisputeState::Won,
        Some("lost") => DisputeState::Lost,
        _ => DisputeState::Opened,
    };
    let order = order_id(Platform::Stripe, payment(dispute))?;
    let id = id(dispute.at("id"))?;
    Ok(vec![undo(&order, at, UndoKind::Dispute { id, state })])
}

/// What an order is called by: its payment, else its invoice, else itself.
fn payment_of(object: &Tree) -> &Tree {
    let names = ["payment_intent", "invoice", "id"];
    let mut told = names.into_iter().map(|name| reference(object.at(name)));
    told.find(|tree| tree.word().is_some()).unwrap_or(object)
}

/// What money was taken back from.
fn payment(object: &Tree) -> &Tree {
    match reference(object.at("payment_intent")) {
        Tree::Null => reference(object.at("charge")),
        payment => payment,
    }
}

/// An object may be told by its id, or whole.
fn reference(tree: &Tree) -> &Tree {
    match tree {
        Tree::Object(_) => tree.at("id"),
        id => id,
    }
}

fn subscription(object: &Tree) -> Result<Option<ExternalId>, Unreadable> {
    let told = match object.at("parent.subscription_details.subscription") {
        Tree::Null => object.at("subscription"),
        told => told,
    };
    match reference(told) {
        Tree::Null => Ok(None),
        told => id(told).map(Some),
    }
}
