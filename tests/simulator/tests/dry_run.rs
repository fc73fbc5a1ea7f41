//! Dry runs of histories that no run of today's code leaves behind, or that no random one would.

use goodword_edge::native::{Cell, Outcome};
use goodword_simulator::call::{Act, Call};
use goodword_simulator::cases::{Stage, order, terms};
use goodword_simulator::model::people::Naming;
use goodword_simulator::model::terms::{Terms, fixed};
use serde_json::{Value, json};

/// A program of these terms, with a referrer.
fn stage(terms: &Terms) -> Stage {
    let mut stage = Stage::new(0).expect("a stage");
    does(&mut stage, Act::Settings(terms.to_json()));
    stage
}

/// A second later.
fn does(stage: &mut Stage, act: Act) {
    stage.world.clock += 1_000;
    stage.first(act).expect("done");
}

fn buys(stage: &mut Stage, id: &str) {
    let mut order = order(None, &[]);
    order["order_id"] = json!(id);
    order["customer"] = json!({ "id": id });
    order["referral_code"] = json!(stage.click.code);
    does(stage, Act::Report(order));
}

fn chooses(stage: &mut Stage, amount: i64) {
    let jane = Naming {
        customer: Some("jane".into()),
        email: Some("jane@mail.example".into()),
    };
    does(stage, Act::Choose(jane, fixed("credit", amount)));
}

fn newest_line(stage: &Stage) -> i64 {
    match stage.world.ledger.query("SELECT max(seq) FROM log") {
        Ok(rows) => match rows[0][0] {
            Cell::Integer(seq) => seq,
            ref other => panic!("no line: {other:?}"),
        },
        Err(error) => panic!("{error}"),
    }
}

fn dry_run(stage: &mut Stage, terms: &Terms, after: Option<i64>) -> Outcome {
    stage.world.clock += 1_000;
    let command = json!({"DryRun": {"settings": terms.to_json(), "after": after}});
    let call = Call::from(Act::Read(command, true));
    stage.world.call(&call).expect("a call").outcome
}

fn told(stage: &mut Stage, terms: &Terms, after: Option<i64>) -> Value {
    match dry_run(stage, terms, after) {
        Outcome::Done(200, body) => serde_json::from_str(&body).expect("JSON"),
        other => panic!("no comparison: {other:?}"),
    }
}

#[test]
fn what_an_order_has_earned_that_cannot_be_decided_on_again_is_on_neither_side() {
    let terms = Terms {
        milestones: vec![(1, 1_000)],
        ..terms(0)
    };
    let mut stage = stage(&terms);
    buys(&mut stage, "old");
    let older = "UPDATE orders SET decision = json_remove(decision, '$.basis')";
    stage.world.ledger.query(older).expect("a row");
    let told = told(&mut stage, &terms, None);
    assert_eq!(told["not_kept"], 1);
    assert_eq!(told["was"]["cost"], json!([]), "{told}");
    assert_eq!(told["would"], told["was"]);
}

#[test]
fn whoever_has_chosen_since_earns_what_they_had_chosen_then() {
    let terms = Terms {
        choice: Some(350),
        ..terms(0)
    };
    let mut stage = stage(&terms);
    chooses(&mut stage, 350);
    let february = newest_line(&stage);
    buys(&mut stage, "february");
    chooses(&mut stage, 500);
    buys(&mut stage, "may");
    let told = told(&mut stage, &terms, Some(february));
    assert_eq!(told["differ"], json!([]));
    let cost = json!([{"amount": 850, "currency": "EUR"}]);
    assert_eq!(told["would"]["cost"], cost);
}

#[test]
fn a_line_that_does_not_say_what_was_chosen_chooses_nothing() {
    let terms = Terms {
        choice: Some(350),
        ..terms(0)
    };
    let mut stage = stage(&terms);
    let before = newest_line(&stage);
    chooses(&mut stage, 350);
    let older = "UPDATE log SET data = json_remove(data, '$.chosen', '$.before') WHERE kind = 'reward.chosen'";
    stage.world.ledger.query(older).expect("a row");
    buys(&mut stage, "may");
    let told = told(&mut stage, &terms, Some(before));
    assert_eq!(told["differ"], json!([]));
    let cost = json!([{"amount": 350, "currency": "EUR"}]);
    assert_eq!(told["would"]["cost"], cost);
}

#[test]
fn a_budget_counts_what_was_spent_on_the_day_before_the_line_and_on_days_before() {
    let terms = Terms {
        budget: Some((1_200, None)),
        ..terms(0)
    };
    let mut stage = stage(&terms);
    buys(&mut stage, "a");
    stage.world.clock += 3 * 86_400_000;
    buys(&mut stage, "b");
    let middle = newest_line(&stage);
    buys(&mut stage, "c");
    let told = told(&mut stage, &terms, Some(middle));
    assert_eq!(told["differ"], json!([]));
    assert_eq!(told["was"]["attributed"], 1);
    assert_eq!(told["would"]["cost"], json!([]));
    let more = Terms {
        budget: Some((1_500, None)),
        ..terms
    };
    let told = self::told(&mut stage, &more, Some(middle));
    let cost = json!([{"amount": 500, "currency": "EUR"}]);
    assert_eq!(told["would"]["cost"], cost);
}

#[test]
fn more_than_a_dry_run_can_take_in_is_refused() {
    let terms = terms(0);
    let mut stage = stage(&terms);
    buys(&mut stage, "first");
    let many = "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 5000)
        INSERT INTO rewards (id, referral, owner, currency, amount, reversed, state, payable_at, frozen, earned_at, order_id, cause)
        SELECT 'many' || number, referral, owner, currency, amount, reversed, state, payable_at, frozen, earned_at,
            'many' || number, 'renewal' FROM rewards, numbers WHERE cause = 'conversion'";
    stage.world.ledger.query(many).expect("rows");
    let middle = newest_line(&stage);
    buys(&mut stage, "second");
    let refused = dry_run(&mut stage, &terms, Some(middle));
    let is_too_large = matches!(refused, Outcome::Refused("dry_run_too_large"));
    assert!(is_too_large, "{refused:?}");
    told(&mut stage, &terms, None);
}
