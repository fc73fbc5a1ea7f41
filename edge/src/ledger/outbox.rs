//! How a delivery ends: it arrived, it is tried again later, or it is given up.
//!
//! Delivery is at least once. A delivery is carried out without any transaction open, and is settled in one as soon as it
//! has ended; until then it stays where it is, so that a crash costs an attempt and nothing else.

use goodword_shared::time::Millis;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::lanes::{PATIENCE_MS, next_attempt, next_probe};
use super::store::log::Entry;
use super::store::outbox::Delivery;

/// Longest note on why an attempt has failed, in characters.
const ERROR_LENGTH_MAX: usize = 200;

/// Settles a delivery: with the error of its attempt, if it has failed.
pub(crate) fn settle(
    context: &Context<'_>,
    delivery: &Delivery,
    outcome: Result<(), &str>,
) -> Result<(), Failure> {
    let Err(error) = outcome else {
        return Ok(context.store.delivered(delivery)?);
    };
    let error: String = error.chars().take(ERROR_LENGTH_MAX).collect();
    let (store, now) = (context.store, context.now);
    let [random] = context.random();
    let mut buried = match next_attempt(delivery.kind, delivery.attempts, now, random) {
        Some(next) => {
            store.postpone(delivery.id, next, &error)?;
            0
        }
        None => store.bury(delivery.id, &error, now)?,
    };
    let failures = store.lane_failed(&delivery.lane)?;
    if let Some(probe) = next_probe(failures, now, random) {
        store.probe_lane_at(&delivery.lane, probe)?;
        // What waits behind a closed lane is not tried by itself: its time runs out all the same.
        let before = Millis(now.0.saturating_sub(PATIENCE_MS));
        let waited = store.bury_old(&delivery.lane, before, &error, now)?;
        buried = buried.saturating_add(waited);
    }
    if buried > 0 {
        let entry = Entry {
            kind: "deliveries.given_up",
            person: None,
            other: None,
            order: None,
            data: json!({ "count": buried, "endpoint": delivery.lane }),
        };
        store.log(&entry, now)?;
    }
    Ok(())
}
