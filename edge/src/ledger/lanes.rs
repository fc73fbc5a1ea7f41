//! Lanes of the outbox: one for each endpoint, so that one that is slow or gone delays nobody else.
//!
//! A lane takes two deliveries at once; one that has just failed takes one, and one that keeps failing is closed and gets
//! one probe at a time, by the schedule that Standard Webhooks recommends. The first success opens it again. What is
//! decided here is pure: how a lane stands is kept in its row (`store::lanes`), and in [`Underway`].

use std::cell::RefCell;

use goodword_shared::time::Millis;

use super::store::outbox::{Delivery, Kind};

/// Waits between attempts, in seconds: the schedule that Standard Webhooks recommends.
const SCHEDULE_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// All of the schedule with all that may be added to it: a delivery that has waited for so long behind a closed lane is
/// given up like one that was tried all the time.
pub(crate) const PATIENCE_MS: i64 = 299_315_500;

/// Longest wait for what is not the merchant's: the KV store and the open pages. They come back for everybody at once,
/// and the record that carries the kill switch must not be hours behind them.
const OURS_SECONDS_MAX: i64 = 60;

/// Failures one after the other that close a lane.
const CLOSED_AFTER: u32 = 5;

/// Deliveries under way at once: a Worker has six outgoing connections.
const PARALLEL_MAX: usize = 6;

/// Events of the merchant among them, so that records and nudges always find a connection.
const WEBHOOKS_MAX: usize = 4;

/// Deliveries under way on a lane.
const LANE_MAX: usize = 2;

/// Attempts at a nudge: a page that has missed it asks by itself when it connects again.
const NUDGES_MAX: u32 = 2;

/// When to try a delivery again that has failed; `None` when it is given up. The program's record is tried every minute, for as
/// long as it takes: no later one may ever come.
pub(crate) fn next_attempt(delivery: &Delivery, now: Millis, random: u8) -> Option<Millis> {
    let seconds = match delivery.kind {
        _ if is_old(delivery, now) => None,
        Kind::Program => Some(scheduled(delivery.attempts)?.min(OURS_SECONDS_MAX)),
        Kind::Pulse if delivery.attempts.saturating_add(1) >= NUDGES_MAX => None,
        Kind::Code | Kind::Attribution | Kind::Webhook | Kind::Pulse => {
            let step = usize::try_from(delivery.attempts).ok()?;
            SCHEDULE_SECONDS.get(step).copied()
        }
    };
    Some(after(seconds?, now, random))
}

/// Whether a delivery has waited for as long as any may. The program's record may for ever: it is what every page asks for
/// first, and holds the kill switch.
pub(crate) fn is_old(delivery: &Delivery, now: Millis) -> bool {
    delivery.kind != Kind::Program
        && delivery.created_at <= now.plus_ms(PATIENCE_MS.saturating_neg())
}

/// When the lane of a delivery is tried next that has failed so often, one time after the other; `None` while it is open.
pub(crate) fn next_probe(kind: Kind, failures: u32, now: Millis, random: u8) -> Option<Millis> {
    let seconds = scheduled(failures.checked_sub(CLOSED_AFTER)?)?;
    let seconds = match kind {
        Kind::Webhook => seconds,
        Kind::Program | Kind::Code | Kind::Attribution | Kind::Pulse => {
            seconds.min(OURS_SECONDS_MAX)
        }
    };
    Some(after(seconds, now, random))
}

/// The wait of this step of the schedule, whose last one is repeated.
fn scheduled(step: u32) -> Option<i64> {
    let step = usize::try_from(step).ok()?;
    SCHEDULE_SECONDS
        .get(step)
        .or(SCHEDULE_SECONDS.last())
        .copied()
}

/// Up to a tenth is added to a wait, so that a crowd does not come at once.
fn after(seconds: i64, now: Millis, random: u8) -> Millis {
    let wait_ms = seconds.saturating_mul(1_000);
    let jitter = wait_ms.saturating_mul(i64::from(random)).div_euclid(2_560);
    now.plus_ms(wait_ms.saturating_add(jitter))
}

