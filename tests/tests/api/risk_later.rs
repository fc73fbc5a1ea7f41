//! Risk beyond the first order: leads, later orders of subscriptions, and claims of before.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

async fn jane(setup: Setup) -> (Program, String) {
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    (shop, code)
}

/// A program that rewards three later orders of a subscription.
fn renewing() -> Setup {
    Setup::default().set("reward_schedule", json!({ "kind": "renewals", "count": 3 }))
}

/// An order of the subscription: why it belongs to whom, and where its reward stands.
async fn paid(shop: &Program, id: &str, buyer: &Person) -> Value {
    let order = shop.order(id, buyer).set("subscription", "sub_1");
    let accepted = order.accepted().await;
    json!([accepted["reason"], accepted["reward"]["state"]])
}

/// Claims an offer and returns its discount code.
async fn claimed(shop: &Program, code: &str, how: &Value) -> String {
    let mut body = json!({ "token": shop.click(code).await });
    for (name, value) in how.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let call = shop.call("POST", "/claims").json(&body);
    text(&call.send().await.expect(201)["discount_code"])
}

#[tokio::test]
async fn codes_that_were_tried_long_ago_and_again_today_were_tried_today() {
    let (shop, code) = jane(Setup::default()).await;
    let mut codes = vec![code];
    for name in ["kim", "lea"] {
        codes.push(shop.code(&Person::new(name)).await);
    }
    let how = json!({ "browser": "tab-0123456789abcdef" });
    let mut last = String::new();
    for days in [0, 2] {
        shop.advance_days(days).await;
        for code in &codes {
            last = claimed(&shop, code, &how).await;
        }
    }
    let order = shop.order("1", &Person::new("ann"));
    order.with_discounts(&[&last]).accepted().await;
    let signals = shop.judged("1").await.2;
    assert!(signals.contains(&"codes_many".to_owned()), "{signals:?}");
}

