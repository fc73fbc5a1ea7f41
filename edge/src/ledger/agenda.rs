//! What a ledger does without a caller: what is due when, and when its alarm has to ring for it.
//!
//! The alarm is a safety net. It is set before the work starts, it is only ever brought forward, and whoever has worked
//! sets it anew for what is left. The object and the simulator both go by these rules, with their own clocks.

use std::cell::Cell;

use goodword_shared::time::Millis;

use super::checkpoint::next_checkpoint;
use super::failure::Failure;
use super::store::Store;

/// How soon the alarm looks after work that nobody has finished.
pub(crate) const SAFETY_NET_MS: i64 = 30_000;

/// How soon the alarm looks again when it could not find out what is due, because the secret is missing for example.
pub(crate) const SECOND_NET_MS: i64 = 300_000;

/// When there is something to do without a caller: the next delivery, end of a hold, checkpoint, or part of the round through
/// all people; a kept answer, order that was not paid for, delivery that was not understood, proof, trace, hash of a network or dead letter to drop.
pub(crate) fn next_work(store: Store<'_>) -> Result<Option<Millis>, Failure> {
    let next = [
        store.next_delivery()?,
        store.next_due()?,
        store.next_unstuck()?,
        store.next_reply_end()?,
        store.next_proof_end()?,
        store.next_placed_end()?,
        store.next_quarantine_end()?,
        store.next_source_end()?,
        Some(store.sweep()?.due),
        store.next_look()?,
        store.next_dead_letter_end()?,
        next_checkpoint(store)?,
    ];
    Ok(next.into_iter().flatten().min())
}

/// What has to be done about something that becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wake {
    /// Whether there is work right now.
    pub(crate) now: bool,
    /// In how many milliseconds the alarm has to ring at the latest.
    pub(crate) within_ms: i64,
}

/// After a command that has made something due: what is due already is worked on at once, under the safety net.
pub(crate) fn after_command(due: Millis, now: Millis) -> Wake {
    let wait = due.0.saturating_sub(now.0);
    Wake {
        now: wait <= 0,
        within_ms: if wait <= 0 { SAFETY_NET_MS } else { wait },
    }
}

/// Once the alarm has rung there is none. Whoever begins to work then sets it at the end, and the platform rings again for
/// work that is cut short; whoever finds somebody at work sets a net at once, because that one may never come to the end.
pub(crate) fn after_ring(begins: bool) -> Option<i64> {
    (!begins).then_some(SAFETY_NET_MS)
}

/// After work: in how many milliseconds the alarm rings for what is next. While others still work, or when something went
/// wrong, no sooner than the safety net: set to what is due already, it would ring and ring.
pub(crate) fn after_work(next: Millis, now: Millis, all_is_done: bool) -> i64 {
    let soonest = if all_is_done { 0 } else { SAFETY_NET_MS };
    next.0.saturating_sub(now.0).max(soonest)
}

/// What an object knows of its alarm.
#[derive(Default)]
pub(crate) struct Alarm(Cell<Option<Millis>>);

impl Alarm {
    /// Whether it is known to ring some time. One that was set before this object was loaded is not known, and one whose
    /// time has come may not have rung yet.
    pub(crate) fn is_known(&self, now: Millis) -> bool {
        self.0.get().is_some_and(|at| at > now)
    }

    /// Sees to it that it rings within this time. Returns when it has to be set for that; `None` when it is set already.
    pub(crate) fn within(&self, wait_ms: i64, now: Millis) -> Option<Millis> {
        let at = now.plus_ms(wait_ms);
        if self.0.get().is_some_and(|known| known > now && known <= at) {
            return None;
        }
        self.0.set(Some(at));
        Some(at)
    }

    /// It has rung, or could not be set: nobody knows of another one.
    pub(crate) fn forget(&self) {
        self.0.set(None);
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::time::Millis;

    use super::{Alarm, SAFETY_NET_MS, Wake, after_command, after_ring, after_work};

    #[test]
    fn what_is_due_is_worked_on_at_once_under_a_safety_net() {
        let wake = |due| after_command(Millis(due), Millis(100));
        let at_once = Wake {
            now: true,
            within_ms: SAFETY_NET_MS,
        };
        assert_eq!((wake(0), wake(100)), (at_once, at_once));
        let later = Wake {
            now: false,
            within_ms: 1,
        };
        assert_eq!(wake(101), later);
    }

    #[test]
    fn an_alarm_is_brought_forward_and_never_moved_to_a_later_time() {
        let alarm = Alarm::default();
        assert!(!alarm.is_known(Millis(0)));
        assert_eq!(alarm.within(500, Millis(0)), Some(Millis(500)));
        assert_eq!(alarm.within(600, Millis(0)), None);
        assert_eq!(alarm.within(400, Millis(0)), Some(Millis(400)));
        assert!(alarm.is_known(Millis(399)) && !alarm.is_known(Millis(400)));
        // Its time has come and it may have rung: it is set again.
        assert_eq!(alarm.within(50, Millis(400)), Some(Millis(450)));
        alarm.forget();
        assert_eq!(alarm.within(500, Millis(400)), Some(Millis(900)));
    }

    #[test]
    fn an_alarm_that_finds_somebody_at_work_leaves_a_net() {
        assert_eq!(after_ring(false), Some(SAFETY_NET_MS));
        assert_eq!(after_ring(true), None);
    }

    #[test]
    fn after_work_that_went_wrong_it_does_not_ring_and_ring() {
        assert_eq!(after_work(Millis(5), Millis(9), true), 0);
        assert_eq!(after_work(Millis(5), Millis(9), false), SAFETY_NET_MS);
        assert_eq!(after_work(Millis(19), Millis(9), true), 10);
    }
}
