//! What must have become of one reward, from the facts about its order.
//!
//! The ledger goes step by step and remembers; this looks at the whole story at once: what is gone after each moment, and
//! when it was approved for the first time. The rest follows.

/// Something that takes an order back, by its business key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A refund of so much.
    Refund(i64),
    /// The order was cancelled.
    Cancelled,
    /// A dispute was opened, won or lost.
    Opened(u8),
    /// For the merchant.
    Won(u8),
    /// For the buyer.
    Lost(u8),
    /// Edited at this time, by the edit of this number, to this total.
    Edited(i64, u8, i64),
}

/// Where a reward of account credit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On hold, or under review.
    Pending,
    /// Granted.
    Issued,
    /// Taken back before it was granted.
    Voided,
    /// Taken back, in whole or in part, after it was granted.
    ClawedBack,
}

/// The story of a reward. Moments are positions in the story of the whole program.
#[derive(Clone, Copy, Debug)]
pub struct Life<'a> {
    /// What was earned.
    pub amount: i64,
    /// The order's total.
    pub total: i64,
    /// The moment it was earned.
    pub earned: usize,
    /// Whether there was nothing to wait for.
    pub due_at_once: bool,
    /// From when it is due.
    pub payable_at: i64,
    /// The moment from which no review holds it.
    pub reviewed: usize,
    /// The moment at which the merchant has vetoed it, or never.
    pub vetoed: usize,
    /// The moment at which nobody had collected it in time, and what of it had paid off debts by then.
    pub expired: Option<(usize, i64)>,
    /// Facts about its order, with their moments; some lie before `earned`.
    pub undos: &'a [(usize, Undo)],
    /// Moments and times at which due rewards were approved.
    pub grants: &'a [(usize, i64)],
}

/// What must be stored of a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its state, if it is credit.
    pub state: State,
    /// How much of it has been taken back.
    pub reversed: i64,
    /// How much of that is gone for good.
    pub lost: i64,
    /// Whether an open dispute holds it; only told of pending ones.
    pub frozen: bool,
    /// Whether it was ever approved.
    pub approved: bool,
    /// Whether it was not collected in time.
    pub expired: bool,
}

impl State {
    /// The ledger's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Issued => "issued",
            Self::Voided => "voided",
            Self::ClawedBack => "clawed_back",
        }
    }
}

impl Expected {
    /// Whether the ledger may say so of it. Where a thing stands that was approved depends on what its owner owed and on
    /// what the merchant has said: the table of the rules tells, and the books are checked.
    pub fn allows(&self, state: &str, is_thing: bool, is_used: bool) -> bool {
        if !is_thing || !self.approved {
            let used = is_used && self.state == State::Issued;
            return state == if used { "redeemed" } else { self.state.name() };
        }
        if state == "expired" {
            return self.expired;
        }
        match self.state {
            State::ClawedBack | State::Voided => {
                ["voided", "clawed_back"].contains(&state) || Self::is_there(state)
            }
            _ => Self::is_there(state),
        }
    }

    fn is_there(state: &str) -> bool {
        ["pending", "approved", "issued", "redeemed", "clawed_back"].contains(&state)
    }
}

