//! Order reports that are unsigned, stale, or say what cannot be.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// Nothing was recorded: at most the refusal itself stands in the log.
async fn nothing_recorded(shop: &Program) {
    for kind in [
        "order.recorded",
        "order.undone",
        "referrer.enrolled",
        "reward.earned",
    ] {
        assert_eq!(shop.count_logged(kind).await, 0, "{kind}");
    }
    assert!(shop.count_logged("report.refused").await <= 1);
}

#[tokio::test]
async fn a_report_without_a_signature_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let answer = order.report().without_header(header).send().await;
        answer.problem(401, "signature_missing");
    }
    for (header, value) in [
        ("webhook-id", ""),
        ("webhook-id", "a.b"),
        ("webhook-id", &"x".repeat(300)),
        ("webhook-timestamp", "now"),
        ("webhook-timestamp", "1.5"),
        ("webhook-timestamp", ""),
        ("webhook-signature", ""),
        ("webhook-signature", &"v1,AAAA ".repeat(400)),
    ] {
        let answer = order.report().header(header, value).send().await;
        answer.problem(401, "signature_missing");
    }
    let key = shop
        .call("POST", "/orders")
        .bearer(&shop.keys.api)
        .json(order.json());
    key.send().await.problem(401, "signature_missing");
    nothing_recorded(&shop).await;
}

#[tokio::test]
async fn a_stale_report_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = |id: &str| shop.order(id, &Person::new("ann")).report();
    for seconds in [-310, 310, -1_000_000, 1_000_000] {
        let answer = order("1001").seconds_off(seconds).send().await;
        answer.problem(401, "signature_stale");
    }
    nothing_recorded(&shop).await;
    for (id, seconds) in [("1", -290), ("2", 290)] {
        order(id).seconds_off(seconds).send().await.expect(201);
    }
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    let good = order.report().id("m1").signed();
    let digest = good.trim_start_matches("v1,").to_owned();
    for signature in [
        format!("v2,{digest}"),
        format!("v1a,{digest}"),
        digest.clone(),
        format!("v1,{}", &digest[..20]),
        format!("V1,{digest}"),
        format!("v1,,{digest}"),
        "v1,".to_owned(),
        "v1,%%%".to_owned(),
    ] {
        let answer = order.report().id("m1").signature(&signature).send().await;
        answer.problem(401, "signature_invalid");
    }
    // What was signed is id, time and body together.
    let report = order.report().id("m1").signature(&good);
    report
        .header("webhook-id", "m2")
        .send()
        .await
        .problem(401, "signature_invalid");
    let other = shop.order("1002", &Person::new("ann")).report().id("m1");
    other
        .signature(&good)
        .send()
        .await
        .problem(401, "signature_invalid");
    nothing_recorded(&shop).await;
    let among_others = order.report().id("m1");
    let several = format!("v1,AAAA {} v2,zzz", among_others.signed());
    among_others.signature(&several).send().await.expect(201);
}

#[tokio::test]
async fn amounts_are_whole_and_neither_negative_nor_huge() {
    let shop = Program::fresh(&Edge::shared()).await;
    let fields = ["subtotal", "discount", "total"];
    let most = json!(9_007_199_254_740_991_i64);
    let cases: [(Value, u16, &str); 9] = [
        (json!(-1), 422, "invalid_amount"),
        (json!(-9_007_199_254_740_991_i64), 422, "invalid_amount"),
        (json!(9_007_199_254_740_992_i64), 422, "invalid_amount"),
        (json!(i64::MAX), 422, "invalid_amount"),
        (json!(u64::MAX), 400, "invalid_body"),
        (json!(17.5), 400, "invalid_body"),
        (json!(17.0), 400, "invalid_body"),
        (json!("1700"), 400, "invalid_body"),
        (json!(null), 400, "invalid_body"),
    ];
    for (value, status, code) in cases {
        for field in fields {
            let order = shop
                .order("1001", &Person::new("ann"))
                .set(field, value.clone());
            order.send().await.problem(status, code);
        }
        let refund = json!({
            "kind": "refund", "order_id": "1", "refund_id": "r", "amount": value, "currency": "EUR",
        });
        shop.report(&refund).send().await.problem(status, code);
    }
    nothing_recorded(&shop).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    let rich = order
        .set("subtotal", most.clone())
        .set("discount", 0)
        .set("total", most);
    assert_eq!(rich.accepted().await["reward"]["amount"], 500);
}

