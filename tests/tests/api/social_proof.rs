//! How many friends have come so far, where a merchant shows it.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// What whoever shares is told, and what their friends are.
async fn told(shop: &Program) -> [Value; 2] {
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let invited = shop.invitation(&token).await.expect(200);
    let shares = shop.enrol(&jane).await;
    [shares, invited].map(|told| told["referrals_so_far"].clone())
}

async fn refer(shop: &Program, order: &str) {
    let code = shop.code(&Person::new("jane")).await;
    let friend = Person::new(&format!("friend-{order}"));
    let order = shop.order(order, &friend).with_code(&code);
    order.accepted().await;
}

#[tokio::test]
async fn a_program_tells_nobody_how_many_unless_its_merchant_asks_for_it() {
    let (shop, _) = Setup::default().referred().await;
    assert_eq!(told(&shop).await, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn referrals_that_stand_are_counted_once_a_day_and_told_from_the_merchants_number_on() {
    let setup = Setup::default().set("referrals_shown_from", 2);
    let shop = setup.create(&Edge::shared()).await;
    refer(&shop, "1").await;
    assert_eq!(told(&shop).await, [Value::Null, Value::Null]);
    for order in ["2", "3", "4"] {
        refer(&shop, order).await;
    }
    shop.refund("2", "r1", 1_000_000).send().await.expect(201);
    // Counted when somebody asked first, a moment ago.
    assert_eq!(told(&shop).await, [Value::Null, Value::Null]);
    shop.advance_days(1).await;
    assert_eq!(told(&shop).await, [json!(3), json!(3)]);
    let guest = shop.call("POST", "/referrers");
    let guest = guest.json(&json!({ "email": Person::new("gus").email }));
    let guest = guest.send().await.expect(200);
    assert_eq!(guest["referrals_so_far"], Value::Null);
}
