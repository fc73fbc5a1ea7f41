//! What the shop reports: orders and what takes them back.

use serde_json::{Value, json};

use super::answer::Answer;
use super::person::Person;
use super::program::Program;
use super::report::Report;

/// An order in the making: 20.00 less 15 %, unless it is given other amounts.
#[derive(Debug, Clone)]
#[must_use = "an order does nothing until it is reported"]
pub struct Order<'a> {
    program: &'a Program,
    body: Value,
    route: &'static str,
}

impl Program {
    /// An order of this buyer, without any evidence.
    pub fn order(&self, id: &str, buyer: &Person) -> Order<'_> {
        let body = json!({
            "kind": "order", "order_id": id, "customer": buyer.json(), "currency": "EUR",
            "subtotal": 1700, "discount": 300, "total": 1700,
        });
        Order {
            program: self,
            body,
            route: "/orders",
        }
    }

    /// Something that happened to a customer and is no order.
    pub fn event(&self, id: &str, kind: &str, customer: &Person) -> Order<'_> {
        Order {
            program: self,
            body: json!({ "kind": kind, "event_id": id, "customer": customer.json() }),
            route: "/events",
        }
    }

    /// A refund of part of an order, or of all of it.
    pub fn refund(&self, order: &str, refund: &str, amount: i64) -> Report<'_> {
        self.report(&json!({
            "kind": "refund", "order_id": order, "refund_id": refund, "amount": amount, "currency": "EUR",
        }))
    }

    /// An edit of an order at a time, after which it comes to this much.
    pub fn edit(&self, order: &str, edit: &str, at: i64, total: i64) -> Report<'_> {
        self.report(&json!({
            "kind": "order_edit", "order_id": order, "edit_id": edit, "at": at, "total": total, "currency": "EUR",
        }))
    }

    /// The cancellation of an order.
    pub fn cancellation(&self, order: &str) -> Report<'_> {
        self.report(&json!({ "kind": "cancellation", "order_id": order }))
    }

    /// A dispute over an order, `opened`, `won` or `lost` by the merchant.
    pub fn dispute(&self, order: &str, dispute: &str, state: &str) -> Report<'_> {
        self.report(&json!({
            "kind": "dispute", "order_id": order, "dispute_id": dispute, "state": state,
        }))
    }
}

impl<'a> Order<'a> {
    /// Sets a field.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body[field] = value.into();
        self
    }

    /// Costs this much, without any discount.
    pub fn costs(self, amount: i64) -> Self {
        self.set("subtotal", amount)
            .set("discount", 0)
            .set("total", amount)
    }

    /// Carries these discount codes.
    pub fn with_discounts(self, codes: &[&str]) -> Self {
        self.set("discount_codes", json!(codes))
    }

    /// Carries a typed referral code.
    pub fn with_code(self, code: &str) -> Self {
        self.set("referral_code", code)
    }

    /// Carries a click's token.
    pub fn with_token(self, token: &str) -> Self {
        self.set("token", token)
    }

    /// The report's body.
    pub fn json(&self) -> &Value {
        &self.body
    }

    /// The signed report.
    pub fn report(&self) -> Report<'a> {
        self.program.report(&self.body).to(self.route)
    }

    /// Reports it.
    pub async fn send(&self) -> Answer {
        self.report().send().await
    }

    /// Reports it for the first time, and returns the decision.
    pub async fn accepted(&self) -> Value {
        self.send().await.expect(201)
    }
}
