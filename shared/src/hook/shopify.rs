//! Shopify's orders and refunds. Source: shopify.dev, REST admin resources `Order` and `Refund`, which its webhooks carry.
//!
//! Which of the two it is, the body says; the topic is a header that nobody signed. An order counts from when it is paid
//! for. Its amounts are those it was bought for (`total_price`), not what is left of them (`current_total_price`), because
//! refunds and cancellations are told by themselves.

use super::amount::{currency, decimal, sum, without};
use super::bought::{Bought, buyer, id, line, order_id, token_among, undo, words};
use super::moment::moment;
use super::{Platform, Unreadable};
use crate::cart::LINES_MAX;
use crate::json::Tree;
use crate::money::Currency;
use crate::order::{Report, UndoKind};
use crate::time::Millis;

/// Of an order that money was received for, whatever became of it since.
const PAID: [&str; 3] = ["paid", "partially_refunded", "refunded"];

pub(super) fn parse(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    if body.at("order_id").word().is_some() && body.at("transactions") != &Tree::Null {
        return refund(body, now);
    }
    let paid = body.at("financial_status").word();
    if !paid.is_some_and(|status| PAID.contains(&status)) {
        return Ok(Vec::new());
    }
    order(body, now)
}

fn order(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let currency = currency(body.at("currency"))?;
    let money = |name: &str| decimal(body.at(name), currency);
    let order = order_id(Platform::Shopify, body.at("id"))?;
    let subtotal = money("subtotal_price")?;
    // Where prices include taxes, so does what Shopify calls the subtotal.
    let taxes = if body.at("taxes_included").is_true() {
        line_taxes(body, currency)?
    } else {
        decimal(&Tree::Null, currency)?
    };
    let customer = body.at("customer");
    let email = match body.at("email") {
        Tree::Null => customer.at("email"),
        email => email,
    };
    let at = moment(&[body.at("processed_at"), body.at("created_at")], now);
    let mut reports = vec![
        Bought {
            id: order.clone(),
            at,
            buyer: buyer(
                customer.at("id"),
                email,
                &[customer.at("first_name"), customer.at("last_name")],
            ),
            subtotal: without(subtotal, taxes),
            discount: money("total_discounts")?,
            total: money("total_price")?,
            codes: words(body.at("discount_codes"), "code"),
            token: token_among(body.at("note_attributes"), "name"),
            subscription: None,
            lines: lines(body, currency)?,
        }
        .report(),
    ];
    if body.at("cancelled_at").word().is_some() {
        let cancelled_at = moment(&[body.at("cancelled_at")], now);
        reports.push(undo(&order, cancelled_at, UndoKind::Cancellation));
    }
    Ok(reports)
}

/// Taxes on what was bought, those on shipping left out.
fn line_taxes(body: &Tree, currency: Currency) -> Result<crate::money::Money, Unreadable> {
    let lines = body.at("line_items").elements().iter();
    let taxes = lines.flat_map(|line| line.at("tax_lines").elements());
    sum(
        taxes.map(|tax| decimal(tax.at("price"), currency)),
        currency,
    )
}

fn lines(body: &Tree, currency: Currency) -> Result<Vec<crate::cart::Line>, Unreadable> {
    let mut lines = Vec::new();
    for item in body.at("line_items").elements().iter().take(LINES_MAX) {
        let quantity = item.at("quantity");
        let times: i64 = quantity
            .word()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let price = decimal(item.at("price"), currency)?;
        let all = price.minor().checked_mul(times);
        let all = all.and_then(|all| crate::money::Money::new(all, currency).ok());
        lines.extend(all.and_then(|all| line(item.at("product_id"), quantity, all)));
    }
    Ok(lines)
}

/// Money that went back. A refund without any (goods restocked, say) is none.
fn refund(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let order = order_id(Platform::Shopify, body.at("order_id"))?;
    let transactions = body.at("transactions").elements().iter();
    let sent: Vec<&Tree> = transactions
        .filter(|one| one.at("kind").word() == Some("refund"))
        .filter(|one| one.at("status").word() == Some("success"))
        .collect();
    let Some(first) = sent.first() else {
        return Ok(Vec::new());
    };
    let currency = currency(first.at("currency"))?;
    let amounts = sent.iter().map(|one| decimal(one.at("amount"), currency));
    let kind = UndoKind::Refund {
        id: id(body.at("id"))?,
        amount: sum(amounts, currency)?,
    };
    let at = moment(&[body.at("processed_at"), body.at("created_at")], now);
    Ok(vec![undo(&order, at, kind)])
}
