//! The ledger at work without a caller: one piece of work at a time, whoever has asked for it.
//!
//! Commands come faster than endpoints answer. Whoever has something to be worked on while somebody works already only
//! says so; that one looks again at once, whatever it waits for.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use goodword_shared::time::Millis;

use super::agenda::after_ring;
use super::deliver::Outside;
use super::failure::Failure;
use super::object::Inner;
use super::upkeep::keep_up;
use crate::clock::real_now;

/// Deliveries of one shift: the platform limits the calls of each that it lets us work for. The alarm takes over then.
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
    /// Counts shifts: whoever was given up and comes back after all finds that another one works.
    turn: Cell<u32>,
    starts_left: Cell<usize>,
}

/// What happened while something was under way.
enum Next<T> {
    /// Somebody has more to do.
    Wanted,
    /// A delivery is over.
    Ended(T),
    /// Nothing is under way, and nobody wants anything.
    Nothing,
    /// Another one works: this one was given up.
    Relieved,
}

/// Deliveries that are under way: so few that all of them are asked whenever one may have ended.
struct Pending<F>(Vec<Pin<Box<F>>>);

impl<F: Future> Pending<F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Next<F::Output>> {
        for (at, one) in self.0.iter_mut().enumerate() {
            if let Poll::Ready(ended) = one.as_mut().poll(context) {
                drop(self.0.swap_remove(at));
                return Poll::Ready(Next::Ended(ended));
            }
        }
        if self.0.is_empty() {
            Poll::Ready(Next::Nothing)
        } else {
            Poll::Pending
        }
    }
}

impl Shift {
    /// Begins to work, and returns which turn this is; nothing when somebody works already, who is told that there is more.
    fn begin(&self, now: Millis) -> Option<u32> {
        let gone = |at: Millis| now.0.saturating_sub(at.0) > GONE_MS;
        if !self.alive_at.get().is_none_or(gone) {
            self.wanted.set(true);
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
            return None;
        }
        self.wanted.set(false);
        self.alive_at.set(Some(now));
        self.starts_left.set(STARTS_MAX);
        self.turn.set(self.turn.get().wrapping_add(1));
        Some(self.turn.get())
    }

    /// Whether it is still the turn of whoever began with this one.
    fn is_on(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }

    /// Ends the work; false when there is more.
    fn end(&self) -> bool {
        let over = !self.wanted.replace(false);
        if over {
            self.alive_at.set(None);
        }
        over
    }

    /// Whether nobody works.
    pub(super) fn is_over(&self) -> bool {
        self.alive_at.get().is_none()
    }

    /// So many deliveries begin.
    fn started(&self, count: usize) {
        let left = self.starts_left.get().saturating_sub(count);
        self.starts_left.set(left);
    }

    /// Waits for the next thing to happen.
    async fn next<F: Future>(&self, turn: u32, underway: &mut Pending<F>) -> Next<F::Output> {
        let next = poll_fn(|context| {
            // Before anything goes on that another one may have begun anew.
            if !self.is_on(turn) {
                return Poll::Ready(Next::Relieved);
            }
            if self.wanted.replace(false) {
                return Poll::Ready(Next::Wanted);
            }
            *self.waker.borrow_mut() = Some(context.waker().clone());
            underway.poll(context)
        })
        .await;
        if self.is_on(turn) {
            self.alive_at.set(Some(real_now()));
        }
        next
    }
}

impl Inner {
    /// Does everything that is due, and sees to it that the rest is not forgotten.
    pub(super) async fn work(self: &Rc<Self>) {
        let turn = self.shift.begin(real_now());
        if let Some(wait_ms) = after_ring(turn.is_some()) {
            self.arm_within(wait_ms);
        }
        let Some(turn) = turn else {
            return;
        };
        if cfg!(feature = "dev") && self.traps.take() {
            std::process::abort();
        }
        // What is left of one who is gone is nobody's any more.
        self.underway.clear();
        loop {
            let worked = self.work_off(turn).await;
            let signed = self.shift.is_on(turn) && self.checkpoint().await;
            if !self.shift.is_on(turn) {
                return;
            }
            self.arm(worked && signed);
            if self.shift.end() {
                return;
            }
        }
    }

    /// Grants and delivers until there is no more that may start. Returns whether all of it went well.
    async fn work_off(&self, turn: u32) -> bool {
        let outside = Outside::new(self);
        let mut underway = Pending(Vec::new());
        let mut well = self.keep_up();
        // Whether more may begin. After a failure the alarm tries again.
        let mut more = true;
        loop {
            if more {
                match outside.take_on_due(self.shift.starts_left.get()) {
                    Ok(taken) => {
                        self.shift.started(taken.len());
                        let begun = taken.into_iter().map(|taken| outside.deliver(taken));
                        underway.0.extend(begun.map(Box::pin));
                    }
                    // There is no program here.
                    Err(Failure::Rejected(_)) => more = false,
                    Err(failure) => {
                        (more, well) = (false, false);
                        worker::console_error!("[goodword] outbox: {failure:?}");
                    }
                }
            }
            match self.shift.next(turn, &mut underway).await {
                Next::Wanted => well &= self.keep_up(),
                Next::Ended(Ok(())) => {}
                Next::Ended(Err(failure)) => {
                    (more, well) = (false, false);
                    worker::console_error!("[goodword] outbox: not settled: {failure:?}");
                }
                Next::Nothing | Next::Relieved => return well,
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

    use super::{GONE_MS, STARTS_MAX, Shift};

    #[test]
    fn one_works_at_a_time_and_looks_again_when_more_is_wanted() {
        let shift = Shift::default();
        assert!(shift.begin(Millis(0)).is_some());
        assert_eq!(shift.begin(Millis(1)), None);
        assert!(!shift.end(), "there is more");
        assert_eq!(shift.begin(Millis(2)), None, "it goes on");
        assert!(!shift.end());
        assert!(shift.end());
        assert!(shift.begin(Millis(3)).is_some());
    }

    #[test]
    fn whoever_gives_no_sign_of_life_is_replaced_and_finds_that_out_on_coming_back() {
        let shift = Shift::default();
        let first = shift.begin(Millis(0)).expect("a turn");
        assert_eq!(shift.begin(Millis(GONE_MS)), None);
        assert!(shift.is_on(first));
        let second = shift.begin(Millis(GONE_MS + 1)).expect("a turn");
        assert!(shift.is_on(second) && !shift.is_on(first));
    }

    #[test]
    fn a_shift_starts_so_many_deliveries_however_often_it_looks() {
        let shift = Shift::default();
        shift.begin(Millis(0)).expect("a turn");
        shift.started(STARTS_MAX - 1);
        assert_eq!(shift.begin(Millis(1)), None, "more is wanted");
        assert!(!shift.end());
        assert_eq!(shift.starts_left.get(), 1);
        shift.started(2);
        assert_eq!(shift.starts_left.get(), 0);
        assert!(shift.end());
        shift.begin(Millis(2)).expect("a turn");
        assert_eq!(shift.starts_left.get(), STARTS_MAX);
    }
}
