//! Subscriptions: later orders earn again, as often as the terms of the first one say.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A program with this schedule in which Ann has subscribed by Jane's code.
async fn subscribed(schedule: &Value) -> Program {
    let setup = Setup::default().set("reward_schedule", schedule.clone());
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("first", &Person::new("ann")).with_code(&code);
    order.set("subscription", "sub_1").accepted().await;
    shop
}

/// Another order of the subscription, so many days from now: why, and what it has earned.
async fn renewed(shop: &Program, id: &str, days: i64) -> Value {
    let at = shop.now_ms() + days * DAY_MS;
    let order = shop
        .order(id, &Person::new("ann"))
        .set("subscription", "sub_1");
    let accepted = order.set("at", at).accepted().await;
    json!([accepted["reason"], accepted["reward"]["earned"]])
}

#[tokio::test]
async fn so_many_renewals_earn_and_no_more() {
    let shop = subscribed(&json!({ "kind": "renewals", "count": 2 })).await;
    let earns = json!(["renewal", 500]);
    assert_eq!(renewed(&shop, "second", 0).await, earns);
    assert_eq!(renewed(&shop, "third", 0).await, earns);
    assert_eq!(
        renewed(&shop, "fourth", 0).await,
        json!(["no_evidence", null])
    );
    let jane = Person::new("jane");
    assert_eq!(shop.credit(&jane).await, 1_500);
    shop.refund("second", "r1", 1_700).send().await.expect(201);
    assert_eq!(shop.credit(&jane).await, 1_000);
    assert_eq!(
        shop.reward_of("second", "renewal").await["state"],
        "clawed_back"
    );
    let again = shop
        .order("second", &Person::new("ann"))
        .set("subscription", "sub_1");
    assert_eq!(again.send().await.expect(200)["outcome"], "exists");
    assert_eq!(shop.credit(&jane).await, 1_000);
}

#[tokio::test]
async fn so_many_months_earn_under_the_terms_of_the_first_order() {
    let shop = subscribed(&json!({ "kind": "months", "count": 2 })).await;
    let other =
        json!({ "kind": "credit", "value": { "rule": "fixed", "amount": 900, "currency": "EUR" } });
    shop.change(&json!({ "reward": other })).await;
    shop.advance_days(31).await;
    assert_eq!(renewed(&shop, "second", 0).await, json!(["renewal", 500]));
    shop.advance_days(31).await;
    assert_eq!(
        renewed(&shop, "third", 0).await,
        json!(["no_evidence", null])
    );
}

#[tokio::test]
async fn without_a_schedule_only_the_first_order_earns() {
    let shop = subscribed(&json!({ "kind": "once" })).await;
    assert_eq!(
        renewed(&shop, "second", 0).await,
        json!(["no_evidence", null])
    );
    assert_eq!(shop.credit(&Person::new("jane")).await, 500);
}

#[tokio::test]
async fn a_trial_for_nothing_is_no_paid_order_and_uses_nothing_up() {
    let schedule = json!({ "kind": "renewals", "count": 1 });
    let setup = Setup::default().set("reward_schedule", schedule);
    let shop = setup.create(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let token = shop.click(&shop.code(&jane).await).await;
    let discount = shop.claim(&token).await["discount_code"].clone();
    let invoice = |id: &str| {
        let order = shop.order(id, &ann).set("subscription", "sub_1");
        order.set("discount_codes", json!([discount]))
    };
    let trial = invoice("trial").set("subtotal", 0).set("discount", 0);
    let trial = trial.set("total", 0).accepted().await;
    assert_eq!(trial["reason"], "below_minimum");
    assert_eq!(
        invoice("first").accepted().await["reason"],
        "claimed_discount"
    );
    assert_eq!(shop.credit(&jane).await, 500);
    // A month without charge is no renewal, and the next one is.
    let free = invoice("free").set("subtotal", 0).set("discount", 0);
    let free = free.set("total", 0).accepted().await;
    assert_eq!(free["reward"], Value::Null, "{free}");
    assert_eq!(renewed(&shop, "second", 0).await, json!(["renewal", 500]));
}

#[tokio::test]
async fn what_was_cancelled_is_not_renewed_though_it_had_earned_nothing() {
    let setup = Setup::default()
        .set("reward_schedule", json!({ "kind": "renewals", "count": 5 }))
        .set("rewards_per_year_max", 1);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let before = shop.order("before", &Person::new("bob")).with_code(&code);
    before.accepted().await;
    let first = shop.order("first", &Person::new("ann")).with_code(&code);
    let first = first.set("subscription", "sub_1").accepted().await;
    assert_eq!(first["no_reward"], "cap_reached");
    shop.cancellation("before").send().await.expect(201);
    assert_eq!(renewed(&shop, "second", 0).await, json!(["renewal", 500]));
    shop.cancellation("second").send().await.expect(201);
    shop.cancellation("first").send().await.expect(201);
    assert_eq!(
        renewed(&shop, "third", 0).await,
        json!(["no_evidence", null])
    );
}

#[tokio::test]
async fn what_was_refunded_for_good_is_not_renewed() {
    let shop = subscribed(&json!({ "kind": "renewals", "count": 5 })).await;
    shop.cancellation("first").send().await.expect(201);
    assert_eq!(
        renewed(&shop, "second", 0).await,
        json!(["no_evidence", null])
    );
}
