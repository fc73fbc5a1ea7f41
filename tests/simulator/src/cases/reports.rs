//! What the shop reports in the cases.

use serde_json::{Value, json};

/// The order of every case.
pub fn order(token: Option<&str>, codes: &[&str]) -> Value {
    json!({
        "kind": "order", "order_id": "o1", "currency": "EUR", "subtotal": 3_000, "discount": 450, "total": 3_000,
        "customer": {"id": "c1", "email": "c1@mail.example", "name": "Ann"}, "token": token, "discount_codes": codes,
    })
}

/// What came with it when it was placed.
pub(super) fn placed(token: &str) -> Value {
    json!({ "kind": "order_placed", "order_id": "o1", "token": token, "discount_codes": ["SUMMER"] })
}

/// An order of the one subscription.
pub(super) fn subscribed(id: &str, token: Option<&str>) -> Value {
    let mut order = order(token, &[]);
    order["order_id"] = json!(id);
    order["subscription"] = json!("s1");
    order
}

/// The order comes to something else.
pub(super) fn edit(total: i64) -> Value {
    json!({"kind": "order_edit", "order_id": "o1", "edit_id": "e1", "at": 1, "total": total, "currency": "EUR"})
}

/// Money was sent back.
pub(super) fn refund(amount: i64) -> Value {
    json!({"kind": "refund", "order_id": "o1", "refund_id": "r1", "amount": amount, "currency": "EUR"})
}

/// The order was cancelled.
pub(super) fn cancellation() -> Value {
    json!({"kind": "cancellation", "order_id": "o1"})
}

/// The buyer's bank says something.
pub(super) fn dispute(state: &str) -> Value {
    json!({"kind": "dispute", "order_id": "o1", "dispute_id": "d1", "state": state})
}
