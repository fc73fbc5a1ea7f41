//! Every way in which a delivery ends, with the outbox prepared for it.

use serde_json::json;

use super::{Action, Case, Stage, order};
use crate::call::Act;
use crate::model::DAY_MS;
use crate::violation::Check;

/// Failures that close a lane.
const CLOSE: usize = 5;

/// Attempts before the last one.
const BEFORE_THE_LAST: usize = 9;

/// All of them.
pub const CASES: [Case; 5] = [
    ("an event arrives", 14, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        Ok(Action::Settle(Ok(())))
    }),
    ("an event arrives on a lane that was closed", 14, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.fail_event(CLOSE)?;
        Ok(Action::Settle(Ok(())))
    }),
    ("an event does not arrive", 14, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        Ok(Action::Settle(Err("no answer")))
    }),
    (
        "an event does not arrive, and its lane is closed",
        14,
        |stage| {
            stage.first(Act::Report(stage.referred()))?;
            stage.fail_event(CLOSE - 1)?;
            Ok(Action::Settle(Err("no answer")))
        },
    ),
    ("events are given up, tried and not tried", 3_000, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.fail_event(BEFORE_THE_LAST)?;
        let mut second = order(None, &[]);
        second["order_id"] = json!("o2");
        second["customer"] = json!({ "id": "c2" });
        second["referral_code"] = json!(stage.click.code);
        stage.first(Act::Report(second))?;
        stage.world.clock += 4 * DAY_MS;
        Ok(Action::Settle(Err("no answer")))
    }),
];

impl Stage {
    /// Fails the event that was tried most often so many times, until it is due again.
    fn fail_event(&mut self, times: usize) -> Check {
        for _ in 0..times {
            let now = self.world.clock;
            let entropy = |bytes: &mut [u8]| self.world.entropy.fill(bytes);
            let ledger = &self.world.ledger;
            let due = ledger.due(now, &entropy)?;
            let event = due.iter().rfind(|delivery| delivery.kind == "webhook");
            let event = event.ok_or("no event is due".to_owned())?;
            ledger.settle(event, Err("no answer"), now, None, &entropy)?;
            self.world.clock += 2 * DAY_MS;
        }
        Ok(())
    }
}
