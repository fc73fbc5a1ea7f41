//! Whatever happens in whatever order, on the ledger's own SQL: money is conserved, nobody is rewarded twice, no cap is
//! exceeded, and what has happened already changes nothing when it is said again.

use goodword_edge::native::{Cell, Outcome};
use goodword_simulator::books::check_books;
use goodword_simulator::call::Act;
use goodword_simulator::cases::{Stage, order, terms};
use goodword_simulator::chained::check_chained;
use goodword_simulator::facts::check_facts;
use goodword_simulator::model::DAY_MS;
use goodword_simulator::model::terms::Terms;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::sample::Index;
use serde_json::json;

/// What the referrer may earn in thirty days, and the program may spend in all.
const CAP: i64 = 1_400;
const BUDGET: i64 = 2_300;

/// What money, people and decisions are written in.
const TABLES: [&str; 8] = [
    "orders",
    "undos",
    "referrals",
    "rewards",
    "journal",
    "balances",
    "facts",
    "touches",
];

#[derive(Clone, Debug)]
enum Step {
    /// An order of a number, which says all about it.
    Order(u8),
    /// A refund of a number on an order.
    Refund(u8, u8),
    Cancel(u8),
    Dispute(u8, &'static str),
    /// The click of the first order is claimed by a customer, in time or too late.
    Claim,
    Days(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let state = prop_oneof![Just("opened"), Just("won"), Just("lost")];
    let step = prop_oneof![
        4 => (0_u8..6).prop_map(Step::Order),
        2 => (0_u8..6, 0_u8..3).prop_map(|(order, refund)| Step::Refund(order, refund)),
        1 => (0_u8..6).prop_map(Step::Cancel),
        2 => (0_u8..6, state).prop_map(|(order, state)| Step::Dispute(order, state)),
        1 => Just(Step::Claim),
        1 => (1_i64..40).prop_map(Step::Days),
    ];
    vec(step, 1..24)
}

/// A program with caps, a budget, a milestone and rewards on both sides.
fn capped(hold_days: i64) -> Stage {
    let mut stage = Stage::new(hold_days).expect("a stage");
    let settings = Terms {
        invitee: Some(100),
        milestones: vec![(2, 300)],
        caps: vec![(true, CAP, Some(30))],
        budget: Some((BUDGET, None)),
        per_year: 3,
        ..terms(hold_days)
    };
    let settings = Act::Settings(settings.to_json());
    stage.first(settings).expect("settings");
    stage
}

fn act(stage: &Stage, step: &Step) -> Option<Act> {
    let undo = |kind: &str, order: u8| json!({ "kind": kind, "order_id": format!("o{order}") });
    Some(match step {
        Step::Order(number) => {
            let by_click = *number == 0;
            let mut told = order(by_click.then_some(stage.click.token.as_str()), &[]);
            told["order_id"] = json!(format!("o{number}"));
            told["customer"] = json!({ "id": format!("c{number}") });
            if !by_click {
                told["referral_code"] = json!(stage.click.code);
            }
            Act::Report(told)
        }
        Step::Refund(order, refund) => {
            let mut told = undo("refund", *order);
            told["refund_id"] = json!(format!("r{refund}"));
            told["amount"] = json!(400 + 900 * i64::from(*refund));
            told["currency"] = json!("EUR");
            Act::Report(told)
        }
        Step::Cancel(order) => Act::Report(undo("cancellation", *order)),
        Step::Dispute(order, outcome) => {
            let mut told = undo("dispute", *order);
            told["dispute_id"] = json!("d1");
            told["state"] = json!(outcome);
            Act::Report(told)
        }
        Step::Claim => stage.claim(),
        Step::Days(_) => return None,
    })
}

fn take(stage: &mut Stage, step: &Step) {
    if let Step::Days(days) = step {
        stage.world.clock += days * DAY_MS;
        let entropy = |bytes: &mut [u8]| stage.world.entropy.fill(bytes);
        let worked = stage
            .world
            .ledger
            .keep_up(stage.world.clock, None, &entropy);
        assert!(worked.failures.is_empty(), "{worked:?}");
    }
    let Some(act) = act(stage, step) else {
        return;
    };
    let before = earned(stage);
    let answer = stage.world.call(&act.into()).expect("a call");
    let refused =
        matches!(answer.outcome, Outcome::Refused(code) if code.starts_with("click_token"));
    assert!(refused || answer.done().is_ok(), "{:?}", answer.outcome);
    if answer.outcome == Outcome::Refused("click_token_used") {
        let logged = one(
            stage,
            "SELECT count(*) FROM log WHERE kind = 'claim.refused'",
        );
        assert!(logged > 0, "what comes too late is logged");
    }
    if matches!(step, Step::Order(_)) && earned(stage) > before {
        let since = stage.world.clock - 30 * DAY_MS;
        let jane = "(SELECT id FROM people WHERE customer_id = 'jane')";
        let value = one(
            stage,
            &format!(
                "SELECT coalesce(sum(amount - reversed), 0) FROM rewards WHERE owner = {jane} AND earned_at > {since}"
            ),
        );
        assert!(value <= CAP, "{value} in thirty days");
        let spent = one(
            stage,
            "SELECT -balance FROM balances WHERE account = 'expense'",
        );
        assert!(spent <= BUDGET, "{spent} in all");
    }
}

fn earned(stage: &Stage) -> i64 {
    one(stage, "SELECT count(*) FROM rewards")
}

fn one(stage: &Stage, query: &str) -> i64 {
    match stage.world.ledger.query(query).expect("a query")[0][0] {
        Cell::Integer(count) => count,
        ref other => panic!("no number: {other:?}"),
    }
}

fn check(stage: &Stage) {
    check_books(&stage.world.ledger).unwrap_or_else(|violation| panic!("{violation}"));
    check_chained(&stage.world.ledger).unwrap_or_else(|violation| panic!("{violation}"));
    check_facts(&stage.world.ledger).unwrap_or_else(|violation| panic!("{violation}"));
    let twice = "SELECT count(*) FROM (SELECT 1 FROM rewards GROUP BY order_id, owner, milestone HAVING count(*) > 1)";
    assert_eq!(one(stage, twice), 0);
}

fn tables(stage: &Stage) -> Vec<Vec<Vec<Cell>>> {
    let all = TABLES.map(|table| format!("SELECT * FROM {table} ORDER BY 1, 2"));
    let read = |query: &String| stage.world.ledger.query(query).expect("a table");
    all.iter().map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_history_keeps_the_books_and_said_again_up_to_anywhere_changes_nothing(
        hold_days in prop_oneof![Just(0_i64), Just(14)],
        steps in steps(),
        upto in proptest::prelude::any::<Index>(),
    ) {
        let mut stage = capped(hold_days);
        for step in &steps {
            take(&mut stage, step);
            check(&stage);
        }
        let before = tables(&stage);
        for step in &steps[..=upto.index(steps.len())] {
            if let Some(act) = act(&stage, step) {
                let again = stage.world.call(&act.into()).expect("a call");
                let created = matches!(&again.outcome, Outcome::Done(201, _));
                assert!(!created, "{step:?}: {:?}", again.outcome);
            }
        }
        assert_eq!(tables(&stage), before);
        check(&stage);
    }
}

#[test]
fn what_is_asserted_of_any_history_can_fail() {
    let mut stage = capped(0);
    take(&mut stage, &Step::Order(1));
    let booked = "INSERT INTO journal SELECT NULL, reward, debit, credit, amount, currency, at FROM journal LIMIT 1";
    stage.world.ledger.query(booked).expect("a posting more");
    assert!(check_books(&stage.world.ledger).is_err());
}
