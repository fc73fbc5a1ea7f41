//! Later orders of subscriptions, in a history that is imagined.

use std::rc::Rc;

use serde_json::{Value, json};

use super::what_happened::step;
use super::{history, id, order, ordered};
use crate::decide::decision::StoredDecision;
use crate::decide::dry_run::history::Past;
use crate::decide::order::Reason;
use crate::decide::reward::Cause;
use crate::decide::testing::program;
use crate::id::Pseudonym;
use crate::reward::MerchantStep;
use crate::time::Millis;

#[test]
fn a_renewal_earns_as_long_as_its_first_order_converts_and_the_schedule_lasts() {
    let really = Rc::new(program());
    let renewal = |at| Past {
        decision: StoredDecision::renewal(&id("first"), &Pseudonym("jane".into()), 1, None, &[]),
        ..order(&format!("later{at}"), Millis(at), &really)
    };
    let reasons = |settings: Value| {
        let mut history = history(&settings);
        ordered(&mut history, order("first", Millis(1), &really), &[]);
        [2, 3].map(|at| ordered(&mut history, renewal(at), &[]).map(|one| one.reason))
    };
    let twice = json!({"reward_schedule": {"kind": "renewals", "count": 1}});
    let mut once = history(&twice);
    ordered(&mut once, order("first", Millis(1), &really), &[]);
    ordered(&mut once, renewal(2), &[]);
    let cause = |name: &str| once.earned_by(&id(name)).remove(0).cause.0;
    assert_eq!(
        [cause("first"), cause("later2")],
        [Cause::Conversion, Cause::Renewal]
    );
    assert_eq!(
        reasons(twice),
        [Some(Reason::Renewal), Some(Reason::AlreadyReferred)]
    );
    assert_eq!(reasons(json!({})), [Some(Reason::AlreadyReferred); 2]);
    // What does not convert here costs nothing here, and what it has really cost is still compared.
    assert_eq!(
        reasons(json!({"minimum_order": 5_000})),
        [Some(Reason::NoEvidence); 2]
    );
}

#[test]
fn a_renewal_that_somebody_has_paid_does_not_say_whose_they_are() {
    let really = Rc::new(program());
    let of_ann = |past: Past| Past {
        buyer: Some(Pseudonym("ann".into())),
        ..past
    };
    // She is Jane's by what this history does not show, such as an order under another name.
    let mut history = history(&json!({}));
    ordered(&mut history, order("first", Millis(1), &really), &[]);
    let renewal = Past {
        decision: StoredDecision::renewal(&id("first"), &Pseudonym("jane".into()), 1, None, &[]),
        ..order("later", Millis(2), &really)
    };
    ordered(&mut history, of_ann(renewal), &[]);
    let mut own = of_ann(order("own", Millis(3), &really));
    if let Some(basis) = &mut own.decision.basis {
        basis.buyer.referrer = Some(Pseudonym("jane".into()));
    }
    let own = ordered(&mut history, own, &[]).expect("kept whole");
    assert_eq!(own.reason, Reason::AlreadyReferred);
}

#[test]
fn a_renewal_of_an_unknown_order_is_not_guessed() {
    let mut past = order("later", Millis(2), &Rc::new(program()));
    past.decision = StoredDecision::renewal(&id("first"), &Pseudonym("jane".into()), 1, None, &[]);
    assert_eq!(ordered(&mut history(&json!({})), past, &[]), None);
}

#[test]
fn an_order_that_had_really_converted_before_is_renewed_as_often_as_it_still_may() {
    let really = Rc::new(program());
    let twice = json!({"reward_schedule": {"kind": "renewals", "count": 2}});
    let renewed = |before| {
        let mut history = history(&twice);
        history.remember_order(order("first", Millis(1), &really), before);
        let mut past = order("later", Millis(2), &really);
        past.decision =
            StoredDecision::renewal(&id("first"), &Pseudonym("jane".into()), 1, None, &[]);
        ordered(&mut history, past, &[]).map(|one| (one.reason, one.referrer))
    };
    let jane = Some(Pseudonym("jane".into()));
    assert_eq!(renewed(1), Some((Reason::Renewal, jane)));
    assert_eq!(renewed(2), Some((Reason::AlreadyReferred, None)));
}

#[test]
fn a_renewal_earns_nothing_once_what_its_own_first_order_had_earned_is_lost() {
    let really = Rc::new(program());
    let terms = json!({"hold_days": 2, "reward_schedule": {"kind": "renewals", "count": 2}});
    let reason = |vetoed: Option<&str>| {
        let mut history = history(&terms);
        for name in ["other", "first"] {
            ordered(&mut history, order(name, Millis(1), &really), &[]);
        }
        if let Some(name) = vetoed {
            step(&history, name, MerchantStep::Void);
        }
        let mut past = order("later", Millis(3), &really);
        past.decision =
            StoredDecision::renewal(&id("first"), &Pseudonym("jane".into()), 1, None, &[]);
        ordered(&mut history, past, &[]).map(|one| one.reason)
    };
    assert_eq!(reason(None), Some(Reason::Renewal));
    assert_eq!(reason(Some("other")), Some(Reason::Renewal));
    assert_eq!(reason(Some("first")), Some(Reason::AlreadyReferred));
}
