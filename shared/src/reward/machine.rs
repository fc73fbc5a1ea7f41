//! Many rewards of one referrer under a cap, against a reference that knows facts only: any number of orders, undos,
//! alarms, vetoes and replays, in any order.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Write;

use super::tests::{balance, jane};
use super::{Change, MerchantStep, Stepped, StoredReward, mature, merchant_step, reverse};
use crate::decide::reward::{Cause, Earning, RewardAccount, decide_reward};
use crate::decide::testing::{comes_to, eur, program_with};
use crate::decide::undo::remaining;
use crate::id::{ExternalId, Pseudonym};
use crate::journal::Account;
use crate::money::Money;
use crate::order::{DisputeState, UndoKind};
use crate::program::Program;
use crate::program::limits::CapUse;
use crate::time::{DAY_MS, Millis};
use proptest::prelude::{BoxedStrategy, Just, ProptestConfig, Strategy, prop_oneof};
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use serde_json::json;

const TOTAL: i64 = 2_000;
const REWARD: i64 = 500;
const CAP_COUNT: usize = 3;
const CAP_VALUE: i64 = 1_250;

/// Something that happens. Orders are named by their number.
#[derive(Clone, Debug)]
enum Happening {
    Order {
        thing: bool,
    },
    Fact(usize, UndoKind),
    Alarm,
    Veto(usize),
    Fulfil(usize),
    /// The first so many facts of an order are reported again.
    Replay(usize, usize),
}

/// What is known of an order: whether it has earned anything, and its facts in the order of their arrival.
#[derive(Clone, Debug, Default)]
struct Known {
    earned: bool,
    vetoed: bool,
    /// Whether an alarm has rung since: it may have been granted.
    rung: bool,
    facts: Vec<UndoKind>,
}

#[derive(Clone, Debug, Default)]
struct Facts(Vec<Known>);

impl Known {
    /// What is left of the reward, and what could be left at best.
    fn worth(&self) -> (i64, i64) {
        if !self.earned || self.vetoed {
            return (0, 0);
        }
        let has = |wanted: DisputeState, of: &ExternalId| {
            self.facts.iter().any(|fact| matches!(fact, UndoKind::Dispute { id, state } if id == of && *state == wanted))
        };
        let (mut total, mut latest, mut refunded, mut lost, mut cancelled) =
            (TOTAL, None, 0, false, false);
        for fact in &self.facts {
            match fact {
                UndoKind::Refund { amount, .. } => refunded += amount.minor(),
                UndoKind::Cancellation => cancelled = true,
                UndoKind::Dispute { id, state } => {
                    lost |= *state == DisputeState::Lost && !has(DisputeState::Won, id);
                }
                UndoKind::Edit {
                    id,
                    at,
                    total: edited,
                } if latest < Some((*at, id)) => {
                    latest = Some((*at, id));
                    total = edited.minor().min(TOTAL);
                }
                UndoKind::Edit { .. } => {}
            }
        }
        let share = |left: i64| REWARD * left.max(0) / TOTAL;
        let at_best = if cancelled {
            0
        } else {
            share(TOTAL - refunded)
        };
        let left = if cancelled || lost {
            0
        } else {
            share(total - refunded)
        };
        (left, at_best)
    }
}

impl Facts {
    /// Whether another reward fits under the cap.
    fn has_room(&self) -> bool {
        let at_best = self.0.iter().map(|order| order.worth().1);
        let counted = at_best.clone().filter(|worth| *worth > 0).count();
        counted < CAP_COUNT && at_best.sum::<i64>() + REWARD <= CAP_VALUE
    }
}

struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Facts;
    type Transition = Happening;

    fn init_state() -> BoxedStrategy<Facts> {
        Just(Facts::default()).boxed()
    }

    fn transitions(state: &Facts) -> BoxedStrategy<Happening> {
        let order = proptest::bool::ANY.prop_map(|thing| Happening::Order { thing });
        if state.0.is_empty() {
            return order.boxed();
        }
        let which = || 0..state.0.len();
        prop_oneof![
            3 => order,
            8 => (which(), fact()).prop_map(|(index, fact)| Happening::Fact(index, fact)),
            2 => Just(Happening::Alarm),
            1 => which().prop_map(Happening::Veto),
            2 => which().prop_map(Happening::Fulfil),
            1 => (which(), 0_usize..4).prop_map(|(index, count)| Happening::Replay(index, count)),
        ]
        .boxed()
    }

    fn preconditions(state: &Facts, happening: &Happening) -> bool {
        match happening {
            Happening::Fact(index, _) | Happening::Fulfil(index) | Happening::Replay(index, _) => {
                *index < state.0.len()
            }
            // Of one that may have been granted only the books know whether it can be vetoed.
            Happening::Veto(index) => state
                .0
                .get(*index)
                .is_some_and(|order| order.earned && !order.rung && order.worth().1 > 0),
            Happening::Order { .. } | Happening::Alarm => true,
        }
    }

    fn apply(mut state: Facts, happening: &Happening) -> Facts {
        match happening {
            Happening::Order { .. } => {
                let earned = state.has_room();
                state.0.push(Known {
                    earned,
                    ..Known::default()
                });
            }
            Happening::Fact(index, fact) => {
                let known = &mut state.0[*index].facts;
                if !known.iter().any(|other| other.key() == fact.key()) {
                    known.push(fact.clone());
                }
            }
            Happening::Alarm => state.0.iter_mut().for_each(|order| order.rung = true),
            Happening::Veto(index) => state.0[*index].vetoed = true,
            Happening::Fulfil(_) | Happening::Replay(..) => {}
        }
        state
    }
}

fn fact() -> impl Strategy<Value = UndoKind> {
    let id = |number: u8| ExternalId::parse(&format!("f{number}")).expect("an id");
    let states = [DisputeState::Opened, DisputeState::Won, DisputeState::Lost];
    prop_oneof![
        3 => (0_u8..2, 0_usize..3).prop_map(move |(number, state)| UndoKind::Dispute {
            id: id(number),
            state: states[state],
        }),
        2 => (0_u8..3, 0_i64..1_500).prop_map(move |(number, minor)| UndoKind::Refund {
            id: id(number),
            amount: eur(minor),
        }),
        2 => (0_u8..3, 0_i64..3, 0_i64..2_500).prop_map(move |(number, at, minor)| UndoKind::Edit {
            id: id(number),
            at: Millis(at),
            total: eur(minor),
        }),
        1 => Just(UndoKind::Cancellation),
    ]
}

/// The rules, with facts and books kept as the ledger keeps them.
struct Books {
    terms: Program,
    rewards: BTreeMap<usize, StoredReward>,
    facts: Vec<Vec<UndoKind>>,
    changes: Vec<Change>,
}

impl Books {
    fn owed(&self) -> Money {
        eur((-balance(&self.changes, &Account::Receivable(jane()))).max(0))
    }

    fn used(&self) -> CapUse {
        let kept = self.rewards.values().filter(|reward| !reward.is_lost());
        let value = kept
            .clone()
            .map(|reward| reward.amount.minor() - reward.lost.minor());
        CapUse {
            count: u32::try_from(kept.clone().count()).expect("few"),
            value: value.sum(),
        }
    }

    fn order(&mut self, thing: bool) {
        let number = self.facts.len();
        self.facts.push(Vec::new());
        let used = self.used();
        let account = RewardAccount {
            rewards_this_year: 0,
            caps: vec![used, used],
            spent: 0,
            owed: self.owed(),
            remaining: remaining(eur(TOTAL), &[]).expect("fits"),
        };
        let reward = if thing {
            &self.terms.settings.reward_choices[0]
        } else {
            &self.terms.settings.reward
        };
        let earning = Earning {
            terms: &self.terms,
            reward,
            cause: Cause::Conversion,
            owner: &jane(),
            amounts: comes_to(eur(TOTAL), eur(0)),
            lines: &[],
            waits: false,
        };
        let id = Pseudonym(format!("r{number}"));
        if let Ok(change) = decide_reward(&earning, &account, id, Millis(0)).expect("fits") {
            self.apply(number, Some(change));
        }
    }

    /// Whether it changed anything.
    fn fact(&mut self, number: usize, fact: &UndoKind) -> bool {
        let known = &mut self.facts[number];
        if !known.iter().any(|other| other.key() == fact.key()) {
            known.push(fact.clone());
        }
        let left = remaining(eur(TOTAL), known).expect("fits");
        let change = self
            .rewards
            .get(&number)
            .and_then(|reward| reverse(reward, left, self.owed(), Millis(0)).expect("fits"));
        let changed = change.is_some();
        self.apply(number, change);
        changed
    }

