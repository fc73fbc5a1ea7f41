use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};

use super::Outcome;
use super::history::{History, Imagined, Named, Past, Twin};
use crate::decide::earn::Books;
use crate::decide::order::{Purchase, Reason};
use crate::decide::reward::Cause;
use crate::decide::testing::{comes_to, eur, kept, program, program_with, referred};
use crate::event::{EventKind, Seen};
use crate::id::{ExternalId, Pseudonym};
use crate::money::{Currency, Money, MoneyError};
use crate::order::UndoKind;
use crate::program::Program;
use crate::program::reward::Reward;
use crate::time::{DAY_MS, Millis};

mod renewals;
mod what_happened;

fn id(name: &str) -> ExternalId {
    ExternalId::parse(name).expect("an id")
}

/// A first order of 20.00 less 3.00 by a code of Jane's.
fn order(name: &str, at: Millis, terms: &Rc<Program>) -> Past {
    let purchase = Purchase {
        at,
        checkout_at: None,
        before_discount: Some(eur(2_000)),
    };
    Past {
        id: id(name),
        at,
        amounts: comes_to(eur(1_700), eur(300)),
        buyer: Some(Pseudonym(format!("buyer-of-{name}"))),
        decision: kept(referred("jane", terms, at), &purchase),
    }
}

fn ordered(history: &mut History, past: Past, twins: &[Twin]) -> Option<Outcome> {
    let now = past.at;
    history.until::<MoneyError>(now).expect("fits");
    let decided = history.order::<MoneyError>(past, twins, now);
    decided.expect("fits")
}

fn history(settings: &Value) -> History {
    History::new(Rc::new(program_with(settings)), Vec::new())
}

/// What each of so many orders a day apart earns, with what is reached by it.
fn amounts(settings: &Value, orders: usize) -> Vec<Vec<i64>> {
    let mut history = history(settings);
    let really = Rc::new(program());
    let names: Vec<String> = (0..orders).map(|number| format!("o{number}")).collect();
    for (name, day) in names.iter().zip(0..) {
        ordered(
            &mut history,
            order(name, Millis(day * DAY_MS), &really),
            &[],
        );
    }
    let earned = names.iter().map(|name| history.earned_by(&id(name)));
    earned
        .map(|all| all.iter().map(|one| one.reward.amount.minor()).collect())
        .collect()
}

fn fixed(amount: i64) -> Value {
    json!({"kind": "credit", "value": {"rule": "fixed", "amount": amount, "currency": "EUR"}})
}

#[test]
fn other_terms_decide_otherwise() {
    let really = Rc::new(program());
    let decided = |settings: Value| {
        let past = order("o", Millis(5), &really);
        ordered(&mut history(&settings), past, &[]).expect("kept whole")
    };
    let usual = decided(json!({}));
    assert_eq!((usual.reason, usual.no_reward), (Reason::TypedCode, None));
    assert_eq!(
        decided(json!({"minimum_order": 2_001})).reason,
        Reason::BelowMinimum
    );
    assert_eq!(
        decided(json!({"active": false})).reason,
        Reason::ProgramEnded
    );
    let capped = decided(json!({"rewards_per_year_max": 0}));
    assert_eq!(capped.no_reward, Some(Reason::CapReached));
}

#[test]
fn tiers_and_milestones_count_the_referrals_of_the_imagined_history() {
    let tiers = json!({"tiers": [{"from": 2, "reward": fixed(800)}], "milestones": [{"at": 2, "reward": fixed(50)}]});
    assert_eq!(
        amounts(&tiers, 4),
        [vec![500], vec![500, 50], vec![800], vec![800]]
    );
    // A hold of two days: the first two are approved with the third and the fourth order, and the milestone is the second's.
    let mut held = tiers;
    held["hold_days"] = json!(2);
    assert_eq!(
        amounts(&held, 4),
        [vec![500], vec![500, 50], vec![500], vec![800]]
    );
}

#[test]
fn caps_and_the_budget_count_what_the_imagined_history_has_earned() {
    let caps = json!({"caps": [{"of": "value", "max": 1_000, "days": 30}, {"of": "count", "max": 1, "days": 1}]});
    assert_eq!(amounts(&caps, 3), [vec![500], vec![500], vec![]]);
    let budget = json!({"budget": 1_200, "budget_days": 2, "invitee_reward": fixed(200)});
    assert_eq!(
        amounts(&budget, 3),
        [vec![500, 200], vec![500], vec![500, 200]]
    );
    let for_ever = json!({"budget": 1_000});
    assert_eq!(amounts(&for_ever, 3), [vec![500], vec![500], vec![]]);
}

