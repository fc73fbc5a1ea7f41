//! What has really become of orders and rewards, in a history that is imagined.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{fixed, history, id, imagined, order, ordered};
use crate::decide::decision::StoredDecision;
use crate::decide::dry_run::history::{History, Imagined, Named, Past, Twin};
use crate::decide::earn::Books;
use crate::decide::reward::Cause;
use crate::decide::testing::{eur, program};
use crate::id::Pseudonym;
use crate::money::{Currency, MoneyError};
use crate::order::UndoKind;
use crate::reward::{MerchantStep, RewardState, StoredReward};
use crate::time::{DAY_MS, Millis};

fn jane() -> Pseudonym {
    Pseudonym("jane".into())
}

/// A history of orders of one moment.
fn with_orders(settings: &Value, names: &[&str]) -> History {
    let (mut history, really) = (history(settings), Rc::new(program()));
    for name in names {
        ordered(&mut history, order(name, Millis(1), &really), &[]);
    }
    history
}

fn reward_of(history: &History, name: &str) -> StoredReward {
    history.earned_by(&id(name)).remove(0).reward
}

/// The merchant says something of what an order has earned Jane.
pub(super) fn step(history: &History, name: &str, step: MerchantStep) {
    let (order, owner) = (&id(name), &jane());
    let cause = (Cause::Conversion, 0);
    let of = Named {
        order,
        owner,
        cause,
    };
    let stepped = history.stepped::<MoneyError>(of, step, Millis(2));
    stepped.expect("fits");
}

fn cancel(history: &mut History, name: &str) {
    let undone = history.undone::<MoneyError>(&id(name), UndoKind::Cancellation, Millis(2));
    undone.expect("fits");
}

#[test]
fn what_the_merchant_says_holds_for_one_reward() {
    let history = with_orders(&json!({"hold_days": 2}), &["a", "b"]);
    step(&history, "b", MerchantStep::Void);
    let states = ["a", "b"].map(|name| reward_of(&history, name).state);
    assert_eq!(states, [RewardState::Pending, RewardState::Voided]);
}

#[test]
fn what_nobody_has_collected_in_time_is_over() {
    let cash =
        json!({"kind": "cash", "value": {"rule": "fixed", "amount": 500, "currency": "EUR"}});
    let history = with_orders(
        &json!({"reward": cash, "hold_days": 0, "reward_expires_days": 5}),
        &["a"],
    );
    assert_eq!(reward_of(&history, "a").state, RewardState::Approved);
    let of = Named {
        order: &id("a"),
        owner: &jane(),
        cause: (Cause::Conversion, 0),
    };
    let expired = history.expired::<MoneyError>(of, Millis(6 * DAY_MS));
    expired.expect("fits");
    assert_eq!(reward_of(&history, "a").state, RewardState::Expired);
}

#[test]
fn an_order_takes_back_its_own_reward_and_no_other() {
    let mut history = with_orders(&json!({"hold_days": 0}), &["a", "b"]);
    cancel(&mut history, "b");
    let reversed = ["a", "b"].map(|name| reward_of(&history, name).reversed);
    assert_eq!(reversed, [eur(0), eur(500)]);
}

#[test]
fn a_debt_is_its_owners_in_its_currency_until_it_is_paid_off() {
    let mut history = with_orders(&json!({"hold_days": 0}), &["a"]);
    cancel(&mut history, "a");
    let (euro, yen) = (eur(0).currency(), Currency::parse("JPY").expect("JPY"));
    let owed = |history: &History, name: &str, currency| {
        let owner = Pseudonym(name.into());
        let owed = Books::<MoneyError>::owed(history, &owner, currency);
        owed.expect("fits").minor()
    };
    assert_eq!(owed(&history, "jane", euro), 500);
    assert_eq!(owed(&history, "jane", yen), 0);
    assert_eq!(owed(&history, "bob", euro), 0);
    let next = order("b", Millis(3), &Rc::new(program()));
    ordered(&mut history, next, &[]);
    assert_eq!(owed(&history, "jane", euro), 0);
}

#[test]
fn a_milestone_is_told_with_the_approval_that_reaches_it_and_with_nothing_else() {
    let milestone = |hold: u32| {
        json!({
            "milestones": [{"at": 1, "reward": fixed(50)}], "hold_days": hold,
            "reward_schedule": {"kind": "renewals", "count": 2},
        })
    };
    let causes = |history: &History, name: &str| {
        let earned = history.earned_by(&id(name)).into_iter();
        earned.map(|one| one.cause.0).collect::<Vec<_>>()
    };
    // One referral was approved before there was a milestone.
    let approved = imagined("before", Cause::Conversion, true);
    let mut held = with_orders(&milestone(2), &["a"]);
    held.remember(approved.clone());
    cancel(&mut held, "a");
    assert_eq!(causes(&held, "a"), [Cause::Conversion]);

    let really = Rc::new(program());
    let mut renewed = history(&milestone(0));
    renewed.remember(approved);
    renewed.remember_order(order("first", Millis(1), &really), 0);
    let renewal = Past {
        decision: StoredDecision::renewal(&id("first"), &jane(), 1, None, &[]),
        ..order("later", Millis(2), &really)
    };
    ordered(&mut renewed, renewal, &[]);
    assert_eq!(causes(&renewed, "later"), [Cause::Renewal]);
}

#[test]
fn only_what_has_really_waited_for_the_merchants_word_waits_here() {
    let terms = json!({"review_rewards": true, "hold_days": 2});
    let waits = |twins: &[Twin]| {
        let mut history = history(&terms);
        let past = order("a", Millis(1), &Rc::new(program()));
        ordered(&mut history, past, twins);
        reward_of(&history, "a").is_under_review()
    };
    let twin = Twin {
        owner: jane(),
        payable_at: Millis(1).plus_days(2),
        waited: true,
    };
    assert!(waits(std::slice::from_ref(&twin)));
    assert!(!waits(&[]));
    let other = Twin {
        payable_at: Millis(1),
        ..twin
    };
    assert!(!waits(&[other]));
}

#[test]
fn a_reward_of_before_stands_where_it_stood_at_that_time() {
    let history = with_orders(&json!({"hold_days": 0}), &["a"]);
    let now = reward_of(&history, "a");
    assert_eq!(
        (now.state, now.payable_at),
        (RewardState::Issued, Millis(1))
    );
    let stood = |since| {
        let cause = (Cause::Conversion, 0);
        Imagined::before(now.clone(), id("a"), cause, Millis(1), Millis(since)).reward
    };
    let held = stood(0);
    assert_eq!((held.state, held.granted), (RewardState::Pending, eur(0)));
    assert_eq!(stood(1), now);
    assert_eq!(stood(2), now);
}
