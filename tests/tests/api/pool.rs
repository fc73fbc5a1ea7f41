//! Discount codes that a shop has made itself, and orders that are placed before they are paid for.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A shop that checks codes by itself, and has uploaded these.
async fn shop_with(codes: &[&str]) -> Program {
    let setup = Setup::default().set("discount_codes", "uploaded");
    let shop = setup.create(&Edge::shared()).await;
    if !codes.is_empty() {
        upload(&shop, &json!({ "codes": codes }), 201).await;
    }
    shop
}

async fn upload(shop: &Program, body: &Value, status: u16) -> Value {
    let call = shop.merchant("POST", "/discounts/codes").json(body);
    call.send().await.expect(status)
}

async fn left(shop: &Program) -> (Value, Value) {
    let call = shop.merchant("GET", "/discounts/codes");
    let left = call.send().await.expect(200);
    (left["available"].clone(), left["waiting"].clone())
}

#[tokio::test]
async fn each_claim_is_given_a_code_of_the_shop_and_names_its_referrer_by_it() {
    let codes: Vec<String> = (0..12).map(|n| format!("ONCE-{n:04}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let shop = shop_with(&codes).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let claims =
        (0..3).map(async |_| text(&shop.claim(&shop.click(&code).await).await["discount_code"]));
    let given: BTreeSet<String> = join_all(claims).await.into_iter().collect();
    assert_eq!(given.len(), 3, "each is given once");
    assert!(given.iter().all(|code| codes.contains(&code.as_str())));
    assert_eq!(left(&shop).await, (json!(9), json!(0)));
    let first = given.first().expect("a code");
    let order = shop
        .order("1", &Person::new("ann"))
        .with_discounts(&[&first.to_lowercase()]);
    assert_eq!(order.accepted().await["reason"], "claimed_discount");
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn a_claim_waits_while_there_is_no_code_and_is_given_the_next_one() {
    let shop = shop_with(&[]).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let claim = shop.claim(&token).await;
    assert_eq!(
        (&claim["state"], &claim["discount_code"]),
        (&json!("waiting"), &Value::Null)
    );
    let again = shop.claim_call(&token).send().await.expect(200);
    assert_eq!(again["state"], "waiting");
    assert_eq!(left(&shop).await, (json!(0), json!(1)));
    assert_eq!(
        shop.count_logged("codes.ran_out").await,
        1,
        "it is said once an hour"
    );
    upload(&shop, &json!({ "codes": ["ONCE-0001"] }), 201).await;
    for _ in 0..2 {
        let supplied = shop.claim_call(&token).send().await.expect(200);
        assert_eq!(
            (
                &supplied["outcome"],
                &supplied["state"],
                &supplied["discount_code"]
            ),
            (&json!("exists"), &json!("available"), &json!("ONCE-0001"))
        );
    }
    assert_eq!(left(&shop).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn a_code_is_added_once_also_after_a_claim_was_given_it() {
    let shop = shop_with(&["ONCE-0001"]).await;
    let same = upload(&shop, &json!({ "codes": ["ONCE-0001", "ONCE-0001"] }), 200).await;
    assert_eq!(same, json!({ "added": 0, "known": 2 }));
    shop.claim(&shop.click(&shop.code(&Person::new("jane")).await).await)
        .await;
    let given = upload(&shop, &json!({ "codes": ["ONCE-0001", "ONCE-0002"] }), 201).await;
    assert_eq!(given, json!({ "added": 1, "known": 1 }));
    assert_eq!(left(&shop).await, (json!(1), json!(0)));
}

#[tokio::test]
async fn a_code_is_given_for_as_long_as_the_shop_takes_it() {
    let shop = shop_with(&[]).await;
    let ends = shop.now_ms() + 2 * DAY_MS;
    let soon = json!({ "codes": ["AAAA-SOON", "BBBB-SOON"], "expires_at": ends });
    upload(&shop, &soon, 201).await;
    upload(&shop, &json!({ "codes": ["CCCC-GOOD"] }), 201).await;
    let code = shop.code(&Person::new("jane")).await;
    let claim = shop.claim(&shop.click(&code).await).await;
    assert_eq!(
        (&claim["discount_code"], &claim["expires_at"]),
        (&json!("AAAA-SOON"), &json!(ends))
    );
    shop.advance_days(3).await;
    assert_eq!(left(&shop).await, (json!(1), json!(0)));
    let claim = shop.claim(&shop.click(&code).await).await;
    assert_eq!(claim["discount_code"], "CCCC-GOOD");
}

#[tokio::test]
async fn what_is_no_code_is_refused_with_all_of_the_request() {
    let shop = shop_with(&[]).await;
    let huge = vec!["ONCE-0001"; 1_001];
    for codes in [
        json!([]),
        json!(["ONCE-0001", "once"]),
        json!(["A B C D"]),
        json!(["ABC"]),
        json!(huge),
    ] {
        let body = json!({ "codes": codes });
        let refused = shop
            .merchant("POST", "/discounts/codes")
            .json(&body)
            .send()
            .await;
        refused.problem(400, "invalid_body");
    }
    let past = json!({ "codes": ["ONCE-0001"], "expires_at": shop.now_ms() - 1 });
    let refused = shop
        .merchant("POST", "/discounts/codes")
        .json(&past)
        .send()
        .await;
    refused.problem(400, "invalid_body");
    assert_eq!(left(&shop).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn an_order_that_was_placed_before_it_was_paid_keeps_what_came_with_it() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let placed = json!({ "kind": "order_placed", "order_id": "1", "token": token });
    let first = shop.report(&placed).send().await.expect(201);
    assert_eq!(first, json!({ "order_id": "1", "outcome": "created" }));
    assert_eq!(
        shop.report(&placed).send().await.expect(200)["outcome"],
        "exists"
    );
    let other = json!({ "kind": "order_placed", "order_id": "1", "token": "another" });
    shop.report(&other)
        .send()
        .await
        .problem(409, "exists_with_different_fact");
    let order = shop.order("1", &Person::new("ann")).accepted().await;
    assert_eq!(order["reason"], "signed_token");
    assert_eq!(shop.credit(&jane).await, 500);
    // Afterwards it changes nothing.
    assert_eq!(
        shop.report(&other).send().await.expect(200)["outcome"],
        "exists"
    );
    assert_eq!(shop.count_logged("order.placed_late").await, 1);
}

#[tokio::test]
async fn what_came_with_an_order_that_is_never_paid_is_kept_for_thirty_days() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for (days, reason) in [(29, "signed_token"), (31, "no_evidence")] {
        let token = shop.click(&code).await;
        let id = format!("after {days} days");
        let placed = json!({ "kind": "order_placed", "order_id": id, "token": token });
        shop.report(&placed).send().await.expect(201);
        shop.advance_days(days).await;
        let order = shop.order(&id, &Person::new(&format!("buyer{days}")));
        assert_eq!(order.accepted().await["reason"], reason, "{days}");
    }
}