#[tokio::test]
async fn a_lead_that_was_blocked_is_not_paid_for_one_more_event() {
    let steps = json!({ "events": ["registered"] });
    let (shop, code) = jane(Setup::default().set("qualifies_by", steps)).await;
    let ann = Person::new("ann");
    let listed = shop
        .block(json!([{ "kind": "customer", "value": "ann" }]))
        .await;
    let entry = text(&listed["blocks"][0]["id"]);
    let first = shop.event("e1", "registered", &ann).with_code(&code);
    assert_eq!(first.send().await.expect(201)["converted"], false);
    let refused = shop.read_order("event:e1").await;
    assert_eq!(refused["reason"], "blocked_by_risk");

    let call = shop.merchant("DELETE", &format!("/blocks/{entry}"));
    call.send().await.expect(200);
    let more = shop.event("e2", "registered", &ann).with_code(&code);
    assert_eq!(more.send().await.expect(201)["converted"], false);
    assert_eq!(shop.credit(&Person::new("jane")).await, 0);
    shop.call("GET", "/orders/event:e2")
        .bearer(&shop.keys.api)
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_renewal_waits_although_its_first_order_earned_nothing_because_of_a_cap() {
    let caps = json!([{ "of": "count", "max": 1, "days": 1 }]);
    let (shop, code) = jane(renewing().set("caps", caps)).await;
    let usual = shop.order("0", &Person::new("bob")).with_code(&code);
    usual.accepted().await;
    let thrown = Person::new("ann").with_email("ann@mailinator.com");
    let first = shop.order("1", &thrown).with_code(&code);
    let first = first.set("subscription", "sub_1").accepted().await;
    assert_eq!(first["no_reward"], "cap_reached");
    assert_eq!(shop.judged("1").await.0, "review");

    shop.advance_days(2).await;
    assert_eq!(
        paid(&shop, "2", &thrown).await,
        json!(["renewal", "pending"])
    );
    assert_eq!(shop.reviews().await.len(), 1);
    assert_eq!(shop.explanation("2").await["recomputed"], "agrees");
}

#[tokio::test]
async fn a_renewal_waits_when_a_dispute_took_the_reward_that_waited() {
    let (shop, code) = jane(renewing()).await;
    let thrown = Person::new("ann").with_email("ann@mailinator.com");
    let first = shop.order("1", &thrown).with_code(&code);
    first.set("subscription", "sub_1").accepted().await;
    for state in ["opened", "lost"] {
        shop.dispute("1", "d1", state).send().await.expect(201);
    }
    assert_eq!(shop.rewards_of("1").await[0]["state"], "voided");
    let second = paid(&shop, "2", &thrown).await;
    assert_eq!(second, json!(["renewal", "pending"]));
    let referral = text(&shop.reviews().await[0]["referral"]);
    let call = shop.merchant("POST", &format!("/reviews/{referral}/reject"));
    call.send().await.expect(200);
    assert_eq!(shop.rewards_of("2").await[0]["state"], "voided");
    let third = paid(&shop, "3", &thrown).await;
    assert_ne!(third[0], "renewal", "what was rejected is not renewed");
}

#[tokio::test]
async fn a_renewal_of_somebody_who_is_on_a_block_list_by_now_waits() {
    let (shop, code) = jane(renewing()).await;
    let ann = Person::new("ann");
    let first = shop.order("1", &ann).with_code(&code);
    let first = first.set("subscription", "sub_1").accepted().await;
    assert_eq!(first["reward"]["state"], "issued");
    assert_eq!(paid(&shop, "2", &ann).await, json!(["renewal", "issued"]));
    shop.block(json!([{ "kind": "customer", "value": "ann" }]))
        .await;
    // Nobody is named: it is Ann's all the same.
    let nameless = shop.order("3", &ann).set("customer", Value::Null);
    let third = nameless.set("subscription", "sub_1").accepted().await;
    assert_eq!(third["reward"]["state"], "pending");
    assert_eq!(paid(&shop, "4", &ann).await, json!(["renewal", "pending"]));
    for order in ["3", "4"] {
        let (verdict, _, signals) = shop.judged(order).await;
        assert_eq!(
            (verdict.as_str(), signals),
            ("review", vec!["listed_buyer".to_owned()])
        );
        assert_eq!(shop.explanation(order).await["recomputed"], "agrees");
    }
    let shown = shop.reviews().await.remove(0);
    assert_eq!(shown["risk"]["signals"][0]["signal"], "listed_buyer");
}

#[tokio::test]
async fn a_claim_speaks_for_the_order_that_it_has_bound() {
    let (shop, code) = jane(Setup::default()).await;
    let ann = Person::new("ann");
    let how = json!({
        "customer_token": shop.customer_token(&ann), "referrer": "https://www.retailmenot.com/view/shop.example",
    });
    claimed(&shop, &code, &how).await;
    shop.advance_days(1).await;
    let order = shop.order("1", &ann).accepted().await;
    assert_eq!(
        json!([order["reason"], order["reward"]["state"]]),
        json!(["bound_customer", "pending"])
    );
    let (verdict, _, signals) = shop.judged("1").await;
    assert_eq!(verdict, "review");
    assert!(signals.contains(&"coupon_site".to_owned()), "{signals:?}");
}

#[tokio::test]
async fn claims_that_nobody_uses_speak_against_no_referrer() {
    let (shop, code) = jane(Setup::default().set("live_discounts_per_source_max", 50)).await;
    let from_a_page = json!({ "referrer": "https://www.retailmenot.com/view/shop.example" });
    let mut found = Vec::new();
    for _ in 0..4 {
        found.push(claimed(&shop, &code, &from_a_page).await);
    }
    shop.advance_days(1).await;
    let friend = shop.order("1", &Person::new("ann")).with_code(&code);
    friend.accepted().await;
    assert_eq!(shop.judged("1").await, ("allow".into(), 0, Vec::new()));

    // What is used tells of the code.
    for (order, discount) in [("2", &found[0]), ("3", &found[1])] {
        let buyer = Person::new(&format!("buyer{order}"));
        let order = shop.order(order, &buyer).with_discounts(&[discount]);
        order.accepted().await;
    }
    let friend = shop.order("4", &Person::new("cem")).with_code(&code);
    friend.accepted().await;
    assert_eq!(shop.judged("4").await.2, ["leaked_code"]);
}

#[tokio::test]
async fn two_customers_of_one_address_and_network_whom_two_people_have_invited_are_looked_at() {
    let (shop, code) = jane(Setup::default()).await;
    let others = shop.code(&Person::new("omar")).await;
    let home = json!({ "shipping_address": { "country": "GB", "postal_code": "SW1A 2AB", "lines": "14 High Street" } });
    for (order, buyer, code, ip) in [
        ("1", "ann", &others, "198.51.100.7"),
        ("2", "cem", &code, "198.51.100.8"),
        ("3", "eve", &code, "203.0.113.9"),
    ] {
        let order = shop.order(order, &Person::new(buyer)).with_code(code);
        let mut told = home.clone();
        told["ip"] = json!(ip);
        order.set("risk", told).accepted().await;
    }
    // An address alone may be that of two houses.
    assert_eq!(shop.judged("3").await, ("allow".into(), 0, Vec::new()));
    assert_eq!(shop.judged("1").await, ("allow".into(), 0, Vec::new()));
    let (verdict, _, signals) = shop.judged("2").await;
    assert_eq!(
        (verdict.as_str(), signals),
        ("review", vec!["known_address".to_owned()])
    );
}
