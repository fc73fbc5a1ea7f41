//! Shopify's orders and refunds. Source: shopify.dev, REST admin resources `Order` and `Refund`, which its webhooks carry.
//!
//! Which of the two it is, the body says; the topic is a header that nobody signed. An order counts from when it is paid
//! for. Its amounts are those it was bought for (`total_price`), not what is left of them (`current_total_price`), because
//! refunds and cancellations are told by themselves.

use super::Unreadable;
use super::amount::Unit;
use super::form::{FORM, Form, Lines, Token, order};
use super::told::Told;
use crate::json::Tree;
use crate::money::{Currency, Money};
use crate::order::{Report, UndoKind};

/// Of an order that money was received for, whatever became of it since.
const PAID: [&str; 3] = ["paid", "partially_refunded", "refunded"];

const ORDER: Form = Form {
    at: &["processed_at", "created_at"],
    changed: &["updated_at"],
    unit: Unit::Decimal,
    customer: "customer",
    email: &["email", "customer.email"],
    names: &["customer.first_name", "customer.last_name"],
    subtotal: &["subtotal_price"],
    discount: "total_discounts",
    total: "total_price",
    codes: "discount_codes[].code",
    token: Token::Among("note_attributes", "name"),
    lines: Some(Lines {
        list: "line_items",
        price: "price",
        is_of_each: true,
    }),
    ..FORM
};

/// Where prices include taxes, so does what Shopify calls the subtotal. Taxes on shipping are none of it.
const WITH_TAXES: Form = Form {
    subtotal: &["subtotal_price", "line_items[].tax_lines[].price"],
    ..ORDER
};

pub(super) fn parse(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let body = told.body;
    if body.at("order_id").word().is_some() && body.at("transactions") != &Tree::Null {
        return refund(told);
    }
    let paid = body.at("financial_status").word();
    if !paid.is_some_and(|status| PAID.contains(&status)) {
        return Ok(Vec::new());
    }
    let form = if body.at("taxes_included").is_true() {
        &WITH_TAXES
    } else {
        &ORDER
    };
    let (bought, id) = order(told, form);
    let mut reports = vec![bought];
    if body.at("cancelled_at").word().is_some() {
        let at = told.at(body, &["cancelled_at"]);
        reports.push(Told::undo(&id, at, UndoKind::Cancellation));
    }
    told.reports(reports)
}

/// Money that went back. A refund without any (goods restocked, say) is none.
fn refund(told: &Told<'_>) -> Result<Vec<Report>, Unreadable> {
    let transactions = told.body.at("transactions").elements().iter();
    let sent = transactions.filter(|one| {
        one.at("kind").word() == Some("refund") && one.at("status").word() == Some("success")
    });
    let mut amount: Option<Money> = None;
    for one in sent {
        let code = one.at("currency").word().unwrap_or_default();
        let Ok(currency) = Currency::parse(code) else {
            told.wrong("a currency that is none");
            break;
        };
        let more = told.money(one, "amount", Unit::Decimal, currency);
        let sum = amount.map_or(Ok(more), |sum| sum.plus(more));
        amount = sum
            .map_err(|_| told.wrong("amounts that do not add up"))
            .ok();
    }
    let Some(amount) = amount else {
        return told.reports(Vec::new());
    };
    let id = told.id(told.body, "id");
    let at = told.at(told.body, &["processed_at", "created_at"]);
    let kind = UndoKind::Refund { id, amount };
    told.reports(vec![Told::undo(&told.order_id(&["order_id"]), at, kind)])
}
