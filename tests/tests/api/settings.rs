//! Settings: read, changed in versions, and refused when they break a rule.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

async fn put(shop: &Program, settings: &Value) -> Answer {
    shop.merchant("PUT", "/settings")
        .json(settings)
        .send()
        .await
}

#[tokio::test]
async fn what_a_merchant_leaves_out_has_a_default() {
    let shop = Setup::default()
        .without("hold_days")
        .create(&Edge::shared())
        .await;
    let read = shop.settings().await;
    assert_eq!(
        (&read["version"], &read["program"]),
        (&json!(1), &json!(shop.id))
    );
    for (field, value) in [
        ("window_days", json!(90)),
        ("hold_days", json!(14)),
        ("discount_valid_days", json!(30)),
        ("minimum_order", json!(0)),
        ("live_discounts_per_code_max", json!(200)),
        ("live_discounts_per_source_max", json!(3)),
        ("rewards_per_year_max", json!(25)),
        ("webhook_url", Value::Null),
        ("active", json!(true)),
        ("allowed_destinations", json!([])),
    ] {
        assert_eq!(read["settings"][field], value, "{field}");
    }
}

#[tokio::test]
async fn a_change_is_a_new_version_and_the_same_again_is_none() {
    let shop = Program::fresh(&Edge::shared()).await;
    let changed = shop.change(&json!({ "name": "Oak & Ember" })).await;
    assert_eq!(changed["version"], 2);
    assert_eq!(
        put(&shop, &changed["settings"]).await.expect(200)["version"],
        2
    );
    let by = shop.live_keys("api").await.remove(0);
    assert_eq!(
        shop.logged("settings.changed").await,
        [json!({ "version": 2, "by": by })]
    );
    eventually("the new name at the edge", async || {
        shop.advance_ms(60_000).await;
        let offer = shop.call("GET", "").send().await.expect(200);
        (offer["name"] == "Oak & Ember" && offer["version"] == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_version_can_be_read_with_when_and_by_whose_key_it_was_made() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (id, key) = shop.scoped_key("admin").await;
    let changed = shop.setup.clone().set("hold_days", 3).json();
    let put = shop.call("PUT", "/settings").bearer(&key).json(&changed);
    assert_eq!(put.send().await.expect(200)["version"], 2);
    let get = async |tail: &str| shop.merchant("GET", tail).send().await;
    let listed = get("/settings/versions").await.expect(200);
    let versions = listed["versions"].as_array().expect("versions");
    let told: Vec<_> = versions
        .iter()
        .map(|one| (&one["version"], &one["by"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(1), &json!("administrator")),
            (&json!(2), &json!(id))
        ]
    );
    assert!(versions[0]["at"].as_i64() <= versions[1]["at"].as_i64());
    assert_eq!(
        get("/settings/versions?after=2").await.expect(200)["versions"],
        json!([])
    );
    for (number, hold_days) in [(1, &shop.setup.json()["hold_days"]), (2, &json!(3))] {
        let read = get(&format!("/settings/versions/{number}"))
            .await
            .expect(200);
        assert_eq!(
            (&read["version"], &read["settings"]["hold_days"]),
            (&json!(number), hold_days)
        );
    }
    for missing in ["3", "0", "x", "4294967296"] {
        get(&format!("/settings/versions/{missing}"))
            .await
            .problem(404, "not_found");
    }
}

#[tokio::test]
async fn only_the_merchant_changes_settings() {
    let shop = Program::fresh(&Edge::shared()).await;
    let call = shop.call("PUT", "/settings").json(&shop.setup.json());
    call.send().await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_programs_currency_stays() {
    let shop = Program::fresh(&Edge::shared()).await;
    let dollars = json!({ "kind": "credit", "value": { "rule": "match_discount" } });
    let setup = shop
        .setup
        .clone()
        .set("currency", "USD")
        .set("reward", dollars);
    let detail = put(&shop, &setup.json())
        .await
        .problem(422, "invalid_settings");
    assert!(detail.contains("currency"), "{detail}");
    assert_eq!(shop.settings().await["version"], 1);
}

#[tokio::test]
async fn a_setting_that_breaks_a_rule_is_named() {
    let shop = Program::fresh(&Edge::shared()).await;
    let percent = |points: i64| json!({ "kind": "percent", "basis_points": points });
    let flat = |amount: i64, currency: &str| json!({ "kind": "flat", "amount": amount, "currency": currency });
    let fixed = |amount: i64, currency: &str| json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": currency } });
    let too_many: Vec<String> = (0..21).map(|n| format!("https://s{n}.example")).collect();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("\u{202e}\u{200b} ")),
        ("name", json!("https://elsewhere.example")),
        ("currency", json!("EURO")),
        ("currency", json!("ABC")),
        ("window_days", json!(0)),
        ("window_days", json!(3_651)),
        ("hold_days", json!(3_651)),
        ("discount_valid_days", json!(0)),
        ("minimum_order", json!(-1)),
        ("minimum_order", json!(9_007_199_254_740_992_i64)),
        ("discount", percent(0)),
        ("discount", percent(10_001)),
        ("discount", flat(0, "EUR")),
        ("discount", flat(500, "USD")),
        ("discount", flat(9_007_199_254_740_992, "EUR")),
        ("reward", fixed(0, "EUR")),
        ("reward", fixed(-5, "EUR")),
        ("reward", fixed(500, "USD")),
        ("reward", fixed(9_007_199_254_740_992, "EUR")),
        ("allowed_origins", json!(too_many)),
    ] {
        let setup = shop.setup.clone().set(field, value.clone());
        let answer = put(&shop, &setup.json()).await;
        assert_eq!(answer.status, 422, "{field}: {value}: {}", answer.body);
        let detail = answer.problem(422, "invalid_settings");
        assert!(detail.starts_with(field), "{field}: {value}: {detail}");
    }
    assert_eq!(shop.settings().await["version"], 1);
}

#[tokio::test]
async fn a_setting_of_another_type_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (field, value) in [
        ("window_days", json!(-1)),
        ("window_days", json!(1.5)),
        ("window_days", json!("90")),
        ("active", json!("yes")),
        ("channels", json!(["fax"])),
        ("discount", json!({ "kind": "gift" })),
        (
            "discount",
            json!({ "kind": "percent", "basis_points": 1_500, "amount": 5 }),
        ),
        (
            "reward",
            json!({ "kind": "gold", "value": { "rule": "match_discount" } }),
        ),
        (
            "reward",
            json!({ "kind": "credit", "value": { "rule": "match_discount", "amount": 5 } }),
        ),
        ("unknown", json!(1)),
    ] {
        let setup = shop.setup.clone().set(field, value.clone());
        let answer = put(&shop, &setup.json()).await;
        assert_eq!(answer.status, 400, "{field}: {value}: {}", answer.body);
        answer.problem(400, "invalid_body");
    }
    for missing in ["name", "store_url", "currency", "discount", "reward"] {
        let answer = put(&shop, &shop.setup.clone().without(missing).json()).await;
        let detail = answer.problem(400, "invalid_body");
        assert!(detail.contains(missing), "{detail}");
    }
    assert_eq!(shop.settings().await["version"], 1);
}

#[tokio::test]
async fn a_dry_run_tells_what_other_terms_would_have_decided_and_cost() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let referred = |id: &str| shop.order(id, &Person::new(id)).with_code(&code);
    referred("a-small").accepted().await;
    referred("b-large").costs(9_000).accepted().await;
    shop.order("c-nobodys", &Person::new("cem"))
        .accepted()
        .await;
    shop.refund("b-large", "r1", 9_000).send().await.expect(201);
    let before = shop.last_seq().await;

    let mut settings = shop.settings().await["settings"].clone();
    settings["minimum_order"] = json!(5_000);
    settings["reward"] =
        json!({ "kind": "credit", "value": { "rule": "percent", "basis_points": 1_000 } });
    let ask = |body: Value| {
        shop.merchant("POST", "/settings/dry-run")
            .json(&body)
            .send()
    };
    ask(json!({ "settings": settings })).await.expect(200);
    // That the merchant asks is on the log once an hour.
    let answer = ask(json!({ "settings": settings })).await;
    assert_eq!(answer.rows_written(), 0);
    let told = answer.expect(200);
    assert_eq!(told["orders"], 3);
    let sums = |attributed: u32, amount: i64| {
        json!({
            "attributed": attributed, "rewarded": attributed, "cost": [{ "amount": amount, "currency": "EUR" }],
        })
    };
    assert_eq!(told["was"], sums(2, 1_000));
    assert_eq!(told["would"], sums(1, 900));
    assert_eq!(told["next"], Value::Null);
    let differ: Vec<[&Value; 3]> = told["differ"]
        .as_array()
        .expect("orders")
        .iter()
        .map(|one| {
            [
                &one["order_id"],
                &one["would"]["reason"],
                &one["would"]["rewards"][0]["amount"],
            ]
        })
        .collect();
    assert_eq!(
        json!(differ),
        json!([
            ["a-small", "below_minimum", null],
            ["b-large", "typed_code", 900]
        ])
    );
    let none = ask(json!({ "settings": settings, "after": before })).await;
    assert_eq!(none.expect(200)["orders"], 0);

    assert_eq!(shop.last_seq().await, before);
    assert_eq!(shop.settings().await["version"], 1);
    settings["currency"] = json!("USD");
    ask(json!({ "settings": settings }))
        .await
        .problem(422, "invalid_settings");
    let body = json!({ "settings": shop.settings().await["settings"] });
    let stranger = shop
        .call("POST", "/settings/dry-run")
        .json(&body)
        .send()
        .await;
    stranger.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_dry_run_of_the_settings_in_force_tells_what_happened_to_the_cent() {
    let reward = |amount: i64| json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } });
    let shop = Setup::default()
        .set("hold_days", 1)
        .set("invitee_reward", reward(200))
        .set("tiers", json!([{ "from": 2, "reward": reward(900) }]))
        .set("milestones", json!([{ "at": 2, "reward": reward(1_500) }]))
        .set("caps", json!([{ "of": "value", "max": 6_000, "days": 30 }]))
        .set("budget", 7_000)
        .create(&Edge::shared())
        .await;
    let code = shop.code(&Person::new("jane")).await;
    let mut half = 0;
    for number in 0..8 {
        let id = format!("o{number}");
        let order = shop.order(&id, &Person::new(&id)).with_code(&code);
        order.accepted().await;
        if number == 1 {
            shop.refund("o0", "r1", 500).send().await.expect(201);
        }
        // Holds of a day: the alarm approves what is due before the next order.
        let seq = shop.last_seq().await;
        shop.advance_ms(20 * 3_600_000).await;
        if number > 0 {
            eventually("what is due is approved", async || {
                (shop.last_seq().await > seq || number > 5).then_some(())
            })
            .await;
        }
        if number == 3 {
            half = shop.last_seq().await;
        }
    }
    let settings = shop.settings().await["settings"].clone();
    // The seventh meets the cap; the budget leaves nothing for the last one's invitee.
    for (after, rewarded) in [(0, 6), (half, 2)] {
        let body = json!({ "settings": settings, "after": after });
        let call = shop.merchant("POST", "/settings/dry-run").json(&body);
        let told = call.send().await.expect(200);
        assert_eq!(told["differ"], json!([]), "after {after}");
        assert_eq!(told["would"], told["was"]);
        assert_eq!(told["was"]["rewarded"], rewarded, "{told}");
    }
    // Without tier and milestone, what they cost is saved, and caps and budget leave room for more.
    let mut plain = settings;
    (plain["tiers"], plain["milestones"]) = (json!([]), json!([]));
    let call = shop.merchant("POST", "/settings/dry-run");
    let told = call.json(&json!({ "settings": plain })).send().await;
    let told = told.expect(200);
    let second = &told["differ"][0];
    assert_eq!(second["order_id"], "o1");
    assert_eq!(second["was"]["rewards"].as_array().map(Vec::len), Some(3));
    assert_eq!(second["would"]["rewards"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        second["would"]["rewards"][0]["owner"],
        second["was"]["referrer"]
    );
}