    fn step(&mut self, number: usize, step: MerchantStep) -> bool {
        let Some(reward) = self.rewards.get(&number) else {
            return false;
        };
        let stepped = merchant_step(reward, step, self.owed(), Millis(DAY_MS)).expect("fits");
        match stepped {
            Ok(Stepped::Changed(change)) => {
                self.apply(number, Some(*change));
                true
            }
            _ => false,
        }
    }

    fn alarm(&mut self) {
        for number in 0..self.facts.len() {
            let change = self
                .rewards
                .get(&number)
                .and_then(|reward| mature(reward, self.owed(), Millis(DAY_MS)).expect("fits"));
            self.apply(number, change);
        }
    }

    fn apply(&mut self, number: usize, change: Option<Change>) {
        if let Some(change) = change {
            self.rewards.insert(number, change.after.clone());
            self.changes.push(change);
        }
    }
}

impl StateMachineTest for Books {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(_: &Facts) -> Self {
        let fixed = json!({"rule": "fixed", "amount": REWARD, "currency": "EUR"});
        Self {
            terms: program_with(&json!({
                "hold_days": 1,
                "reward_choices": [{"kind": "gift_card", "value": fixed}],
                "caps": [{"of": "count", "max": CAP_COUNT}, {"of": "value", "max": CAP_VALUE}],
            })),
            rewards: BTreeMap::new(),
            facts: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn apply(mut books: Self, _: &Facts, happening: Happening) -> Self {
        match happening {
            Happening::Order { thing } => books.order(thing),
            Happening::Fact(number, fact) => {
                books.fact(number, &fact);
            }
            Happening::Alarm => books.alarm(),
            Happening::Veto(number) => assert!(books.step(number, MerchantStep::Void)),
            Happening::Fulfil(number) => {
                books.step(number, MerchantStep::Fulfil);
            }
            Happening::Replay(number, count) => {
                let known = books.facts[number].clone();
                for fact in known.iter().take(count) {
                    assert!(!books.fact(number, fact), "a replay changes nothing");
                }
            }
        }
        books
    }

    fn check_invariants(books: &Self, known: &Facts) {
        let of = |account: fn(Pseudonym) -> Account| balance(&books.changes, &account(jane()));
        let (mut net, mut held, mut due) = (0, 0, 0);
        for (number, order) in known.0.iter().enumerate() {
            let reward = books.rewards.get(&number);
            assert_eq!(
                reward.is_some(),
                order.earned,
                "the cap decides on order {number}"
            );
            let Some(reward) = reward else { continue };
            let (left, at_best) = order.worth();
            let amounts = (
                reward.amount.minor() - reward.reversed.minor(),
                reward.amount.minor() - reward.lost.minor(),
            );
            assert_eq!(amounts, (left, at_best), "{reward:?} of {order:?}");
            net += left;
            due += reward.due.minor();
            held += if reward.state == super::RewardState::Pending {
                left
            } else {
                0
            };
        }
        assert_eq!(
            -balance(&books.changes, &Account::ProgramExpense),
            net,
            "money is conserved"
        );
        assert_eq!((of(Account::Held), of(Account::Payable)), (held, due));
        let has = of(Account::Issued) + of(Account::HandedOver) + of(Account::Receivable);
        assert_eq!(held + due + has, net, "all of it is somewhere");
        assert!(
            of(Account::Receivable) <= 0,
            "nobody owes less than nothing"
        );
        let used = books.used();
        let within =
            usize::try_from(used.count).expect("few") <= CAP_COUNT && used.value <= CAP_VALUE;
        assert!(within, "the caps hold: {used:?}");
    }
}

#[test]
fn money_is_conserved_and_caps_hold_whatever_happens() {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(512)
    };
    let (histories, happenings) = (Cell::new(0), Cell::new(0));
    let tried = TestRunner::new(config.clone()).run(
        &Reference::sequential_strategy(1..40),
        |(known, then, seen)| {
            histories.set(histories.get() + 1);
            happenings.set(happenings.get() + then.len());
            Books::test_sequential(config.clone(), known, then, seen);
            Ok(())
        },
    );
    assert_eq!(tried.map_err(|error| error.to_string()), Ok(()));
    // Past the test runner's capture, so that it is seen when all is well.
    let (histories, happenings) = (histories.get(), happenings.get());
    let _ = writeln!(
        std::io::stdout(),
        "number: rewards under caps: {histories} histories, {happenings} happenings, money conserved after each"
    );
}
