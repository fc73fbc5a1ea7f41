//! Several currencies in one program: each order, reward, cap and balance in its own, with no, two and three decimals; and
//! amounts that no longer fit.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::orders::Order;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// The largest amount there is.
const MOST: i64 = 9_007_199_254_740_991;

fn fixed(amount: i64) -> Value {
    json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

/// EUR 3.00 off and 5.00 earned; JPY 400 and 800; KWD 1.250 and 2.500.
fn in_three() -> Setup {
    let figures = |currency: &str, discount: i64, reward: i64, minimum: i64| json!({ "currency": currency, "discount": discount, "reward": reward, "minimum_order": minimum });
    Setup::default()
        .set(
            "discount",
            json!({ "kind": "flat", "amount": 300, "currency": "EUR" }),
        )
        .set("reward", fixed(500))
        .set("minimum_order", 1_000)
        .set(
            "currencies",
            json!([
                figures("JPY", 400, 800, 1_500),
                figures("KWD", 1_250, 2_500, 5_000)
            ]),
        )
}

/// An order of somebody new that carries a code.
fn bought<'a>(shop: &'a Program, code: &str, id: &str, currency: &str, costs: i64) -> Order<'a> {
    let order = shop.order(id, &Person::new(id)).with_code(code);
    order.costs(costs).set("currency", currency)
}

async fn credit(shop: &Program) -> Value {
    let read = shop.merchant("GET", "/credits/jane").send().await;
    read.expect(200)["credit"].clone()
}

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
        let accepted = bought(&shop, &code, "ann", currency, 1_999)
            .accepted()
            .await;
        // 7.77 % of 1999 minor units are 155.3: rounded down in each of them.
        assert_eq!(
            json!([accepted["reward"]["earned"], accepted["reward"]["currency"]]),
            json!([155, currency])
        );
        let refund = shop.report(&refund("ann", 1_000, currency));
        refund.send().await.expect(201);
        // 999 of 1999 are left, and so are 77.4 of 155.
        let view = shop.enrol(&jane).await;
        assert_eq!(
            view["progress"]["credit"],
            json!([{ "amount": 77, "currency": currency }])
        );
        let message = view["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{message}");
    }
}

fn refund(order: &str, amount: i64, currency: &str) -> Value {
    json!({
        "kind": "refund", "order_id": order, "refund_id": "r1", "amount": amount, "currency": currency,
    })
}

#[tokio::test]
async fn each_order_earns_and_is_taken_back_in_its_own_currency() {
    let shop = in_three().create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    for (id, currency, costs, earned) in [
        ("ann", "EUR", 2_000, 500),
        ("bob", "JPY", 3_000, 800),
        ("cem", "KWD", 9_000, 2_500),
    ] {
        let accepted = bought(&shop, &code, id, currency, costs).accepted().await;
        assert_eq!(
            json!([
                accepted["reason"],
                accepted["reward"]["earned"],
                accepted["reward"]["currency"]
            ]),
            json!(["typed_code", earned, currency])
        );
        let other = if currency == "EUR" { "JPY" } else { "EUR" };
        let wrong = shop.report(&refund(id, costs / 3, other)).send().await;
        wrong.problem(422, "wrong_currency");
        let right = shop.report(&refund(id, costs / 3, currency));
        right.send().await.expect(201);
    }
    // Two thirds of each are left, rounded down: of 2000 1334, of 500 333.5; of 800 533.3; of 2500 1666.7.
    let left = json!([
        { "amount": 333, "currency": "EUR" }, { "amount": 533, "currency": "JPY" }, { "amount": 1_666, "currency": "KWD" },
    ]);
    assert_eq!(credit(&shop).await, left);
    assert_eq!(shop.enrol(&jane).await["progress"]["credit"], left);
    let small = bought(&shop, &code, "dov", "JPY", 1_499).accepted().await;
    assert_eq!(small["reason"], "below_minimum");
    let told = shop.merchant("GET", "/orders/bob/explanation").send().await;
    let told = told.expect(200);
    assert_eq!(told["recomputed"], "agrees");
    assert_eq!(told["amounts"][0]["text"], "The reward is a fixed 800 JPY.");
}

