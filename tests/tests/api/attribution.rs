//! Whose an order is: the strongest evidence, the last touch, the window, and the terms of the right version.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

fn fixed(amount: i64) -> Value {
    json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

async fn id_of(shop: &Program, person: &Person) -> Value {
    shop.enrol(person).await["referrer"]["id"].clone()
}

#[tokio::test]
async fn a_signed_token_outranks_a_discount_code_and_that_a_typed_code() {
    let shop = Program::fresh(&Edge::shared()).await;
    let people = ["tia", "dan", "cod"].map(Person::new);
    let [by_token, by_discount, by_code] = &people;
    let token = shop.click(&shop.code(by_token).await).await;
    let discount = shop.invite(by_discount).await.discount_code;
    let code = shop.code(by_code).await;

    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    let all = order.with_discounts(&[&discount]).with_token(&token);
    let decision = all.accepted().await;
    assert_eq!(decision["reason"], "signed_token");
    assert_eq!(decision["referrer"], id_of(&shop, by_token).await);
    let verdicts: Vec<&Value> = ["evidence", "verdict"]
        .iter()
        .flat_map(|field| {
            (0..3)
                .map(|at| &decision["evidence"][at][*field])
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        json!(verdicts),
        json!([
            "signed_token",
            "discount_code",
            "referral_code",
            "chosen",
            "outranked",
            "outranked"
        ])
    );

    let discount = shop.invite(by_discount).await.discount_code;
    let two = shop.order("2", &Person::new("bob")).with_code(&code);
    let decision = two.with_discounts(&[&discount]).accepted().await;
    assert_eq!(decision["reason"], "claimed_discount");
    assert_eq!(decision["referrer"], id_of(&shop, by_discount).await);

    let decision = shop
        .order("3", &Person::new("cem"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(decision["reason"], "typed_code");
    assert_eq!(decision["referrer"], id_of(&shop, by_code).await);
}

#[tokio::test]
async fn evidence_that_names_nobody_leaves_the_order_to_the_next() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    let order = order
        .with_token("AQEBforged")
        .with_discounts(&["GW0000000000", "SUMMER10"]);
    let decision = order.accepted().await;
    assert_eq!(decision["reason"], "typed_code");
    assert_eq!(decision["evidence"].as_array().map(Vec::len), Some(3));
    assert_eq!(decision["evidence"][0]["verdict"], "unresolved");
    assert_eq!(decision["evidence"][1]["verdict"], "unresolved");
}

#[tokio::test]
async fn among_equals_the_last_touch_wins() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, omar) = (Person::new("jane"), Person::new("omar"));
    let first = shop.invite(&jane).await.discount_code;
    shop.advance_ms(60_000).await;
    let last = shop.invite(&omar).await.discount_code;
    shop.advance_ms(60_000).await;
    let order = shop.order("1", &Person::new("ann"));
    let decision = order.with_discounts(&[&first, &last]).accepted().await;
    assert_eq!(decision["referrer"], id_of(&shop, &omar).await);
    assert_eq!(decision["evidence"][0]["key"], json!(last));
    assert_eq!(decision["evidence"][1]["verdict"], "outranked");
}

#[tokio::test]
async fn an_unclaimed_click_counts_for_the_window_and_no_longer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let (one, other) = (shop.click(&code).await, shop.click(&code).await);
    shop.advance_days(89).await;
    let decision = shop
        .order("1", &Person::new("ann"))
        .with_token(&one)
        .accepted()
        .await;
    assert_eq!(decision["reason"], "signed_token");
    shop.advance_days(2).await;
    let decision = shop
        .order("2", &Person::new("bob"))
        .with_token(&other)
        .accepted()
        .await;
    assert_eq!(
        (&decision["attributed"], &decision["reason"]),
        (&json!(false), &json!("window_passed"))
    );
    assert!(text(&decision["explanation"]).contains("window"));
}

#[tokio::test]
async fn an_order_that_is_reported_late_is_judged_by_its_own_time() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let paid = shop.now_ms() + 80 * DAY_MS;
    shop.advance_days(100).await;
    let order = shop
        .order("1", &Person::new("ann"))
        .with_token(&token)
        .set("at", paid);
    let decision = order.accepted().await;
    assert_eq!(
        (&decision["reason"], &decision["at"]),
        (&json!("signed_token"), &json!(paid))
    );
}

#[tokio::test]
async fn an_order_from_before_the_click_is_not_the_clicks() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let before = shop.now_ms() - DAY_MS;
    let order = shop
        .order("1", &Person::new("ann"))
        .with_token(&token)
        .set("at", before);
    assert_eq!(order.accepted().await["reason"], "unresolved_evidence");
}

