//! Properties of a reward's life: whatever happens, in whatever order.

use super::tests::{WHOLE, balance, gift, jane, left, pending, step};
use super::{Change, MerchantStep, Remaining, StoredReward, earn, mature, reverse};
use crate::decide::testing::eur;
use crate::decide::undo::remaining;
use crate::id::{ExternalId, Pseudonym};
use crate::journal::Account;
use crate::money::{Money, Rounding};
use crate::order::{DisputeState, UndoKind};
use crate::time::Millis;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

/// Everything that can take an order back, in few enough variants that they meet.
fn fact() -> impl Strategy<Value = UndoKind> {
    let id = |text: &str| ExternalId::parse(text).expect("an id");
    let states = [DisputeState::Opened, DisputeState::Won, DisputeState::Lost];
    prop_oneof![
        4 => (0_usize..3, 0_usize..2).prop_map(move |(state, dispute)| UndoKind::Dispute {
            id: id(["d1", "d2"][dispute]),
            state: states[state],
        }),
        2 => (0_i64..2_500, 0_usize..3).prop_map(move |(minor, refund)| UndoKind::Refund {
            id: id(["r1", "r2", "r3"][refund]),
            amount: eur(minor),
        }),
        2 => (0_i64..2_500, 0_i64..3, 0_usize..3).prop_map(move |(minor, at, edit)| UndoKind::Edit {
            id: id(["e1", "e2", "e3"][edit]),
            at: Millis(at),
            total: eur(minor),
        }),
        1 => Just(UndoKind::Cancellation),
    ]
}

/// One order's reward and its postings, with facts taken in as the ledger does.
struct Story {
    reward: Option<StoredReward>,
    known: Vec<UndoKind>,
    changes: Vec<Change>,
}

impl Story {
    const fn new() -> Self {
        Self {
            reward: None,
            known: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn of(&self, account: fn(Pseudonym) -> Account) -> i64 {
        balance(&self.changes, &account(jane()))
    }

    fn owed(&self) -> Money {
        eur((-self.of(Account::Receivable)).max(0))
    }

    fn left(&self) -> Remaining {
        remaining(eur(2_000), &self.known).expect("fits")
    }

    fn order(&mut self, reward: StoredReward) {
        if self.reward.is_none() {
            let change = earn(reward, self.left(), self.owed(), Millis(0)).expect("fits");
            self.apply(Some(change));
        }
    }

    fn fact(&mut self, fact: &UndoKind) {
        // As in the ledger: a fact counts once, by its key.
        if !self.known.iter().any(|other| other.key() == fact.key()) {
            self.known.push(fact.clone());
        }
        if let Some(reward) = &self.reward {
            let change = reverse(reward, self.left(), self.owed(), Millis(0)).expect("fits");
            self.apply(change);
        }
    }

    fn alarm(&mut self) {
        if let Some(reward) = &self.reward {
            let change = mature(reward, self.owed(), Millis(1)).expect("fits");
            self.apply(change);
        }
    }

    /// The merchant hands over what waits.
    fn fulfil(&mut self) {
        let change = self
            .reward
            .as_ref()
            .and_then(|reward| step(reward, MerchantStep::Fulfil, 1));
        self.apply(change);
    }

    fn apply(&mut self, change: Option<Change>) {
        if let Some(change) = change {
            self.reward = Some(change.after.clone());
            self.changes.push(change);
        }
    }

    fn net(&self) -> i64 {
        self.reward
            .as_ref()
            .map_or(0, |reward| reward.net().expect("fits").minor())
    }

    /// What the program has spent, what waits, and what the referrer has less what they owe.
    fn ends(&self) -> [i64; 4] {
        let expense = -balance(&self.changes, &Account::ProgramExpense);
        let has =
            self.of(Account::Issued) + self.of(Account::HandedOver) + self.of(Account::Receivable);
        [
            expense,
            self.of(Account::Held),
            self.of(Account::Payable),
            has,
        ]
    }

    fn is_balanced(&self) -> bool {
        let [expense, held, payable, has] = self.ends();
        let due = self.reward.as_ref().map_or(0, |reward| reward.due.minor());
        let signs = held >= 0 && has >= 0 && self.of(Account::Receivable) <= 0;
        expense == self.net() && expense == held + payable + has && payable == due && signs
    }
}

proptest! {
    #[test]
    fn whatever_happens_to_an_order_the_books_balance(
        facts in vec((fact(), 0_u8..4), 0..14),
        payable_at in 0_i64..2,
        thing in any::<bool>(),
    ) {
        let mut story = Story::new();
        story.order(if thing { gift(payable_at) } else { pending(payable_at) });
        prop_assert!(story.is_balanced());
        for (fact, then) in facts {
            story.fact(&fact);
            match then {
                0 => story.alarm(),
                1 => story.fulfil(),
                _ => {}
            }
            prop_assert!(story.is_balanced(), "{:?} {:?}", story.reward, story.ends());
            let left = story.left();
            let share = eur(500).share(left.left, left.whole, Rounding::Down);
            prop_assert_eq!(share.expect("fits").minor(), story.net());
            let reward = story.reward.clone().expect("a reward");
            prop_assert!(reward.lost.minor() <= reward.reversed.minor());
            prop_assert_eq!(reverse(&reward, left, story.owed(), Millis(0)), Ok(None));
        }
    }

    #[test]
    fn every_order_duplication_and_delay_of_the_facts_ends_alike(
        facts in vec(fact(), 1..7),
        one in vec((0_usize..8, 0_u8..3), 0..12),
        other in vec((0_usize..8, 0_u8..3), 0..12),
        payable_at in 0_i64..2,
        thing in any::<bool>(),
    ) {
        // Of two facts of one key the ledger refuses the second: which one there is is not a matter of order.
        let mut distinct: Vec<UndoKind> = Vec::new();
        for fact in facts {
            if !distinct.iter().any(|known| known.key() == fact.key()) {
                distinct.push(fact);
            }
        }
        let reward = || if thing { gift(payable_at) } else { pending(payable_at) };
        let told = |way: &[(usize, u8)]| {
            let mut story = Story::new();
            for (index, then) in way {
                match distinct.get(*index) {
                    Some(fact) => story.fact(fact),
                    None => story.order(reward()),
                }
                if *then == 0 {
                    story.alarm();
                }
            }
            // Whatever has not come yet comes late.
            story.order(reward());
            for fact in &distinct {
                story.fact(fact);
            }
            story.alarm();
            let ends = story.ends();
            if story.left().frozen {
                // What an open dispute holds back depends on when it was opened; what is earned does not.
                let [expense, held, payable, has] = ends;
                return [expense, held + payable + has, 0, 0];
            }
            ends
        };
        prop_assert_eq!(told(&one), told(&other));
    }

    #[test]
    fn refunds_of_any_size_never_reverse_more_than_was_earned(cuts in vec(0_i64..2_500, 1..8)) {
        let mut changes = vec![earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits")];
        let mut gone = 0;
        for cut in cuts {
            gone = (gone + cut).min(2_000);
            let reward = changes.last().expect("one").after.clone();
            if let Some(change) = reverse(&reward, left(2_000 - gone), eur(0), Millis(0)).expect("fits") {
                changes.push(change);
            }
        }
        let reward = changes.last().expect("one").after.clone();
        prop_assert!(reward.reversed.minor() <= reward.amount.minor());
        let cost = -balance(&changes, &Account::ProgramExpense);
        prop_assert_eq!(cost, reward.amount.minor() - reward.reversed.minor());
        if gone == 2_000 {
            prop_assert_eq!(cost, 0);
        }
    }
}
