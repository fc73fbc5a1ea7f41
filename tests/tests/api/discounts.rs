//! What a discount code is worth, asked by the shop while the cart is open.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

#[tokio::test]
async fn a_discount_is_worth_its_share_rounded_half_away_from_zero() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.invite(&Person::new("jane")).await.discount_code;
    for (subtotal, amount) in [(2_000, 300), (0, 0), (3, 0), (4, 1), (1_990, 299), (10, 2)] {
        let answer = shop.check_discount(&code, subtotal, None).await;
        assert_eq!(
            (&answer["valid"], &answer["amount"]),
            (&json!(true), &json!(amount)),
            "{subtotal}"
        );
    }
    let spelled = shop
        .check_discount(&format!(" {} ", code.to_lowercase()), 2_000, None)
        .await;
    assert_eq!(spelled["amount"], 300);
}

#[tokio::test]
async fn a_flat_discount_never_takes_more_than_the_cart_holds() {
    let flat = json!({ "kind": "flat", "amount": 500, "currency": "EUR" });
    let shop = Setup::default()
        .set("discount", flat)
        .create(&Edge::shared())
        .await;
    let code = shop.invite(&Person::new("jane")).await.discount_code;
    for (subtotal, amount) in [(2_000, 500), (500, 500), (120, 120)] {
        assert_eq!(
            shop.check_discount(&code, subtotal, None).await["amount"],
            amount
        );
    }
}

#[tokio::test]
async fn a_discount_says_why_it_is_not_valid() {
    let setup = Setup::default().set("minimum_order", 1_000);
    let shop = setup.create(&Edge::shared()).await;
    let (jane, ann, bob) = (Person::new("jane"), Person::new("ann"), Person::new("bob"));
    let code = shop.invite(&jane).await.discount_code;
    shop.order("1001", &bob).accepted().await;
    assert_eq!(shop.refusal("GW0000000000", None).await, "unknown");
    assert_eq!(shop.refusal("SUMMER10", None).await, "unknown");
    assert_eq!(shop.refusal(&code, Some(&jane)).await, "self_referral");
    let alias = Person::new("x").with_email("j.a.n.e@example.com");
    assert_eq!(
        shop.check_discount(&code, 2_000, Some(&alias)).await["valid"],
        true
    );
    assert_eq!(
        shop.refusal(&code, Some(&bob)).await,
        "not_for_existing_customers"
    );
    let small = shop.check_discount(&code, 999, None).await;
    assert_eq!(small["reason"], "below_minimum");
    let dollars = json!({ "discount_code": code, "currency": "USD", "subtotal": 2_000 });
    let dollars = shop.check_call(&dollars).send().await.expect(200);
    assert_eq!(dollars["reason"], "wrong_currency");
    shop.order("1002", &ann)
        .with_discounts(&[&code])
        .accepted()
        .await;
    assert_eq!(shop.refusal(&code, None).await, "used");
    let other = shop.invite(&jane).await.discount_code;
    shop.advance_days(31).await;
    assert_eq!(shop.refusal(&other, None).await, "expired");
}

#[tokio::test]
async fn asking_changes_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.invite(&Person::new("jane")).await.discount_code;
    let before = shop.last_seq().await;
    let body = json!({ "discount_code": code, "currency": "EUR", "subtotal": 2_000 });
    let answer = shop.check_call(&body).send().await;
    assert_eq!(answer.rows_written(), 0);
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn only_the_merchant_asks() {
    let shop = Program::fresh(&Edge::shared()).await;
    let body = json!({ "discount_code": "GW0000000000", "currency": "EUR", "subtotal": 2_000 });
    let call = shop.call("POST", "/discounts/check").json(&body);
    call.send().await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_cart_that_cannot_be_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let cart = |currency: &str, subtotal| {
        let body =
            json!({ "discount_code": "GW0000000000", "currency": currency, "subtotal": subtotal });
        shop.check_call(&body).send()
    };
    cart("EUR", json!(-1)).await.problem(422, "invalid_amount");
    let huge = json!(9_007_199_254_740_992_i64);
    cart("EUR", huge).await.problem(422, "invalid_amount");
    cart("EUR", json!(1.5)).await.problem(400, "invalid_body");
    cart("EUR", json!("20")).await.problem(400, "invalid_body");
    cart("XXX", json!(2_000))
        .await
        .problem(422, "wrong_currency");
    cart("eur", json!(2_000))
        .await
        .problem(422, "wrong_currency");
}