/// Deliveries under way in this object, whoever has started them: a few at most.
#[derive(Default)]
pub(crate) struct Underway(RefCell<Vec<Busy>>);

/// What a delivery under way keeps busy.
struct Busy {
    id: i64,
    kind: Kind,
    lane: String,
    target: String,
}

impl Underway {
    /// Whether nothing is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Whoever had taken something on is gone.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Takes a delivery on; false when it is under way already, when there is no room for it, or when it would overtake
    /// another one that writes the same record: the older contents must not be the last to arrive.
    pub(crate) fn take_on(&self, delivery: &Delivery) -> bool {
        let mut underway = self.0.borrow_mut();
        let overtakes = delivery.kind != Kind::Webhook
            && underway
                .iter()
                .any(|busy| busy.kind == delivery.kind && busy.target == delivery.target);
        if overtakes
            || underway.iter().any(|busy| busy.id == delivery.id)
            || !has_room(&underway, delivery)
        {
            return false;
        }
        underway.push(Busy {
            id: delivery.id,
            kind: delivery.kind,
            lane: delivery.lane.clone(),
            target: delivery.target.clone(),
        });
        true
    }

    /// A delivery is over.
    pub(crate) fn ended(&self, id: i64) {
        self.0.borrow_mut().retain(|busy| busy.id != id);
    }
}

fn has_room(underway: &[Busy], delivery: &Delivery) -> bool {
    let count = |is: &dyn Fn(&Busy) -> bool| underway.iter().filter(|busy| is(busy)).count();
    let lane_max = if delivery.lane_failures == 0 {
        LANE_MAX
    } else {
        1
    };
    underway.len() < PARALLEL_MAX
        && count(&|busy| busy.lane == delivery.lane) < lane_max
        && (delivery.kind != Kind::Webhook
            || count(&|busy| busy.kind == Kind::Webhook) < WEBHOOKS_MAX)
}

#[cfg(test)]
mod tests {
    use goodword_shared::time::Millis;

    use super::{CLOSED_AFTER, PATIENCE_MS, SCHEDULE_SECONDS, Underway, next_attempt, next_probe};
    use crate::ledger::store::outbox::{Delivery, Kind};

    fn delivery(id: i64, kind: Kind, target: &str) -> Delivery {
        Delivery {
            id,
            kind,
            lane: kind.lane(target),
            lane_failures: 0,
            target: target.into(),
            payload: String::new(),
            attempts: 0,
            next_at: Millis(0),
            created_at: Millis(0),
        }
    }

    #[test]
    fn an_endpoint_that_hangs_leaves_room_for_another_and_for_records() {
        let underway = Underway::default();
        assert!(underway.is_empty());
        let takes = |id, kind, target| underway.take_on(&delivery(id, kind, target));
        let all = [
            (1, Kind::Webhook, "https://a.example/x", true),
            (2, Kind::Webhook, "https://a.example/y", true),
            (3, Kind::Webhook, "https://a.example:443/z", true),
            (4, Kind::Webhook, "https://a.example/x", false),
            (5, Kind::Webhook, "https://b.example/", true),
            (6, Kind::Webhook, "https://b.example/", false),
            (7, Kind::Attribution, "1001", true),
            (8, Kind::Program, "acme", true),
            (9, Kind::Code, "COFFEE", false),
        ];
        for (id, kind, target, taken) in all {
            assert_eq!(takes(id, kind, target), taken, "{id}");
        }
        underway.ended(1);
        assert!(takes(4, Kind::Webhook, "https://a.example/x"));
    }

    #[test]
    fn a_lane_that_has_failed_takes_one_at_a_time() {
        let underway = Underway::default();
        let shaky = |id| Delivery {
            lane_failures: 1,
            ..delivery(id, Kind::Webhook, "https://a.example/")
        };
        assert!(underway.take_on(&shaky(1)));
        assert!(!underway.take_on(&shaky(2)));
        underway.ended(1);
        assert!(underway.take_on(&shaky(2)));
    }

