//! WooCommerce's orders. Source: the REST API v3 resource `Order`, which its webhooks carry.
//!
//! There is no topic for refunds: an order lists those it had, and is sent again whenever it changes. So one body may say
//! several things, most of them once more.

use super::amount::{currency, decimal, sum};
use super::bought::{Bought, buyer, id, line, order_id, token_among, undo, words};
use super::moment::moment;
use super::{Platform, Unreadable};
use crate::cart::{LINES_MAX, Line};
use crate::json::Tree;
use crate::money::Currency;
use crate::order::{Report, UndoKind};
use crate::time::Millis;

/// Of an order that was paid for and will be, or was, delivered, whatever became of it since.
const PAID: [&str; 3] = ["processing", "completed", "refunded"];

pub(super) fn parse(body: &Tree, now: Millis) -> Result<Vec<Report>, Unreadable> {
    let status = body.at("status").word().unwrap_or_default();
    let paid_at = body.at("date_paid_gmt");
    let is_paid = PAID.contains(&status) || (status == "cancelled" && paid_at.word().is_some());
    if body.at("line_items") == &Tree::Null || !is_paid {
        return Ok(Vec::new());
    }
    let currency = currency(body.at("currency"))?;
    let order = order_id(Platform::WooCommerce, body.at("id"))?;
    let billing = body.at("billing");
    let items = body.at("line_items").elements().iter();
    let mut reports = vec![
        Bought {
            id: order.clone(),
            at: moment(&[paid_at, body.at("date_created_gmt")], now),
            buyer: buyer(
                body.at("customer_id"),
                billing.at("email"),
                &[billing.at("first_name"), billing.at("last_name")],
            ),
            subtotal: sum(
                items.map(|item| decimal(item.at("total"), currency)),
                currency,
            )?,
            discount: decimal(body.at("discount_total"), currency)?,
            total: decimal(body.at("total"), currency)?,
            codes: words(body.at("coupon_lines"), "code"),
            token: token_among(body.at("meta_data"), "key"),
            subscription: None,
            lines: lines(body, currency)?,
        }
        .report(),
    ];
    let changed_at = moment(&[body.at("date_modified_gmt")], now);
    for refund in body.at("refunds").elements() {
        let kind = UndoKind::Refund {
            id: id(refund.at("id"))?,
            amount: decimal(refund.at("total"), currency)?,
        };
        reports.push(undo(&order, changed_at, kind));
    }
    if status == "cancelled" {
        reports.push(undo(&order, changed_at, UndoKind::Cancellation));
    }
    Ok(reports)
}

fn lines(body: &Tree, currency: Currency) -> Result<Vec<Line>, Unreadable> {
    let mut lines = Vec::new();
    for item in body.at("line_items").elements().iter().take(LINES_MAX) {
        let subtotal = decimal(item.at("subtotal"), currency)?;
        lines.extend(line(item.at("product_id"), item.at("quantity"), subtotal));
    }
    Ok(lines)
}