#[test]
fn a_refund_makes_room_when_it_came_and_not_before() {
    let mut history = history(&json!({"rewards_per_year_max": 1}));
    let really = Rc::new(program());
    ordered(&mut history, order("a", Millis(1), &really), &[]);
    ordered(&mut history, order("b", Millis(2), &really), &[]);
    let refund = UndoKind::Refund {
        id: id("r"),
        amount: eur(1_700),
    };
    history
        .undone::<MoneyError>(&id("a"), refund, Millis(3))
        .expect("fits");
    ordered(&mut history, order("c", Millis(3), &really), &[]);
    let earned = ["a", "b", "c"].map(|name| history.earned_by(&id(name)).len());
    assert_eq!(earned, [1, 0, 1]);
}

#[test]
fn a_buyer_belongs_to_whose_order_converts_here() {
    let really = Rc::new(program());
    let again = |at| Past {
        buyer: Some(Pseudonym("ann".into())),
        ..order(&format!("o{at}"), Millis(at), &really)
    };
    let mut same = history(&json!({}));
    ordered(&mut same, again(1), &[]);
    let second = ordered(&mut same, again(2), &[]).expect("kept whole");
    assert_eq!(second.reason, Reason::AlreadyReferred);
    // What had really converted does not convert here, so that she is free for the next one.
    let mut dearer = history(&json!({"minimum_order": 2_500}));
    ordered(&mut dearer, again(1), &[]);
    let mut larger = again(2);
    larger.amounts = comes_to(eur(9_000), eur(300));
    if let Some(basis) = &mut larger.decision.basis {
        basis.buyer.referrer = Some(Pseudonym("jane".into()));
    }
    let second = ordered(&mut dearer, larger, &[]).expect("kept whole");
    assert_eq!(second.reason, Reason::TypedCode);
}

#[test]
fn what_was_not_kept_whole_is_not_guessed() {
    let mut old = order("o", Millis(5), &Rc::new(program()));
    old.decision.basis = None;
    assert_eq!(ordered(&mut history(&json!({})), old.clone(), &[]), None);
    old.decision.considered.clear();
    let nobody = ordered(&mut history(&json!({})), old, &[]).expect("nothing to decide");
    assert_eq!((nobody.reason, nobody.referrer), (Reason::NoEvidence, None));
}

#[test]
fn what_was_really_earned_before_counts_and_is_not_told_again() {
    let mut first = history(&json!({}));
    ordered(&mut first, order("a", Millis(1), &Rc::new(program())), &[]);
    let earned = first.earned_by(&id("a")).remove(0);
    let mut later = History::new(
        Rc::new(program_with(
            &json!({"budget": 1_000, "rewards_per_year_max": 2}),
        )),
        vec![(eur(0).currency(), 0, 500)],
    );
    let cause = (Cause::Conversion, 0);
    later.remember(Imagined::before(
        earned.reward,
        id("a"),
        cause,
        Millis(1),
        Millis(1),
    ));
    let really = Rc::new(program());
    let decided = ["b", "c"].map(|name| {
        let decided = ordered(&mut later, order(name, Millis(2), &really), &[]);
        decided.expect("kept whole").no_reward
    });
    assert_eq!(decided, [None, Some(Reason::CapReached)]);
    assert_eq!(later.earned_by(&id("a")).len(), 0);
}

#[test]
fn a_choice_is_what_its_referrer_earns_from_then_on() {
    let mut history = history(&json!({"reward_choices": [fixed(650)]}));
    let really = Rc::new(program());
    let choice: Reward = serde_json::from_value(fixed(650)).expect("a reward");
    let (jane, bob) = (Pseudonym("jane".into()), Pseudonym("bob".into()));
    let mut earned = |choices: &[(&Pseudonym, Option<&Reward>)], name: &str| {
        for (person, choice) in choices {
            history.choose(person, choice.cloned());
        }
        ordered(&mut history, order(name, Millis(1), &really), &[]);
        history.earned_by(&id(name)).remove(0).reward.amount
    };
    assert_eq!(earned(&[(&bob, Some(&choice))], "a"), eur(500));
    assert_eq!(earned(&[(&jane, Some(&choice))], "b"), eur(650));
    assert_eq!(earned(&[(&bob, None)], "c"), eur(650));
    assert_eq!(earned(&[(&jane, None)], "d"), eur(500));
}

/// What "a" has earned, for something, in the imagination or before it.
fn imagined(name: &str, cause: Cause, is_before: bool) -> Imagined {
    let mut past = history(&json!({}));
    ordered(&mut past, order("a", Millis(1), &Rc::new(program())), &[]);
    Imagined {
        order: id(name),
        cause: (cause, 0),
        is_before,
        ..past.earned_by(&id("a")).remove(0)
    }
}