#[tokio::test]
async fn a_claim_keeps_the_window_for_its_order() {
    let shop = Program::fresh(&Edge::shared()).await;
    let discount = shop.invite(&Person::new("jane")).await.discount_code;
    shop.advance_days(100).await;
    let order = shop
        .order("1", &Person::new("ann"))
        .with_discounts(&[&discount]);
    assert_eq!(order.accepted().await["reason"], "claimed_discount");
}

#[tokio::test]
async fn the_terms_of_the_claim_survive_a_change_of_settings() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    let cheap = json!({
        "reward": fixed(9_900), "discount": { "kind": "percent", "basis_points": 100 }, "hold_days": 30,
    });
    assert_eq!(shop.change(&cheap).await["version"], 2);
    assert_eq!(
        shop.check_discount(&discount, 2_000, None).await["amount"],
        300
    );
    let order = shop
        .order("1", &Person::new("ann"))
        .with_discounts(&[&discount]);
    let decision = order.accepted().await;
    assert_eq!(decision["program_version"], 1);
    assert_eq!(
        (&decision["reward"]["amount"], &decision["reward"]["state"]),
        (&json!(500), &json!("issued"))
    );
    let later = shop.invite(&jane).await.discount_code;
    assert_eq!(shop.check_discount(&later, 2_000, None).await["amount"], 20);
    let order = shop
        .order("2", &Person::new("bob"))
        .with_discounts(&[&later]);
    let decision = order.accepted().await;
    assert_eq!(decision["program_version"], 2);
    assert_eq!(
        (&decision["reward"]["amount"], &decision["reward"]["state"]),
        (&json!(9_900), &json!("pending"))
    );
}

#[tokio::test]
async fn a_typed_code_has_the_terms_of_the_orders_own_time() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let before = shop.now_ms();
    shop.advance_days(1).await;
    shop.change(&json!({ "reward": fixed(900) })).await;
    shop.advance_days(1).await;
    let order = |id: &str, at: i64| {
        shop.order(id, &Person::new(id))
            .with_code(&code)
            .set("at", at)
    };
    let old = order("ann", before).accepted().await;
    assert_eq!(
        (&old["program_version"], &old["reward"]["amount"]),
        (&json!(1), &json!(500))
    );
    let new = order("bob", shop.now_ms()).accepted().await;
    assert_eq!(
        (&new["program_version"], &new["reward"]["amount"]),
        (&json!(2), &json!(900))
    );
}

#[tokio::test]
async fn rewards_are_capped_by_the_year_and_the_record_says_so() {
    let setup = Setup::default().set("rewards_per_year_max", 1);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = |id: &'static str| shop.order(id, &Person::new(id)).with_code(&code);
    assert_eq!(order("ann").accepted().await["no_reward"], Value::Null);
    let second = order("bob").accepted().await;
    assert_eq!(
        (
            &second["attributed"],
            &second["no_reward"],
            &second["reward"]
        ),
        (&json!(true), &json!("cap_reached"), &Value::Null)
    );
    shop.advance_days(366).await;
    assert_eq!(order("cem").accepted().await["reward"]["amount"], 500);
}

#[tokio::test]
async fn a_reward_may_be_a_share_of_the_order_or_match_the_discount() {
    let edge = Edge::shared();
    let rule = |value: Value| json!({ "kind": "credit", "value": value });
    for (value, expected) in [
        (json!({ "rule": "percent", "basis_points": 1_000 }), 169),
        (json!({ "rule": "match_discount" }), 300),
    ] {
        let shop = Setup::default()
            .set("reward", rule(value))
            .create(&edge)
            .await;
        let code = shop.code(&Person::new("jane")).await;
        let order = shop.order("1", &Person::new("ann")).with_code(&code);
        let order = order
            .set("subtotal", 1_699)
            .set("discount", 300)
            .set("total", 2_100);
        assert_eq!(order.accepted().await["reward"]["amount"], expected);
        let order = |id: &str| shop.order(id, &Person::new(id)).with_code(&code);
        let little = order("bob").costs(1).accepted().await;
        assert_eq!(little["no_reward"], "worth_nothing");
        let nothing = order("cem").costs(0).accepted().await;
        assert_eq!(nothing["reason"], "below_minimum");
    }
}

#[tokio::test]
async fn an_order_below_the_minimum_earns_nothing() {
    let setup = Setup::default().set("minimum_order", 2_001);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    assert_eq!(order.accepted().await["reason"], "below_minimum");
}
