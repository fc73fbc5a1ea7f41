//! Customers of before the program began, and many who are enrolled at once.

use serde_json::{Value, json};

use super::{Case, keyed};
use crate::call::Act;

/// All of them.
pub const CASES: [Case; 4] = [
    ("customers of before are imported", 0, |_| {
        Ok(Act::Merchant(former("c1@mail.example\tc1\n\tc2\nc1+x@mail.example\t\n")).into())
    }),
    (
        "customers of before are imported, some of them again",
        0,
        |stage| {
            stage.first(Act::Merchant(former("c1@mail.example\tc1\n")))?;
            Ok(Act::Merchant(former("\tc1\n\tc2\n")).into())
        },
    ),
    ("order, of a customer of before", 0, |stage| {
        stage.first(Act::Merchant(former("c1@mail.example\t\n")))?;
        Ok(Act::Report(stage.referred()).into())
    }),
    (
        "many are enrolled, one of them again, with a key",
        0,
        |_| {
            Ok(keyed(Act::Merchant(json!({"EnrolMany": {"customers": [
                {"customer_id": "c1", "email": "c1@mail.example", "name": "Ann"}, {"customer_id": "c2"}, {"customer_id": "jane"},
            ]}}))))
        },
    ),
];

/// Customers of before the program began, as the Worker passes them on.
fn former(lines: &str) -> Value {
    json!({"ImportCustomers": {"lines": lines}})
}