#[test]
fn what_was_spent_is_told_by_currency_and_by_days_after_one() {
    let yen = Currency::parse("JPY").expect("JPY");
    let euro = eur(0).currency();
    let spent = vec![(euro, 3, 100), (euro, 4, 20), (yen, 9, 7)];
    let mut history = History::new(Rc::new(program()), spent);
    // Of what was earned before, the sums of its days are known.
    history.remember(Imagined {
        earned_at: Millis(5 * DAY_MS),
        ..imagined("before", Cause::Conversion, true)
    });
    let really = Rc::new(program());
    ordered(&mut history, order("o", Millis(5 * DAY_MS), &really), &[]);
    let after = |currency, day| Books::<MoneyError>::spent_after(&history, currency, day);
    let told = [2, 3, 4, 5].map(|day| after(euro, day));
    assert_eq!(told, [Ok(620), Ok(520), Ok(500), Ok(0)]);
    assert_eq!([after(yen, 8), after(yen, 9)], [Ok(7), Ok(0)]);
}

#[test]
fn milestones_that_orders_of_before_have_reached_since_are_told() {
    let mut history = history(&json!({}));
    for one in [
        imagined("reached", Cause::Conversion, true),
        imagined("reached", Cause::Milestone, false),
        imagined("reached before", Cause::Conversion, true),
        imagined("reached before", Cause::Milestone, true),
        imagined("here", Cause::Conversion, false),
        imagined("here", Cause::Milestone, false),
        imagined("its buyer's", Cause::Invitee, true),
        imagined("its buyer's", Cause::Milestone, false),
        imagined("no milestone", Cause::Conversion, true),
        imagined("no milestone", Cause::Renewal, false),
    ] {
        history.remember(one);
    }
    assert_eq!(history.reached_before(), [id("reached")]);
}

#[test]
fn a_conversion_by_events_earns_in_the_programs_own_currency() {
    let events = json!({
        "qualifies_by": {"events": ["registered"]},
        "currencies": [{"currency": "JPY", "reward": 80, "minimum_order": 100}],
    });
    let really = Rc::new(program_with(&events));
    let at = Millis(5);
    let mut snapshot = referred("jane", &really, at);
    let kind = EventKind::try_from("registered".to_owned()).expect("a kind");
    snapshot.seen.push(Seen { kind, at });
    let purchase = Purchase {
        at,
        checkout_at: None,
        before_discount: None,
    };
    let past = Past {
        amounts: comes_to(eur(0), eur(0)),
        decision: kept(snapshot, &purchase),
        ..order("o", at, &really)
    };
    let mut history = history(&events);
    let decided = ordered(&mut history, past, &[]).expect("kept whole");
    assert_eq!(decided.reason, Reason::TypedCode);
    let earned = history.earned_by(&id("o"));
    assert_eq!(
        earned
            .iter()
            .map(|one| one.reward.amount)
            .collect::<Vec<_>>(),
        [eur(500)]
    );
}

/// Something that happens on a day.
#[derive(Clone, Debug)]
enum Happening {
    Order { amount: i64 },
    Refund { order: usize, amount: i64 },
    Cancel { order: usize },
}

fn happenings() -> impl Strategy<Value = Vec<(i64, Happening)>> {
    let happening = prop_oneof![
        5 => (800..4_000_i64).prop_map(|amount| Happening::Order { amount }),
        2 => (0..12_usize, 1..2_000_i64)
            .prop_map(|(order, amount)| Happening::Refund { order, amount }),
        1 => (0..12_usize).prop_map(|order| Happening::Cancel { order }),
    ];
    vec((0..4_i64, happening), 1..30)
}

fn terms() -> impl Strategy<Value = Value> {
    let some = |value: Value| prop_oneof![Just(Value::Null), Just(value)];
    let list = |value: Value| prop_oneof![Just(json!([])), Just(value)];
    (
        list(json!([{"from": 1, "reward": fixed(600)}, {"from": 3, "reward": fixed(900)}])),
        list(json!([{"at": 1, "reward": fixed(100)}, {"at": 2, "reward": fixed(1_000)}])),
        list(json!([{"of": "value", "max": 1_500, "days": 9}, {"of": "count", "max": 5}])),
        some(json!(3_000)),
        some(fixed(200)),
        0..4_u32,
    )
        .prop_map(|(tiers, milestones, caps, budget, invitee, hold)| {
            json!({
                "tiers": tiers, "milestones": milestones, "caps": caps, "budget": budget, "invitee_reward": invitee,
                "hold_days": hold, "rewards_per_year_max": 6,
            })
        })
}

/// What the rewards of all orders come to, in the order in which they were earned.
fn told(history: &History, orders: usize) -> Vec<(Pseudonym, Cause, u32, i64, i64)> {
    let all = (0..orders).flat_map(|number| history.earned_by(&id(&format!("o{number}"))));
    all.map(|one| {
        let (cause, milestone) = one.cause;
        let reward = one.reward;
        (
            reward.owner,
            cause,
            milestone,
            reward.amount.minor(),
            reward.lost.minor(),
        )
    })
    .collect()
}

