//! What must have become of one reward, from the facts about its order.
//!
//! The ledger goes step by step and remembers; this looks at the whole story at once: what is gone after each moment,
//! when all of it was gone for the first time, and when it was granted for the first time. The rest follows.

use super::rules::{CLAWED_BACK_FREES_THE_CAP, WON_AFTER_LOST_REINSTATES};

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
}

/// Where a reward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On hold.
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
    /// Whether there was no hold.
    pub due_at_once: bool,
    /// From when it is due.
    pub payable_at: i64,
    /// Facts about its order, with their moments; some lie before `earned`.
    pub undos: &'a [(usize, Undo)],
    /// Moments and times at which due rewards were granted.
    pub grants: &'a [(usize, i64)],
}

/// What must be stored of a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its state.
    pub state: State,
    /// How much of it has been taken back.
    pub reversed: i64,
    /// Whether an open dispute holds it; only told of pending ones.
    pub frozen: bool,
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
    /// Whether it counts among the rewards that a referrer may earn in a year.
    pub const fn fills_cap(&self, amount: i64) -> bool {
        match self.state {
            State::Voided => false,
            State::ClawedBack if CLAWED_BACK_FREES_THE_CAP => self.reversed < amount,
            _ => true,
        }
    }
}

impl Life<'_> {
    /// What must be stored once everything up to the moment `until` has happened.
    pub fn expected(&self, until: usize) -> Expected {
        let later = self.undos.iter().map(|(moment, _)| *moment);
        let moments: Vec<usize> = std::iter::once(self.earned)
            .chain(later.filter(|moment| *moment > self.earned && *moment <= until))
            .collect();
        let most = |from: usize, to: usize| {
            let within = moments
                .iter()
                .filter(|moment| (from..=to).contains(*moment));
            within.map(|moment| self.gone(*moment)).max().unwrap_or(0)
        };
        let voided = moments
            .iter()
            .copied()
            .filter(|moment| self.gone(*moment) == self.amount)
            .min();
        let granted = self
            .granted(until)
            .filter(|grant| voided.is_none_or(|void| *grant < void));
        let Some(granted) = granted else {
            return match voided {
                Some(_) => Self::told(State::Voided, self.amount, false),
                None => Self::told(State::Pending, most(self.earned, until), self.frozen(until)),
            };
        };
        let at_grant = most(self.earned, granted);
        let peak = most(self.earned, until).max(at_grant);
        let reversed = if WON_AFTER_LOST_REINSTATES {
            self.gone(until).max(at_grant)
        } else {
            peak
        };
        let untouched = peak == at_grant || (WON_AFTER_LOST_REINSTATES && reversed == 0);
        let state = if untouched {
            State::Issued
        } else {
            State::ClawedBack
        };
        Self::told(state, reversed, false)
    }

    /// Whether nothing must be left of the reward.
    pub fn wholly_gone(&self, until: usize) -> bool {
        self.gone(until.max(self.earned)) == self.amount
    }

    const fn told(state: State, reversed: i64, frozen: bool) -> Expected {
        Expected {
            state,
            reversed,
            frozen,
        }
    }

    /// The first moment at which it could be granted, if no undo came before.
    fn granted(&self, until: usize) -> Option<usize> {
        if self.due_at_once && !self.frozen(self.earned) {
            return Some(self.earned);
        }
        let possible = |(moment, now): &&(usize, i64)| {
            *moment > self.earned
                && *moment <= until
                && *now >= self.payable_at
                && !self.frozen(*moment)
        };
        self.grants.iter().find(possible).map(|(moment, _)| *moment)
    }

    fn known(&self, moment: usize) -> impl Iterator<Item = Undo> {
        self.undos
            .iter()
            .filter(move |(at, _)| *at <= moment)
            .map(|(_, undo)| *undo)
    }

    fn frozen(&self, moment: usize) -> bool {
        self.known(moment).any(|undo| match undo {
            Undo::Opened(id) => !self
                .known(moment)
                .any(|end| end == Undo::Won(id) || end == Undo::Lost(id)),
            _ => false,
        })
    }

    /// How much of the reward has to be gone, going by what is known at a moment.
    fn gone(&self, moment: usize) -> i64 {
        let wholly = self.known(moment).any(|undo| match undo {
            Undo::Cancelled => true,
            Undo::Lost(id) => !self.known(moment).any(|end| end == Undo::Won(id)),
            _ => false,
        });
        let refunded: i64 = self
            .known(moment)
            .map(|undo| {
                if let Undo::Refund(amount) = undo {
                    amount
                } else {
                    0
                }
            })
            .sum();
        if wholly {
            return self.amount;
        }
        if refunded == 0 || self.total == 0 {
            return 0;
        }
        let left = i128::from(self.total.saturating_sub(refunded).max(0));
        let kept = i128::from(self.amount) * left / i128::from(self.total);
        self.amount - i64::try_from(kept).expect("less than the amount")
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Life, State, Undo};
    use crate::model::rules::WON_AFTER_LOST_REINSTATES;

    fn life<'a>(undos: &'a [(usize, Undo)], grants: &'a [(usize, i64)]) -> Life<'a> {
        Life {
            amount: 500,
            total: 2_000,
            earned: 5,
            due_at_once: false,
            payable_at: 10,
            undos,
            grants,
        }
    }

    fn is(life: Life<'_>, state: State, reversed: i64) {
        assert_eq!(
            life.expected(99),
            Expected {
                state,
                reversed,
                frozen: false
            },
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
        is(
            life(&[(6, Undo::Cancelled)], &[(7, 10)]),
            State::Voided,
            500,
        );
        is(
            life(&[(8, Undo::Refund(1_000))], &[(7, 10)]),
            State::ClawedBack,
            250,
        );
        is(
            life(&[(6, Undo::Refund(1_000))], &[(7, 10)]),
            State::Issued,
            250,
        );
    }

    #[test]
    fn a_dispute_won_after_it_was_lost_follows_the_rule_of_the_day() {
        let undos = [(8, Undo::Lost(0)), (9, Undo::Won(0))];
        let (state, reversed) = if WON_AFTER_LOST_REINSTATES {
            (State::Issued, 0)
        } else {
            (State::ClawedBack, 500)
        };
        is(life(&undos, &[(7, 10)]), state, reversed);
        is(life(&undos, &[]), State::Voided, 500);
    }
}
