//! Tiers, milestones, caps and budgets: what is reached, and what is enough or nothing.

use futures_util::future::join_all;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::orders::Order;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

fn fixed(amount: i64) -> Value {
    json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

/// A program with Jane in it, and her code.
async fn with_jane(setup: Setup) -> (Program, String) {
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    (shop, code)
}

/// A friend's order; what it has earned in all, or why nothing.
async fn order(shop: &Program, code: &str, friend: &str) -> Value {
    let buyer = Person::new(friend);
    let accepted = shop.order(friend, &buyer).with_code(code).accepted().await;
    match &accepted["no_reward"] {
        Value::Null => accepted["reward"]["earned"].clone(),
        reason => reason.clone(),
    }
}

#[tokio::test]
async fn whoever_has_referred_much_earns_more() {
    let tiers = json!([{ "from": 1, "reward": fixed(700) }, { "from": 2, "reward": fixed(900) }]);
    let (shop, code) = with_jane(Setup::default().set("tiers", tiers)).await;
    let mut earned = Vec::new();
    for friend in ["ann", "bob", "cem", "dan"] {
        earned.push(order(&shop, &code, friend).await);
    }
    assert_eq!(json!(earned), json!([500, 700, 900, 900]));
    for friend in ["bob", "cem", "dan"] {
        shop.cancellation(friend).send().await.expect(201);
    }
    assert_eq!(order(&shop, &code, "eve").await, 700);
}

#[tokio::test]
async fn a_milestone_is_earned_once_when_it_is_reached() {
    let milestones = json!([{ "at": 2, "reward": fixed(1_000) }]);
    let setup = Setup::default()
        .set("milestones", milestones)
        .set("hold_days", 1);
    let (shop, code) = with_jane(setup).await;
    let jane = Person::new("jane");
    for friend in ["ann", "bob"] {
        order(&shop, &code, friend).await;
    }
    assert_eq!(shop.credit(&jane).await, 0, "the hold is not over");
    shop.advance_days(2).await;
    goodword_tests::harness::eventually::eventually("two rewards and a milestone", async || {
        (shop.credit(&jane).await == 2_000).then_some(())
    })
    .await;
    order(&shop, &code, "cem").await;
    shop.cancellation("ann").send().await.expect(201);
    shop.advance_days(2).await;
    goodword_tests::harness::eventually::eventually("no second milestone", async || {
        (shop.credit(&jane).await == 2_000).then_some(())
    })
    .await;
    let earned = shop.logged("reward.earned").await;
    let extra = earned
        .iter()
        .filter(|line| line["reward"]["cause"] == "milestone");
    assert_eq!(extra.count(), 1);
}

#[tokio::test]
async fn a_milestone_comes_on_top_of_what_is_limited_by_count() {
    let setup = Setup::default()
        .set("milestones", json!([{ "at": 2, "reward": fixed(1_000) }]))
        .set(
            "caps",
            json!([{ "of": "count", "max": 3 }, { "of": "value", "max": 2_900 }]),
        );
    let (shop, code) = with_jane(setup).await;
    shop.change(&json!({ "rewards_per_year_max": 2 })).await;
    assert_eq!(order(&shop, &code, "ann").await, 500);
    // The second of two: its milestone is none of them.
    assert_eq!(order(&shop, &code, "bob").await, 500);
    assert_eq!(shop.reward_of("bob", "milestone").await["earned"], 1_000);
    assert_eq!(order(&shop, &code, "cem").await, "cap_reached");
    shop.change(&json!({ "rewards_per_year_max": 9 })).await;
    assert_eq!(order(&shop, &code, "dan").await, 500, "it counts for none");
    assert_eq!(order(&shop, &code, "eve").await, "cap_reached");
}

#[tokio::test]
async fn a_milestone_that_caps_leave_no_room_for_is_told_and_comes_with_a_later_referral() {
    let setup = Setup::default()
        .set("milestones", json!([{ "at": 1, "reward": fixed(1_000) }]))
        .set("caps", json!([{ "of": "value", "max": 1_400 }]));
    let (shop, code) = with_jane(setup).await;
    assert_eq!(order(&shop, &code, "ann").await, 500);
    let refused = shop.logged("milestone.refused").await;
    assert_eq!(
        json!([refused[0]["milestone"], refused[0]["reason"]]),
        json!([1, "cap_reached"])
    );
    shop.change(&json!({ "caps": [] })).await;
    assert_eq!(order(&shop, &code, "bob").await, 500);
    assert_eq!(shop.reward_of("bob", "milestone").await["earned"], 1_000);
}

#[tokio::test]
async fn a_referral_that_is_given_back_may_reach_a_milestone() {
    let milestones = json!([{ "at": 3, "reward": fixed(1_000) }]);
    let (shop, code) = with_jane(Setup::default().set("milestones", milestones)).await;
    for friend in ["ann", "bob"] {
        order(&shop, &code, friend).await;
    }
    shop.dispute("ann", "d1", "lost").send().await.expect(201);
    order(&shop, &code, "cem").await;
    assert_eq!(shop.credit(&Person::new("jane")).await, 1_000);
    shop.dispute("ann", "d1", "won").send().await.expect(201);
    assert_eq!(shop.reward_of("ann", "milestone").await["earned"], 1_000);
    assert_eq!(shop.credit(&Person::new("jane")).await, 2_500);
}

#[tokio::test]
async fn a_cap_that_leaves_less_than_the_reward_leaves_nothing() {
    let caps = json!([{ "of": "value", "max": 1_400 }, { "of": "count", "max": 2, "days": 30 }]);
    let (shop, code) = with_jane(Setup::default().set("caps", caps)).await;
    assert_eq!(order(&shop, &code, "ann").await, 500);
    assert_eq!(order(&shop, &code, "bob").await, 500);
    assert_eq!(order(&shop, &code, "cem").await, "cap_reached");
    shop.cancellation("bob").send().await.expect(201);
    assert_eq!(order(&shop, &code, "dan").await, 500);
    shop.advance_days(31).await;
    assert_eq!(
        order(&shop, &code, "eve").await,
        "cap_reached",
        "400 are left by value"
    );
}

#[tokio::test]
async fn the_budget_is_never_exceeded_and_what_is_lost_for_good_is_there_again() {
    let setup = Setup::default()
        .set("budget", 1_400)
        .set("budget_days", 7)
        .set("invitee_reward", fixed(300));
    let (shop, code) = with_jane(setup).await;
    assert_eq!(order(&shop, &code, "ann").await, 500);
    // 600 are left: enough for the referrer, and not for the invitee beside.
    assert_eq!(order(&shop, &code, "bob").await, 500);
    assert_eq!(shop.rewards_of("bob").await.len(), 1);
    assert_eq!(order(&shop, &code, "cem").await, "budget_reached");
    shop.dispute("ann", "d1", "lost").send().await.expect(201);
    assert_eq!(
        order(&shop, &code, "dan").await,
        "budget_reached",
        "it may yet be won"
    );
    shop.refund("ann", "r1", 1_700).send().await.expect(201);
    assert_eq!(order(&shop, &code, "eve").await, 500);
    shop.advance_days(8).await;
    assert_eq!(order(&shop, &code, "fay").await, 500);
}

#[tokio::test]
async fn a_thousand_orders_at_once_earn_exactly_as_often_as_the_cap_allows() {
    const ORDERS: usize = 1_000;
    const CAP: usize = 7;
    let (shop, code) = with_jane(Setup::default().set("rewards_per_year_max", CAP)).await;
    let ids: Vec<String> = (0..ORDERS).map(|n| format!("friend{n}")).collect();
    let mut rewarded = 0;
    for some in ids.chunks(100) {
        let orders = some
            .iter()
            .map(|id| shop.order(id, &Person::new(id)).with_code(&code));
        let orders: Vec<_> = orders.collect();
        let answers = join_all(orders.iter().map(Order::accepted)).await;
        rewarded += answers
            .iter()
            .filter(|answer| answer["no_reward"].is_null())
            .count();
    }
    print_number(&format!(
        "{ORDERS} orders, 100 at a time, against a cap of {CAP}: {rewarded} rewards"
    ));
    assert_eq!(rewarded, CAP);
    assert_eq!(shop.credit(&Person::new("jane")).await, 500 * 7);
}