/// The approvals that the second history hears of are those of the first.
fn follow(really: &History, again: &History, orders: usize, seen: &mut Vec<(ExternalId, Cause)>) {
    let all = (0..orders).flat_map(|number| really.earned_by(&id(&format!("o{number}"))));
    let mut approved: Vec<Imagined> = all
        .filter(|one| one.cause.0 != Cause::Milestone && one.reward.is_approved())
        .filter(|one| !seen.contains(&(one.order.clone(), one.cause.0)))
        .collect();
    approved.sort_by_key(|one| one.reward.payable_at);
    for one in approved {
        let of = Named {
            order: &one.order,
            owner: &one.reward.owner,
            cause: one.cause,
        };
        let due = one.reward.payable_at;
        again.approved::<MoneyError>(of, due).expect("fits");
        seen.push((one.order.clone(), one.cause.0));
    }
}

proptest! {
    #[test]
    fn the_terms_that_held_decide_and_cost_what_they_did(settings in terms(), happenings in happenings()) {
        let terms = Rc::new(program_with(&settings));
        let mut really = History::new(Rc::clone(&terms), Vec::new());
        let mut again = History::new(Rc::clone(&terms), Vec::new());
        let (mut day, mut orders, mut refunds, mut seen) = (0, 0, 0, Vec::new());
        for (days, happening) in happenings {
            day += days;
            let now = Millis(day * DAY_MS);
            really.until::<MoneyError>(now).expect("fits");
            follow(&really, &again, orders, &mut seen);
            let mut undo = |order: usize, fact: UndoKind| {
                let order = id(&format!("o{order}"));
                really.undone::<MoneyError>(&order, fact.clone(), now).expect("fits");
                again.undone::<MoneyError>(&order, fact, now).expect("fits");
            };
            match happening {
                Happening::Order { amount } => {
                    let mut past = order(&format!("o{orders}"), now, &terms);
                    past.amounts = comes_to(eur(amount), eur(300));
                    orders += 1;
                    let was = ordered(&mut really, past.clone(), &[]);
                    let earned = really.earned_by(&past.id);
                    let twins: Vec<Twin> = earned
                        .iter()
                        .filter(|one| one.cause.0 != Cause::Milestone)
                        .map(|one| Twin { owner: one.reward.owner.clone(), payable_at: one.reward.payable_at, waited: one.reward.is_under_review() })
                        .collect();
                    prop_assert_eq!(ordered(&mut again, past, &twins), was);
                }
                Happening::Refund { order, amount } => {
                    refunds += 1;
                    undo(order, UndoKind::Refund { id: id(&format!("r{refunds}")), amount: eur(amount) });
                }
                Happening::Cancel { order } => undo(order, UndoKind::Cancellation),
            }
            prop_assert_eq!(told(&again, orders), told(&really, orders));
        }
    }
}

#[test]
fn an_order_earns_in_its_own_currency_or_not_at_all() {
    let yen = |minor| Money::new(minor, Currency::parse("JPY").expect("JPY")).expect("fits");
    let listed = json!({
        "caps": [{"of": "value", "max": 1_000}],
        "currencies": [{"currency": "JPY", "reward": 80, "minimum_order": 100, "caps": [150]}],
    });
    let really = Rc::new(program_with(&listed));
    let in_yen = |name: &str, at| {
        let purchase = Purchase {
            at: Millis(at),
            checkout_at: None,
            before_discount: Some(yen(2_000)),
        };
        Past {
            amounts: comes_to(yen(1_700), yen(300)),
            decision: kept(referred("jane", &really, Millis(at)), &purchase),
            ..order(name, Millis(at), &really)
        }
    };
    let mut same = history(&listed);
    let named = ["a", "b", "c"];
    ordered(&mut same, in_yen("a", 1), &[]);
    ordered(&mut same, order("b", Millis(2), &really), &[]);
    let last = ordered(&mut same, in_yen("c", 3), &[]).expect("kept whole");
    let earned = named.map(|name| same.earned_by(&id(name)).pop());
    let earned = earned.map(|one| one.map(|one| one.reward.amount));
    assert_eq!(earned, [Some(yen(80)), Some(eur(500)), None]);
    assert_eq!(last.no_reward, Some(Reason::CapReached));
    let mut without = history(&json!({}));
    let refused = ordered(&mut without, in_yen("a", 1), &[]).expect("kept whole");
    assert_eq!(
        (refused.reason, refused.referrer),
        (Reason::CurrencyNotOffered, None)
    );
}
