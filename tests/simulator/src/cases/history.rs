//! Customers of before the program began, many who are enrolled at once, what a review has found, and the end of a day.

use serde_json::{Value, json};

use super::{Action, Case, keyed};
use crate::call::Act;
use crate::model::DAY_MS;

/// All of them.
pub const CASES: [Case; 7] = [
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
    ("a review has found something, with a key", 0, |stage| {
        stage.step("review", &[], "reject")
    }),
    ("a day is over, and its head was signed", 0, |stage| {
        let world = &mut stage.world;
        world.clock += DAY_MS;
        // The first time makes the key.
        let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
        world.ledger.unsigned(world.clock, &entropy)?;
        Ok(Action::Append)
    }),
    ("a review has found nothing", 0, |stage| {
        stage.step("review", &[], "approve")
    }),
];

/// Customers of before the program began, as the Worker passes them on.
fn former(lines: &str) -> Value {
    json!({"ImportCustomers": {"lines": lines}})
}
