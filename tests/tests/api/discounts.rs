//! What a discount code is worth, asked by the shop while the cart is open.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

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
    shop.check_call(&body).send().await.expect(200);
    // That the shop asks is on the log once an hour.
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

fn cart(code: &str, subtotal: i64, lines: &Value) -> Value {
    json!({ "discount_code": code, "currency": "EUR", "subtotal": subtotal, "lines": lines })
}

#[tokio::test]
async fn every_kind_of_discount_says_what_it_takes_off_a_cart() {
    let mug = json!({ "kind": "free_item", "product": "mug", "name": "Mug", "value": 900, "currency": "EUR" });
    let lines = json!([
        { "product": "mug", "collections": ["home"], "quantity": 2, "subtotal": 1_600 },
        { "product": "tea", "collections": ["food"], "subtotal": 1_000 },
    ]);
    for (discount, amount, shipping, item) in [
        (
            json!({ "kind": "percent", "basis_points": 1500, "maximum": 200 }),
            200,
            false,
            Value::Null,
        ),
        (json!({ "kind": "free_shipping" }), 0, true, Value::Null),
        (mug.clone(), 800, false, json!("mug")),
    ] {
        let setup = Setup::default().set("discount", discount);
        let shop = setup.create(&Edge::shared()).await;
        let code = shop.invite(&Person::new("jane")).await.discount_code;
        let call = shop.check_call(&cart(&code, 2_600, &lines));
        let answer = call.send().await.expect(200);
        assert_eq!(
            [
                &answer["valid"],
                &answer["amount"],
                &answer["free_shipping"],
                &answer["free_item"]
            ],
            [&json!(true), &json!(amount), &json!(shipping), &item]
        );
    }
    let setup = Setup::default().set("discount", mug);
    let shop = setup.create(&Edge::shared()).await;
    let invited = shop.invite(&Person::new("jane")).await;
    let call = shop.check_call(&cart(&invited.discount_code, 2_600, &json!([])));
    assert_eq!(call.send().await.expect(200)["reason"], "item_missing");
    let offer = shop.call("GET", "").send().await.expect(200);
    assert_eq!(offer["discount"]["item"], "Mug");
}

#[tokio::test]
async fn a_discount_may_be_for_some_products_and_collections_only() {
    let setup = Setup::default()
        .set("discount_products", json!(["mug"]))
        .set("discount_collections", json!(["food"]))
        .set(
            "reward",
            json!({ "kind": "credit", "value": { "rule": "match_discount" } }),
        );
    let shop = setup.create(&Edge::shared()).await;
    let invited = shop.invite(&Person::new("jane")).await;
    let code = invited.discount_code.as_str();
    let tea = json!({ "product": "tea", "collections": ["food", "new"], "subtotal": 1_000 });
    let pan = json!({ "product": "pan", "collections": ["home"], "subtotal": 1_000 });
    let ask = |lines: Value| shop.check_call(&cart(code, 2_000, &lines)).send();
    assert_eq!(ask(json!([tea, pan])).await.expect(200)["amount"], 150);
    let none = ask(json!([pan])).await.expect(200);
    assert_eq!(
        (&none["valid"], &none["reason"]),
        (&json!(false), &json!("nothing_matches"))
    );
    let broken = json!([{ "product": "tea", "quantity": 0, "subtotal": 1_000 }]);
    ask(broken).await.problem(422, "invalid_amount");
    // The referrer's matching reward is as much as the order's own lines say.
    let order = shop.order("1", &Person::new("ann")).with_discounts(&[code]);
    let decision = order.set("lines", json!([tea, pan])).accepted().await;
    assert_eq!(decision["reward"]["amount"], 150);
}
