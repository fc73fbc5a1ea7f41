//! Currencies with no, two and three decimals, and amounts that no longer fit.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

/// The largest amount there is.
const MOST: i64 = 9_007_199_254_740_991;

#[tokio::test]
async fn rewards_are_whole_minor_units_whatever_the_decimals() {
    for (currency, said) in [("JPY", "¥500"), ("EUR", "€5"), ("KWD", "0.500 KWD")] {
        let share =
            json!({ "kind": "credit", "value": { "rule": "percent", "basis_points": 777 } });
        let flat = json!({ "kind": "flat", "amount": 500, "currency": currency });
        let setup = Setup::default()
            .set("currency", currency)
            .set("discount", flat)
            .set("reward", share);
        let shop = setup.create(&Edge::shared()).await;
        let jane = Person::new("jane");
        let code = shop.code(&jane).await;
        let order = shop.order("1001", &Person::new("ann")).with_code(&code);
        let accepted = order
            .costs(1_999)
            .set("currency", currency)
            .accepted()
            .await;
        // 7.77 % of 1999 minor units are 155.3: rounded down in each of them.
        assert_eq!(
            json!([accepted["reward"]["earned"], accepted["reward"]["currency"]]),
            json!([155, currency])
        );
        let refund = shop.report(&json!({
            "kind": "refund", "order_id": "1001", "refund_id": "r1", "amount": 1_000, "currency": currency,
        }));
        refund.send().await.expect(201);
        // 999 of 1999 are left, and so are 77.4 of 155.
        let view = shop.enrol(&jane).await;
        assert_eq!(
            view["progress"]["credit"],
            json!([{ "amount": 77, "currency": currency }])
        );
        let message = view["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{message}");
        let wrong = shop
            .order("1002", &Person::new("bob"))
            .set("currency", "USD");
        wrong.send().await.problem(422, "wrong_currency");
    }
}

#[tokio::test]
async fn an_amount_that_does_not_fit_is_an_error_and_changes_nothing() {
    let whole = json!({ "kind": "credit", "value": { "rule": "percent", "basis_points": 10_000 } });
    let shop = Setup::default()
        .set("reward", whole)
        .create(&Edge::shared())
        .await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let order = |id: &'static str, amount: i64| {
        shop.order(id, &Person::new(id))
            .with_code(&code)
            .costs(amount)
    };
    order("ann", MOST).accepted().await;
    assert_eq!(shop.credit(&jane).await, MOST);
    // One more would be a balance that cannot be read back exactly.
    order("bob", 1).send().await.problem(422, "invalid_amount");
    let missing = shop.merchant("GET", "/orders/bob").send().await;
    missing.problem(404, "not_found");
    order("cem", MOST + 1)
        .send()
        .await
        .problem(422, "invalid_amount");
    shop.take("all", "jane", MOST).send().await.expect(201);
    assert_eq!(shop.credit(&jane).await, 0);
}