impl Life<'_> {
    /// What must be stored once everything up to the moment `until` has happened.
    pub fn expected(&self, until: usize) -> Expected {
        let net = self.net(until);
        let granted = self.granted(until);
        let state = match granted {
            None if net == 0 => State::Voided,
            None => State::Pending,
            Some(grant) => {
                let later = self.undos.iter().map(|(moment, _)| *moment);
                let moments = later.filter(|moment| *moment > grant && *moment <= until);
                let most = moments.map(|moment| self.net(moment)).max();
                if net < self.net(grant).max(most.unwrap_or(0)) {
                    State::ClawedBack
                } else {
                    State::Issued
                }
            }
        };
        Expected {
            state,
            reversed: self.amount - net,
            lost: if self.vetoed <= until {
                self.amount
            } else {
                self.amount - self.at_best(until).min(self.collected(until))
            },
            frozen: state == State::Pending && self.frozen(until),
            approved: granted.is_some(),
            expired: self.expired.is_some(),
        }
    }

    /// What nobody can fail to collect any more.
    fn collected(&self, moment: usize) -> i64 {
        let expired = self.expired.filter(|(at, _)| *at <= moment);
        expired.map_or(self.amount, |(_, kept)| kept)
    }

    /// What is left of it for now.
    pub fn net(&self, moment: usize) -> i64 {
        self.left(moment).min(self.collected(moment))
    }

    /// What of it the facts about its order and the merchant leave.
    fn left(&self, moment: usize) -> i64 {
        let moment = moment.max(self.earned);
        if self.vetoed <= moment {
            return 0;
        }
        let lost = self.known(moment).any(|undo| match undo {
            Undo::Lost(id) => !self.known(moment).any(|end| end == Undo::Won(id)),
            _ => false,
        });
        let edits = self.known(moment).filter_map(|undo| match undo {
            Undo::Edited(at, id, total) => Some((at, id, total)),
            _ => None,
        });
        let edited = edits
            .max()
            .map_or(self.total, |(_, _, total)| total.min(self.total));
        if lost || self.total == 0 {
            return if lost { 0 } else { self.at_best(moment) };
        }
        let left = edited.saturating_sub(self.refunded(moment)).max(0);
        self.share(left).min(self.at_best(moment))
    }

    /// What would be left if all disputes were won and no edit held.
    fn at_best(&self, moment: usize) -> i64 {
        if self.known(moment).any(|undo| undo == Undo::Cancelled) {
            return 0;
        }
        self.share(self.total.saturating_sub(self.refunded(moment)).max(0))
    }

    fn refunded(&self, moment: usize) -> i64 {
        self.known(moment).fold(0, |sum, undo| match undo {
            Undo::Refund(amount) => sum.saturating_add(amount),
            _ => sum,
        })
    }

    fn share(&self, left: i64) -> i64 {
        if self.total == 0 {
            return self.amount;
        }
        let kept = i128::from(self.amount) * i128::from(left) / i128::from(self.total);
        i64::try_from(kept).expect("no more than the amount")
    }

    /// The first moment at which it could be approved and something of it was left.
    fn granted(&self, until: usize) -> Option<usize> {
        let now = (self.due_at_once && self.reviewed <= self.earned).then_some(self.earned);
        let later = self.grants.iter().filter(|(moment, now)| {
            *moment > self.earned
                && *moment <= until
                && *now >= self.payable_at
                && *moment >= self.reviewed
        });
        now.into_iter()
            .chain(later.map(|(moment, _)| *moment))
            .find(|moment| self.net(*moment) > 0 && !self.frozen(*moment))
    }

    fn known(&self, moment: usize) -> impl Iterator<Item = Undo> {
        self.undos
            .iter()
            .filter(move |(at, _)| *at <= moment)
            .map(|(_, undo)| *undo)
    }

    /// Whether an open dispute holds it.
    pub fn frozen(&self, moment: usize) -> bool {
        self.known(moment).any(|undo| match undo {
            Undo::Opened(id) => !self
                .known(moment)
                .any(|end| end == Undo::Won(id) || end == Undo::Lost(id)),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Life, State, Undo};

    fn life<'a>(undos: &'a [(usize, Undo)], grants: &'a [(usize, i64)]) -> Life<'a> {
        Life {
            amount: 500,
            total: 2_000,
            earned: 5,
            due_at_once: false,
            payable_at: 10,
            reviewed: 0,
            vetoed: usize::MAX,
            expired: None,
            undos,
            grants,
        }
    }

    fn is(life: Life<'_>, state: State, reversed: i64) {
        let expected = life.expected(99);
        assert_eq!(
            (expected.state, expected.reversed),
            (state, reversed),
            "{life:?}"
        );
    }

    #[test]
    fn a_hold_ends_with_the_first_grant_that_is_late_enough() {
        is(life(&[], &[(6, 9)]), State::Pending, 0);
        is(life(&[], &[(4, 10), (7, 10)]), State::Issued, 0);
    }

    #[test]
    fn what_is_gone_before_the_grant_is_voided_and_after_it_clawed_back() {
        let before = [(6, Undo::Cancelled)];
        is(life(&before, &[(7, 10)]), State::Voided, 500);
        let after = [(8, Undo::Refund(1_000))];
        is(life(&after, &[(7, 10)]), State::ClawedBack, 250);
        let adjusted = [(6, Undo::Refund(1_000))];
        is(life(&adjusted, &[(7, 10)]), State::Issued, 250);
    }

    #[test]
    fn a_dispute_won_after_it_was_lost_gives_everything_back() {
        let undos = [(8, Undo::Lost(0)), (9, Undo::Won(0))];
        is(life(&undos, &[(7, 10)]), State::Issued, 0);
        is(life(&undos, &[]), State::Pending, 0);
        is(life(&undos, &[(10, 10)]), State::Issued, 0);
    }

    #[test]
    fn what_nobody_collects_in_time_is_lost_but_for_what_has_paid_off_debts() {
        let undos = [(8, Undo::Lost(0)), (9, Undo::Won(0))];
        let expired = Life {
            expired: Some((10, 100)),
            ..life(&undos, &[(7, 10)])
        };
        let after = expired.expected(99);
        assert_eq!((after.reversed, after.lost), (400, 400));
        assert_eq!(expired.expected(9).reversed, 0);
    }

    #[test]
    fn the_latest_edit_holds_and_only_refunds_are_for_good() {
        let edits = [(6, Undo::Edited(2, 0, 1_000)), (7, Undo::Edited(1, 1, 0))];
        is(life(&edits, &[]), State::Pending, 250);
        assert_eq!(life(&edits, &[]).expected(99).lost, 0);
        let refund = [(6, Undo::Refund(1_000)), (7, Undo::Lost(0))];
        assert_eq!(life(&refund, &[]).expected(99).lost, 250);
    }
}
