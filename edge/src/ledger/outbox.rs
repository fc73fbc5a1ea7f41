//! How a delivery ends: it arrived, it is tried again later, or it is given up.
//!
//! Delivery is at least once. A delivery is carried out without any transaction open, and is settled in one as soon as it
//! has ended; until then it stays where it is, so that a crash costs an attempt and nothing else.

use goodword_shared::time::Millis;

use super::context::Context;
use super::failure::Failure;
use super::lanes::{PATIENCE_MS, is_old, next_attempt, next_probe};
use super::store::log::Entry;
use super::store::outbox::{Delivery, Kind};
use crate::json::object;

/// Longest note on why an attempt has failed, in characters.
const ERROR_LENGTH_MAX: usize = 200;

/// For how long a delivery is set aside that could not be put together.
const SET_ASIDE_MS: i64 = 300_000;

/// When a record is written once more that did not arrive at its first attempt. An attempt that was given up may be carried
/// out all the same, and after a later one: then an old record would stand in KV for good.
const ONCE_MORE_MS: i64 = 60_000;

/// Settles a delivery: with the error of its attempt, if it has failed.
pub(crate) fn settle(
    context: &Context<'_>,
    delivery: &Delivery,
    outcome: Result<(), &str>,
) -> Result<(), Failure> {
    let Err(error) = outcome else {
        context.store.delivered(delivery)?;
        if delivery.attempts > 0 && delivery.kind.is_read_later() {
            let again = context.now.plus_ms(ONCE_MORE_MS);
            context
                .store
                .send_at(delivery.kind, &delivery.target, "", context.now, again);
        }
        return Ok(());
    };
    let error: String = error.chars().take(ERROR_LENGTH_MAX).collect();
    let (store, now) = (context.store, context.now);
    let [random] = context.random();
    let mut buried = match next_attempt(delivery, now, random) {
        Some(next) => {
            store.postpone(delivery, 1, next, &error)?;
            0
        }
        None => store.bury(delivery, 1, &error, now)?,
    };
    let failures = store.lane_failed(&delivery.lane)?;
    if let Some(probe) = next_probe(delivery.kind, failures, now, random) {
        store.probe_lane_at(&delivery.lane, probe)?;
        // What waits behind a closed lane is not tried by itself: its time runs out all the same.
        if delivery.kind != Kind::Program {
            let before = now.plus_ms(PATIENCE_MS.saturating_neg());
            let waited = store.bury_old(&delivery.lane, before, &error, now)?;
            buried = buried.saturating_add(waited);
        }
    }
    log_buried(context, delivery, buried, now)
}

/// Sets a delivery aside that could not be put together. That is no failure of its endpoint: neither is its lane closed for
/// it, nor is it an attempt.
pub(crate) fn set_aside(context: &Context<'_>, delivery: &Delivery) -> Result<(), Failure> {
    let (store, now) = (context.store, context.now);
    let error = "it could not be put together";
    let buried = if is_old(delivery, now) {
        store.bury(delivery, 0, error, now)?
    } else {
        store.postpone(delivery, 0, now.plus_ms(SET_ASIDE_MS), error)?;
        0
    };
    log_buried(context, delivery, buried, now)
}

fn log_buried(
    context: &Context<'_>,
    delivery: &Delivery,
    buried: u32,
    now: Millis,
) -> Result<(), Failure> {
    if buried > 0 {
        let entry = Entry::new(
            "deliveries.given_up",
            object!({ "count": buried, "endpoint": delivery.lane }),
        );
        context.store.log(&entry, now)?;
    }
    Ok(())
}
