//! What one object remembers between commands, so that it need not ask its tables again: true only once committed.
//!
//! Nobody else writes to an object's tables, so its memory is as good as they are, as long as what a rolled back
//! transaction had brought into it is forgotten. That is what [`Notes::rolled_back`] does.

use std::cell::{Cell, RefCell};

use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::sql::Value;
use super::store::log::Head;

/// The notes of one object.
#[derive(Default)]
pub(crate) struct Notes {
    /// The newest line of the log.
    pub(crate) head: RefCell<Option<Head>>,
    /// The newest version of the settings, and since when it is in force.
    pub(crate) newest_version: Cell<Option<(u32, Millis)>>,
    /// Who was looked up last, and since when they are enrolled, which never changes: facts name the cohort of a referrer.
    pub(super) enrolled: RefCell<Option<(Pseudonym, Millis)>>,
    /// Whether anybody is known to have been a customer before the program began.
    pub(super) knows_former: Cell<Option<bool>>,
    /// Whether anything is kept of orders that are not paid for yet.
    pub(super) knows_placed: Cell<Option<bool>>,
    /// Lines of the log that the transaction under way has still to write, value by value.
    pub(super) lines: RefCell<Vec<Value>>,
    /// Facts that it has still to append.
    pub(super) facts: RefCell<Vec<Value>>,
    /// Deliveries that it has still to put into the outbox.
    pub(super) deliveries: RefCell<Vec<Value>>,
    /// The number of the delivery that came last into the outbox.
    pub(super) last_delivery: Cell<Option<i64>>,
    /// Whose key the command under way came with: the id of the merchant's, or `administrator`.
    pub(super) by: RefCell<Option<String>>,
    /// Whose key the command came with that was rolled back last.
    pub(super) refused_by: RefCell<Option<String>>,
    /// What was said of whom, and when, where one line of the log speaks for an hour.
    pub(super) said: RefCell<Vec<(String, Millis)>>,
    /// The soonest of what the transaction under way has made due.
    wake: Cell<Option<Millis>>,
}

impl Notes {
    /// Something becomes due at this time.
    pub(crate) fn wake_at(&self, at: Millis) {
        let soonest = self.wake.get().map_or(at, |known| known.min(at));
        self.wake.set(Some(soonest));
    }

    /// The soonest of what became due since this was last asked.
    pub(crate) fn take_wake(&self) -> Option<Millis> {
        self.wake.take()
    }

    /// Forgets what may never have been so.
    pub(crate) fn rolled_back(&self) {
        *self.head.borrow_mut() = None;
        self.newest_version.set(None);
        *self.enrolled.borrow_mut() = None;
        self.knows_former.set(None);
        self.knows_placed.set(None);
        self.lines.borrow_mut().clear();
        self.facts.borrow_mut().clear();
        self.deliveries.borrow_mut().clear();
        self.last_delivery.set(None);
        self.refused_by.replace(self.by.take());
        self.said.borrow_mut().clear();
        self.wake.set(None);
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::time::Millis;

    use super::Notes;
    use crate::ledger::sql::Value;

    #[test]
    fn the_soonest_is_kept_and_taken_once() {
        let notes = Notes::default();
        for at in [5, 3, 9] {
            notes.wake_at(Millis(at));
        }
        assert_eq!(notes.take_wake(), Some(Millis(3)));
        assert_eq!(notes.take_wake(), None);
    }

    #[test]
    fn a_rollback_forgets_everything() {
        let notes = Notes::default();
        notes.newest_version.set(Some((2, Millis(1))));
        notes.lines.borrow_mut().push(Value::Null);
        notes.wake_at(Millis(1));
        notes.rolled_back();
        assert_eq!(
            (notes.newest_version.get(), notes.take_wake()),
            (None, None)
        );
        assert!(notes.lines.borrow().is_empty());
    }
}