    #[test]
    fn a_record_is_never_overtaken_by_an_older_one() {
        let underway = Underway::default();
        let takes = |id, target| underway.take_on(&delivery(id, Kind::Attribution, target));
        assert!(takes(1, "1001"));
        assert!(!takes(1, "1001"));
        assert!(!takes(2, "1001"));
        assert!(takes(3, "1002"));
        underway.ended(1);
        assert!(takes(2, "1001"));
    }

    #[test]
    fn what_somebody_had_taken_on_who_is_gone_may_be_taken_on_again() {
        let underway = Underway::default();
        let first = delivery(1, Kind::Attribution, "1001");
        assert!(underway.take_on(&first) && !underway.take_on(&first));
        underway.clear();
        assert!(underway.is_empty() && underway.take_on(&first));
    }

    /// The same delivery after so many attempts.
    fn tried(kind: Kind, attempts: u32) -> Delivery {
        Delivery {
            attempts,
            ..delivery(1, kind, "https://a.example/")
        }
    }

    #[test]
    fn attempts_follow_the_schedule_and_come_to_an_end() {
        let now = Millis(1_000);
        for (attempts, seconds) in (0..).zip(SCHEDULE_SECONDS) {
            let delivery = tried(Kind::Webhook, attempts);
            let next = next_attempt(&delivery, now, 0);
            assert_eq!(next, Some(now.plus_ms(seconds * 1_000)));
            let latest = next_attempt(&delivery, now, u8::MAX);
            assert!(latest <= Some(now.plus_ms(seconds * 1_100)));
            assert!(latest > next);
        }
        for attempts in [9, u32::MAX] {
            assert_eq!(next_attempt(&tried(Kind::Webhook, attempts), now, 0), None);
        }
        // One that has waited behind a closed lane for as long as the schedule lasts.
        let first = tried(Kind::Webhook, 0);
        assert!(next_attempt(&first, Millis(PATIENCE_MS - 1), 0).is_some());
        assert_eq!(next_attempt(&first, Millis(PATIENCE_MS), 0), None);
        let all: i64 = SCHEDULE_SECONDS.iter().sum();
        assert_eq!(PATIENCE_MS, all * 1_100);
    }

    #[test]
    fn the_programs_record_is_tried_every_minute_and_never_given_up() {
        let minute = |now: i64| Some(Millis(now + 60_000));
        for attempts in [1, 9, u32::MAX] {
            let delivery = tried(Kind::Program, attempts);
            assert_eq!(next_attempt(&delivery, Millis(0), 0), minute(0));
            let late = 10 * PATIENCE_MS;
            assert_eq!(next_attempt(&delivery, Millis(late), 0), minute(late));
        }
    }

    #[test]
    fn a_nudge_is_tried_twice() {
        let now = Millis(0);
        assert!(next_attempt(&tried(Kind::Pulse, 0), now, 0).is_some());
        assert_eq!(next_attempt(&tried(Kind::Pulse, 1), now, 0), None);
    }

    #[test]
    fn a_lane_closes_after_five_failures_and_is_probed_for_ever() {
        let probe = |failures| next_probe(Kind::Webhook, failures, Millis(0), 0);
        assert_eq!(probe(CLOSED_AFTER - 1), None);
        assert_eq!(probe(CLOSED_AFTER), Some(Millis(5_000)));
        assert_eq!(probe(CLOSED_AFTER + 1), Some(Millis(300_000)));
        let day = Some(Millis(86_400_000));
        assert_eq!(probe(CLOSED_AFTER + 8), day);
        assert_eq!(probe(u32::MAX), day);
    }

    #[test]
    fn the_store_and_the_open_pages_are_probed_every_minute_however_long_they_were_gone() {
        for kind in [Kind::Program, Kind::Code, Kind::Attribution, Kind::Pulse] {
            for failures in [CLOSED_AFTER + 1, u32::MAX] {
                let latest = next_probe(kind, failures, Millis(0), u8::MAX);
                assert!(latest <= Some(Millis(66_000)), "{kind:?}: {latest:?}");
            }
        }
    }
}