#[tokio::test]
async fn credit_is_spent_and_owed_in_each_currency_by_itself() {
    let shop = in_three().create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    bought(&shop, &code, "ann", "EUR", 2_000).accepted().await;
    bought(&shop, &code, "bob", "JPY", 3_000).accepted().await;
    let take = |id: &str, amount: i64, currency: &str| {
        let body =
            json!({ "take_id": id, "customer_id": "jane", "amount": amount, "currency": currency });
        shop.merchant("POST", "/credits/take").json(&body).send()
    };
    take("t1", 800, "JPY").await.expect(201);
    for (amount, currency) in [(1, "JPY"), (501, "EUR"), (1, "KWD"), (1, "USD")] {
        take("t2", amount, currency)
            .await
            .problem(409, "not_enough_credit");
    }
    let other = take("t1", 800, "EUR").await;
    other.problem(409, "exists_with_different_fact");
    take("t3", 1, "ZZZ").await.problem(422, "wrong_currency");
    shop.cancellation("bob").send().await.expect(201);
    // What is owed in yen is paid off by yen and by nothing else.
    bought(&shop, &code, "cem", "EUR", 2_000).accepted().await;
    let owed =
        json!([{ "amount": 1_000, "currency": "EUR" }, { "amount": -800, "currency": "JPY" }]);
    assert_eq!(credit(&shop).await, owed);
    bought(&shop, &code, "dov", "JPY", 3_000).accepted().await;
    let paid = json!([{ "amount": 1_000, "currency": "EUR" }, { "amount": 0, "currency": "JPY" }]);
    assert_eq!(credit(&shop).await, paid);
}

#[tokio::test]
async fn a_discount_is_worth_what_its_terms_say_in_the_currency_of_the_cart() {
    let shop = in_three().create(&Edge::shared()).await;
    let code = shop.invite(&Person::new("jane")).await.discount_code;
    for (currency, subtotal, worth) in [
        ("EUR", 2_000, json!([true, 300, null])),
        ("JPY", 2_000, json!([true, 400, null])),
        ("KWD", 5_000, json!([true, 1_250, null])),
        ("KWD", 4_999, json!([false, 0, "below_minimum"])),
        ("USD", 9_999, json!([false, 0, "wrong_currency"])),
    ] {
        let cart = json!({ "discount_code": code, "currency": currency, "subtotal": subtotal });
        let told = shop.check_call(&cart).send().await.expect(200);
        assert_eq!(
            json!([told["valid"], told["amount"], told["reason"]]),
            worth,
            "{currency}"
        );
    }
}

#[tokio::test]
async fn an_order_in_a_currency_that_is_not_listed_is_recorded_and_earns_nothing() {
    let shop = in_three().create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let order = bought(&shop, &code, "ann", "USD", 9_000);
    let accepted = order.accepted().await;
    assert_eq!(
        json!([accepted["reason"], accepted["referrer"], accepted["reward"]]),
        json!(["currency_not_offered", null, null])
    );
    let told = shop.merchant("GET", "/orders/ann/explanation").send().await;
    let told = told.expect(200);
    assert_eq!(told["recomputed"], "agrees");
    let text = told["text"].to_string();
    assert!(
        text.contains("no amounts in the order's currency"),
        "{text}"
    );
    // It was an order all the same: Ann has bought.
    let next = shop.order("next", &Person::new("ann")).with_code(&code);
    assert_eq!(next.accepted().await["reason"], "existing_customer");
    // Without evidence it is as unreferred as any.
    let plain = shop
        .order("plain", &Person::new("bob"))
        .set("currency", "USD");
    assert_eq!(plain.accepted().await["reason"], "no_evidence");
    assert_eq!(
        credit(&shop).await,
        json!([{ "amount": 0, "currency": "EUR" }])
    );
}

#[tokio::test]
async fn a_refund_that_came_first_in_another_currency_takes_nothing_of_its_order() {
    let shop = in_three().create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let early = shop.report(&refund("ann", 2_000, "JPY"));
    early.send().await.expect(201);
    bought(&shop, &code, "ann", "EUR", 2_000).accepted().await;
    assert_eq!(
        credit(&shop).await,
        json!([{ "amount": 500, "currency": "EUR" }])
    );
    // Told again in the order's own currency, under the same name, it does.
    let right = || shop.report(&refund("ann", 2_000, "EUR"));
    let told = right().send().await.expect(201);
    assert_eq!(told["outcome"], "created");
    assert_eq!(right().send().await.expect(200)["outcome"], "exists");
    let again = shop.report(&refund("ann", 2_000, "JPY"));
    again.send().await.expect(200);
    let other = shop.report(&refund("ann", 1_999, "EUR"));
    other
        .send()
        .await
        .problem(409, "exists_with_different_fact");
    assert_eq!(
        credit(&shop).await,
        json!([{ "amount": 0, "currency": "EUR" }])
    );
}

