//! The ledger at work without a caller: one piece of work at a time, whoever has asked for it.
//!
//! Commands come faster than endpoints answer. Whoever has something to be worked on while somebody works already only
//! says so; that one looks again at once, whatever it waits for.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use goodword_shared::time::Millis;

use super::deliver::Outside;
use super::failure::Failure;
use super::object::Inner;
use super::upkeep::keep_up;
use crate::clock::real_now;

/// Deliveries that one call starts: the platform limits them for each. The alarm takes over then.
const STARTS_MAX: usize = 500;

/// Without a sign of life for so long, whoever worked is gone: no single step takes longer than a delivery may.
const GONE_MS: i64 = 20_000;

/// Who works, and whether there is more to do.
#[derive(Default)]
pub(crate) struct Shift {
    /// The last sign of life of whoever works.
    alive_at: Cell<Option<Millis>>,
    wanted: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// What happened while something was under way.
enum Next<T> {
    /// Somebody has more to do.
    Wanted,
    /// A delivery is over.
    Ended(T),
    /// Nothing is under way, and nobody wants anything.
    Nothing,
}

impl Shift {
    /// Begins to work; false when somebody does already, who is told that there is more.
    fn begin(&self, now: Millis) -> bool {
        let gone = |at: Millis| now.0.saturating_sub(at.0) > GONE_MS;
        if !self.alive_at.get().is_none_or(gone) {
            self.wanted.set(true);
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
            return false;
        }
        self.wanted.set(false);
        self.alive_at.set(Some(now));
        true
    }

    /// Ends the work; false when there is more.
    fn end(&self) -> bool {
        let over = !self.wanted.replace(false);
        if over {
            self.alive_at.set(None);
        }
        over
    }

    /// Waits for the next thing to happen.
    async fn next<F: Future>(&self, underway: &mut FuturesUnordered<F>) -> Next<F::Output> {
        let next = poll_fn(|context| {
            if self.wanted.replace(false) {
                return Poll::Ready(Next::Wanted);
            }
            *self.waker.borrow_mut() = Some(context.waker().clone());
            underway
                .poll_next_unpin(context)
                .map(|ended| ended.map_or(Next::Nothing, Next::Ended))
        })
        .await;
        self.alive_at.set(Some(real_now()));
        next
    }
}

impl Inner {
    /// Does everything that is due, and sees to it that the rest is not forgotten.
    pub(super) async fn work(self: &Rc<Self>) {
        if !self.shift.begin(real_now()) {
            return;
        }
        loop {
            let worked = self.work_off().await;
            let signed = self.checkpoint().await;
            self.arm(worked && signed);
            if self.shift.end() {
                return;
            }
        }
    }

    /// Grants and delivers until there is no more that may start. Returns whether all of it went well.
    async fn work_off(&self) -> bool {
        let outside = Outside::new(self);
        let mut underway = FuturesUnordered::new();
        let mut starts_left = STARTS_MAX;
        let mut well = self.keep_up();
        loop {
            match outside.take_on_due(starts_left) {
                Ok(taken) => {
                    starts_left = starts_left.saturating_sub(taken.len());
                    underway.extend(taken.into_iter().map(|taken| outside.deliver(taken)));
                }
                // There is no program here.
                Err(Failure::Rejected(_)) => starts_left = 0,
                Err(failure) => {
                    // Nothing new is started; the alarm tries again.
                    (starts_left, well) = (0, false);
                    worker::console_error!("[goodword] outbox: {failure:?}");
                }
            }
            match self.shift.next(&mut underway).await {
                Next::Wanted => well &= self.keep_up(),
                Next::Ended(Ok(())) => {}
                Next::Ended(Err(failure)) => {
                    (starts_left, well) = (0, false);
                    worker::console_error!("[goodword] outbox: not settled: {failure:?}");
                }
                Next::Nothing => return well,
            }
        }
    }

    fn keep_up(&self) -> bool {
        let done = keep_up(self);
        for failure in &done.failures {
            worker::console_error!("[goodword] ledger: {failure}");
        }
        !done.left
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::time::Millis;

    use super::{GONE_MS, Shift};

    #[test]
    fn one_works_at_a_time_and_looks_again_when_more_is_wanted() {
        let shift = Shift::default();
        assert!(shift.begin(Millis(0)));
        assert!(!shift.begin(Millis(1)));
        assert!(!shift.end(), "there is more");
        assert!(!shift.begin(Millis(2)), "it goes on");
        assert!(!shift.end());
        assert!(shift.end());
        assert!(shift.begin(Millis(3)));
    }

    #[test]
    fn whoever_gives_no_sign_of_life_is_replaced() {
        let shift = Shift::default();
        assert!(shift.begin(Millis(0)));
        assert!(!shift.begin(Millis(GONE_MS)));
        assert!(shift.begin(Millis(GONE_MS + 1)));
    }
}