#[tokio::test]
async fn subtotal_and_discount_together_stay_countable() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let most = 9_007_199_254_740_991_i64;
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    let answer = order
        .set("subtotal", most)
        .set("discount", most)
        .send()
        .await;
    answer.problem(422, "invalid_amount");
    assert_eq!(shop.count_logged("order.recorded").await, 0);
}

#[tokio::test]
async fn a_balance_that_could_not_be_counted_is_refused_with_its_order() {
    let reward =
        json!({ "kind": "credit", "value": { "rule": "percent", "basis_points": 10_000 } });
    let setup = Setup::default().set("reward", reward);
    let shop = setup.create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let most = 9_007_199_254_740_991_i64;
    let rich = |id: &str, buyer: &str| shop.order(id, &Person::new(buyer)).costs(most);
    rich("1001", "ann").with_code(&code).accepted().await;
    let beyond = rich("1002", "bob").with_code(&code).send().await;
    beyond.problem(422, "invalid_amount");
    assert_eq!(shop.credit(&jane).await, most);
    assert_eq!(shop.count_logged("order.recorded").await, 1);
}

#[tokio::test]
async fn a_report_is_in_a_currency_of_iso_4217() {
    let shop = Program::fresh(&Edge::shared()).await;
    for currency in ["ZZZ", "eur", "EURO", "", "XXX", "E\u{200b}R"] {
        let order = shop
            .order("1001", &Person::new("ann"))
            .set("currency", currency);
        order.send().await.problem(422, "wrong_currency");
        let refund = json!({
            "kind": "refund", "order_id": "1", "refund_id": "r", "amount": 1, "currency": currency,
        });
        shop.report(&refund)
            .send()
            .await
            .problem(422, "wrong_currency");
    }
    nothing_recorded(&shop).await;
}

#[tokio::test]
async fn a_report_that_is_not_as_documented_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let good = shop.order("1001", &Person::new("ann")).json().clone();
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let mut bodies = vec![
        json!({ "kind": "gift", "order_id": "1" }),
        json!({ "order_id": "1" }),
        json!({ "kind": "refund", "order_id": "1" }),
        json!({ "kind": "dispute", "order_id": "1", "dispute_id": "d", "state": "maybe" }),
        json!({ "kind": "cancellation", "order_id": "1", "amount": 5 }),
        with("order_id", json!("")),
        with("order_id", json!(" 1")),
        with("order_id", json!("x".repeat(129))),
        with("order_id", json!("a\nb")),
        with("order_id", json!(1001)),
        with("at", json!("yesterday")),
        with("discount_codes", json!("GW")),
        with("customer", json!("ann")),
        with("customer", json!({ "id": "ann", "phone": "1" })),
        with("secret_field", json!("ann@example.com")),
    ];
    for field in ["order_id", "currency", "subtotal", "total"] {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(field);
        bodies.push(body);
    }
    for body in bodies {
        let detail = shop.report(&body).send().await.problem(400, "invalid_body");
        assert!(
            !detail.contains("ann@") && !detail.contains("example"),
            "{detail}"
        );
    }
    nothing_recorded(&shop).await;
}

#[tokio::test]
async fn an_address_that_is_none_does_not_lose_the_order() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (id, email) in [("1", "not an address"), ("2", ""), ("3", "a@b")] {
        let buyer = Person::new(&format!("ann{id}")).with_email(email);
        shop.order(id, &buyer).accepted().await;
    }
}

#[tokio::test]
async fn a_report_for_another_program_does_not_pass() {
    let edge = Edge::shared();
    let (shop, other) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    let order = shop.order("1001", &Person::new("ann"));
    let report = other.report(order.json()).key(&shop.keys.orders);
    report.send().await.problem(401, "signature_invalid");
    nothing_recorded(&other).await;
}