#[tokio::test]
async fn caps_by_value_and_the_budget_hold_in_each_currency_and_caps_by_number_in_all() {
    let yen = json!({ "currency": "JPY", "reward": 800, "caps": [1_000], "budget": 1_700 });
    let setup = Setup::default()
        .set(
            "caps",
            json!([{ "of": "value", "max": 600 }, { "of": "count", "max": 3 }]),
        )
        .set("budget", 1_100)
        .set("currencies", json!([yen]));
    let shop = setup.create(&Edge::shared()).await;
    let (jane, omar) = (Person::new("jane"), Person::new("omar"));
    let (jane, omar) = (shop.code(&jane).await, shop.code(&omar).await);
    let omars = &omar;
    for (code, id, currency, no_reward) in [
        (&jane, "1", "EUR", json!(null)),
        // 1000 of 600 cents, but 800 of 1000 yen.
        (&jane, "2", "EUR", json!("cap_reached")),
        (&jane, "3", "JPY", json!(null)),
        (&jane, "4", "JPY", json!("cap_reached")),
        (omars, "5", "JPY", json!(null)),
        (omars, "6", "EUR", json!(null)),
    ] {
        let accepted = bought(&shop, code, id, currency, 2_000).accepted().await;
        assert_eq!(accepted["no_reward"], no_reward, "{id}");
    }
    let cem = shop.code(&Person::new("cem")).await;
    for (id, currency) in [("7", "EUR"), ("8", "JPY")] {
        let accepted = bought(&shop, &cem, id, currency, 2_000).accepted().await;
        assert_eq!(accepted["no_reward"], "budget_reached", "{id}");
    }
}

#[tokio::test]
async fn a_cap_by_number_counts_rewards_of_all_currencies() {
    let setup = in_three().set("caps", json!([{ "of": "count", "max": 2 }]));
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for (id, currency, no_reward) in [
        ("1", "EUR", json!(null)),
        ("2", "JPY", json!(null)),
        ("3", "KWD", json!("cap_reached")),
    ] {
        let accepted = bought(&shop, &code, id, currency, 9_000).accepted().await;
        assert_eq!(accepted["no_reward"], no_reward, "{id}");
    }
}

#[tokio::test]
async fn a_renewal_earns_in_its_own_currency_if_that_is_listed() {
    let setup = in_three().set("reward_schedule", json!({ "kind": "renewals", "count": 5 }));
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let ann = Person::new("ann");
    let order = |id: &str, currency: &str| {
        let order = shop.order(id, &ann).costs(9_000);
        order.set("currency", currency).set("subscription", "s1")
    };
    order("1", "EUR").with_code(&code).accepted().await;
    let renewed = order("2", "JPY").accepted().await;
    assert_eq!(
        json!([
            renewed["reason"],
            renewed["reward"]["earned"],
            renewed["reward"]["currency"]
        ]),
        json!(["renewal", 800, "JPY"])
    );
    let not = order("3", "USD").accepted().await;
    assert_eq!(not["reward"], json!(null));
}

#[tokio::test]
async fn settings_without_a_figure_for_every_amount_are_refused_by_name() {
    let shop = in_three().create(&Edge::shared()).await;
    let whole =
        json!({ "currency": "JPY", "discount": 400, "reward": 800, "minimum_order": 1_500 });
    for (field, value) in [
        ("discount", json!(null)),
        ("reward", json!(0)),
        ("reward", json!(MOST + 1)),
        ("minimum_order", json!(null)),
        ("budget", json!(100)),
        ("tiers", json!([100])),
    ] {
        let mut entry = whole.clone();
        entry[field] = value;
        let setup = shop.setup.clone().set("currencies", json!([entry]));
        let call = shop.merchant("PUT", "/settings").json(&setup.json());
        let detail = call.send().await.problem(422, "invalid_settings");
        assert!(detail.contains(&format!("currencies.{field}")), "{detail}");
    }
    for listed in [json!([whole, whole]), json!([{ "currency": "EUR" }])] {
        let setup = shop.setup.clone().set("currencies", listed);
        let call = shop.merchant("PUT", "/settings").json(&setup.json());
        let detail = call.send().await.problem(422, "invalid_settings");
        assert!(detail.starts_with("currencies:"), "{detail}");
    }
    let setup = shop
        .setup
        .clone()
        .set("currencies", json!([{ "currency": "ZZZ" }]));
    let call = shop.merchant("PUT", "/settings").json(&setup.json());
    call.send().await.problem(400, "invalid_body");
    // What is no longer listed offers nothing more; what was earned in it stays.
    let code = shop.code(&Person::new("jane")).await;
    bought(&shop, &code, "ann", "KWD", 9_000).accepted().await;
    let setup = shop.setup.clone().set("currencies", json!([whole]));
    let call = shop.merchant("PUT", "/settings").json(&setup.json());
    assert_eq!(call.send().await.expect(200)["version"], 2);
    let later = bought(&shop, &code, "bob", "KWD", 9_000).accepted().await;
    assert_eq!(later["reason"], "currency_not_offered");
    let kept = json!([{ "amount": 0, "currency": "EUR" }, { "amount": 2_500, "currency": "KWD" }]);
    assert_eq!(credit(&shop).await, kept);
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
    let order = |id: &'static str, amount: i64| bought(&shop, &code, id, "EUR", amount);
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
