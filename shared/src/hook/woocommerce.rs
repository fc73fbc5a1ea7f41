//! WooCommerce's orders. Source: the REST API v3 resource `Order`, which its webhooks carry.
//!
//! There is no topic for refunds: an order lists those it had, and is sent again whenever it changes. So one body may say
//! several things, most of them once more.

use super::Unreadable;
use super::amount::Unit;
use super::form::{FORM, Form, Lines, Token, order};
use super::told::Told;
use crate::json::Tree;
use crate::order::{Report, UndoKind};

/// Of an order that was paid for and will be, or was, delivered, whatever became of it since.
const PAID: [&str; 3] = ["processing", "completed", "refunded"];

const ORDER: Form = Form {
    at: &["date_paid_gmt", "date_created_gmt"],
    changed: &["date_modified_gmt"],
    unit: Unit::Decimal,
    customer: "customer_id",
    email: &["billing.email"],
    names: &["billing.first_name", "billing.last_name"],
    subtotal: &["line_items[].total"],
    discount: "discount_total",
    codes: "coupon_lines[].code",
    token: Token::Among("meta_data", "key"),
    lines: Some(Lines {
        list: "line_items",
        price: "subtotal",
        is_of_each: false,
    }),
    ..FORM
};

pub(super) fn parse(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let body = told.body;
    let status = body.at("status").word().unwrap_or_default();
    let was_paid = body.at("date_paid_gmt").word().is_some();
    let is_paid = PAID.contains(&status) || (status == "cancelled" && was_paid);
    if body.at("line_items") == &Tree::Null || !is_paid {
        return Ok(Vec::new());
    }
    let (bought, id) = order(told, &ORDER);
    let mut reports = vec![bought];
    let changed_at = told.at(body, &["date_modified_gmt"]);
    let currency = told.currency("currency");
    for refund in body.at("refunds").elements() {
        let kind = UndoKind::Refund {
            id: told.id(refund, "id"),
            amount: told.money(refund, "total", Unit::Decimal, currency),
        };
        reports.push(Told::undo(&id, changed_at, kind));
    }
    if status == "cancelled" {
        reports.push(Told::undo(&id, changed_at, UndoKind::Cancellation));
    }
    told.reports(reports)
}
