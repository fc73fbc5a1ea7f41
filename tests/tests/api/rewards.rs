//! Rewards of every kind: who hands them over, who earns them, and what the merchant may say of them.

use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

fn coffee() -> Value {
    json!({
        "kind": "free_product", "description": "a bag of coffee",
        "value": { "rule": "fixed", "amount": 500, "currency": "EUR" },
    })
}

fn fixed(kind: &str, amount: i64) -> Value {
    json!({ "kind": kind, "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

#[tokio::test]
async fn a_thing_waits_until_the_merchant_has_handed_it_over() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default()
        .set("reward", coffee())
        .set("webhook_url", sink.url.clone());
    let (shop, jane) = setup.referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    assert_eq!(
        json!([
            reward["kind"],
            reward["description"],
            reward["state"],
            reward["due"]
        ]),
        json!(["free_product", "a bag of coffee", "approved", 500])
    );
    let earned = sink.event("reward.earned", "1001").await;
    let earned = earned.verified(&shop.keys.webhooks);
    assert_eq!(earned["data"]["reward"]["description"], "a bag of coffee");
    let failed = shop
        .step(&reward, "fail")
        .json(&json!({ "reason": "out_of_stock" }));
    assert_eq!(failed.send().await.expect(200)["state"], "approved");
    let given = shop.step(&reward, "fulfil").send().await.expect(200);
    assert_eq!(
        json!([given["outcome"], given["state"], given["due"]]),
        json!(["changed", "issued", 0])
    );
    let again = shop.step(&reward, "fulfil").send().await.expect(200);
    assert_eq!(again["outcome"], "exists");
    let used = shop.step(&reward, "redeem").send().await.expect(200);
    assert_eq!(used["state"], "redeemed");
    let late = shop.step(&reward, "void").send().await;
    late.problem(409, "reward_step_not_allowed");
    for event in [
        "reward.fulfilment_failed",
        "reward.issued",
        "reward.redeemed",
    ] {
        sink.event(event, "1001").await;
        assert_eq!(shop.count_logged(event).await, 1, "{event}");
    }
    // A bag of coffee is no credit.
    assert_eq!(shop.credit(&jane).await, 0);
    let view = shop.enrol(&jane).await;
    assert_eq!(
        view["referrals"][0]["reward"]["description"],
        "a bag of coffee"
    );
    assert!(
        view["message"]
            .as_str()
            .is_some_and(|text| text.contains("I get a bag of coffee if you buy"))
    );
}

#[tokio::test]
async fn a_veto_is_for_good_and_leaves_its_reason_in_the_log() {
    let (shop, _) = Setup::default().set("hold_days", 14).referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    let call = || {
        shop.step(&reward, "void")
            .json(&json!({ "reason": "staff_order" }))
    };
    assert_eq!(call().send().await.expect(200)["state"], "voided");
    assert_eq!(call().send().await.expect(200)["outcome"], "exists");
    let logged = shop.logged("reward.stepped").await;
    assert_eq!(logged[0]["reason"], "staff_order");
    for state in ["lost", "won"] {
        shop.dispute("1001", "d1", state).send().await.expect(201);
    }
    assert_eq!(shop.reward_of("1001", "conversion").await["amount"], 0);
    let named = shop
        .step(&reward, "void")
        .json(&json!({ "reason": "Ann Smith" }));
    named.send().await.problem(400, "invalid_body");
}

#[tokio::test]
async fn what_staff_notes_is_shown_with_the_reward_and_lies_nowhere_in_the_clear() {
    let (shop, _) = Setup::default().set("hold_days", 14).referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    let note = "Omar Canarydoe called <twice>";
    let call = |note: &str| shop.step(&reward, "void").json(&json!({ "note": note }));
    let voided = call(&format!(" {note}\n")).send().await.expect(200);
    let shown = "Omar Canarydoe called twice";
    assert_eq!(
        json!([voided["notes"][0]["step"], voided["notes"][0]["note"]]),
        json!(["void", shown])
    );
    // Said again, it is the same; something else is said beside it.
    call(note).send().await.expect(200);
    call("and wrote").send().await.expect(200);
    let tail = format!("/rewards/{}", text(&reward["id"]));
    let read = shop.merchant("GET", &tail).send().await.expect(200);
    let notes = read["notes"].as_array().expect("notes");
    assert_eq!(notes.len(), 2, "{read}");
    assert_eq!(notes[1]["note"], "and wrote");
    let explained = shop.merchant("GET", "/orders/1001/explanation");
    let explained = explained.send().await.expect(200)["text"].to_string();
    assert!(explained.contains(shown), "{explained}");
    let logged = shop.logged("reward.stepped").await;
    assert_eq!(logged[0]["noted"], true);
    assert!(!json!(logged).to_string().contains("called"));
    assert!(!shop.edge.stores(shown));
    for bad in ["", " \u{200b}", &"x".repeat(501)] {
        call(bad).send().await.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn a_reward_under_review_never_pays_by_itself() {
    let (shop, jane) = Setup::default()
        .set("review_rewards", true)
        .set("hold_days", 1)
        .referred()
        .await;
    shop.advance_days(5).await;
    let reward = shop.reward_of("1001", "conversion").await;
    assert_eq!(
        (&reward["state"], shop.credit(&jane).await),
        (&json!("pending"), 0)
    );
    let passed = shop.step(&reward, "approve").send().await.expect(200);
    assert_eq!(passed["state"], "issued");
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(
        shop.step(&reward, "approve").send().await.expect(200)["outcome"],
        "exists"
    );
    let code = shop.code(&jane).await;
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    let other = shop.reward_of("1002", "conversion").await;
    let rejected = shop.step(&other, "reject").send().await.expect(200);
    assert_eq!(rejected["state"], "voided");
    let late = shop.step(&other, "approve").send().await;
    late.problem(409, "reward_step_not_allowed");
}

#[tokio::test]
async fn what_never_waited_for_a_review_is_not_approved_by_one() {
    let (shop, _) = Setup::default().set("hold_days", 1).referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    for step in ["approve", "reject"] {
        let refused = shop.step(&reward, step).send().await;
        refused.problem(409, "reward_step_not_allowed");
    }
    assert_eq!(shop.reward_of("1001", "conversion").await, reward);
}

#[tokio::test]
async fn an_uncollected_reward_expires_by_the_clock() {
    let setup = Setup::default()
        .set("reward", coffee())
        .set("reward_expires_days", 30);
    let (shop, _) = setup.referred().await;
    shop.advance_days(29).await;
    assert_eq!(
        shop.reward_of("1001", "conversion").await["state"],
        "approved"
    );
    shop.advance_days(2).await;
    eventually("the reward expired", async || {
        (shop.reward_of("1001", "conversion").await["state"] == "expired").then_some(())
    })
    .await;
    let reward = shop.reward_of("1001", "conversion").await;
    let late = shop.step(&reward, "fulfil").send().await;
    late.problem(409, "reward_step_not_allowed");
    assert_eq!(shop.count_logged("reward.expired").await, 1);
}

#[tokio::test]
async fn both_sides_earn_in_the_same_order_and_lose_with_it() {
    let setup = Setup::default().set("invitee_reward", fixed("credit", 300));
    let (shop, jane) = setup.referred().await;
    let ann = Person::new("ann");
    assert_eq!(
        (shop.credit(&jane).await, shop.credit(&ann).await),
        (500, 300)
    );
    assert_eq!(shop.reward_of("1001", "invitee").await["earned"], 300);
    shop.refund("1001", "r1", 850).send().await.expect(201);
    assert_eq!(
        (shop.credit(&jane).await, shop.credit(&ann).await),
        (250, 150)
    );
    let offer = shop.call("GET", "").send().await.expect(200);
    assert_eq!(offer["invitee_reward"], fixed("credit", 300));
}

#[tokio::test]
async fn a_referrer_chooses_what_to_earn_from_now_on() {
    let choices = json!([fixed("cash", 450), coffee()]);
    let setup = Setup::default().set("reward_choices", choices);
    let (shop, jane) = setup.referred().await;
    let choose = |reward: &Value| {
        shop.call("PUT", "/referrers/me/reward")
            .bearer(&shop.customer_token(&jane))
            .json(&json!({ "reward": reward }))
    };
    let view = choose(&coffee()).send().await.expect(200);
    assert_eq!(view["reward"]["kind"], "free_product");
    choose(&coffee()).send().await.expect(200);
    assert_eq!(shop.count_logged("reward.chosen").await, 1);
    choose(&fixed("cash", 9_999))
        .send()
        .await
        .problem(400, "invalid_body");
    let code = shop.code(&jane).await;
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(shop.reward_of("1001", "conversion").await["kind"], "credit");
    assert_eq!(
        shop.reward_of("1002", "conversion").await["kind"],
        "free_product"
    );
    let nobody = shop
        .call("PUT", "/referrers/me/reward")
        .json(&json!({ "reward": coffee() }));
    nobody.send().await.problem(401, "customer_token_invalid");
}

#[tokio::test]
async fn rewards_are_listed_page_by_page_and_by_state() {
    let setup = Setup::default()
        .set("reward", coffee())
        .set("rewards_per_year_max", 100);
    let (shop, jane) = setup.referred().await;
    let code = shop.code(&jane).await;
    for n in 0..55 {
        let id = format!("o{n}");
        shop.order(&id, &Person::new(&format!("friend{n}")))
            .with_code(&code)
            .accepted()
            .await;
    }
    let first = shop.reward_of("1001", "conversion").await;
    shop.step(&first, "fulfil").send().await.expect(200);
    let page = |tail: String| {
        let call = shop.merchant("GET", &format!("/rewards{tail}"));
        async move { call.send().await.expect(200) }
    };
    let one = page("?state=approved".into()).await;
    let rewards = one["rewards"].as_array().expect("rewards");
    assert_eq!(rewards.len(), 50);
    let next = one["next"].as_str().expect("more");
    let two = page(format!("?state=approved&after={next}")).await;
    assert_eq!(
        (two["rewards"].as_array().map(Vec::len), &two["next"]),
        (Some(5), &json!(null))
    );
    assert_eq!(
        page("?state=issued".into()).await["rewards"][0]["customer_id"],
        "jane"
    );
    let unknown = shop.merchant("GET", "/rewards?state=gold").send().await;
    unknown.problem(400, "invalid_body");
    let id = first["id"].as_str().expect("an id");
    let read = shop
        .merchant("GET", &format!("/rewards/{id}"))
        .send()
        .await
        .expect(200);
    assert_eq!(
        (&read["order_id"], &read["state"]),
        (&json!("1001"), &json!("issued"))
    );
    shop.merchant("GET", "/rewards/nothing")
        .send()
        .await
        .problem(404, "not_found");
    shop.call("GET", "/rewards")
        .send()
        .await
        .problem(401, "unauthorized");
    shop.step(&first, "forget")
        .send()
        .await
        .problem(404, "no_route");
}

#[tokio::test]
async fn a_step_is_answered_alike_whatever_has_been_taken_back_since() {
    let setup = Setup::default()
        .set("reward", fixed("store_credit", 500))
        .set("review_rewards", true);
    let (shop, jane) = setup.referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    for step in ["approve", "fulfil"] {
        let done = shop.step(&reward, step).send().await.expect(200);
        assert_eq!(done["outcome"], "changed", "{step}");
    }
    shop.refund("1001", "r1", 850).send().await.expect(201);
    for step in ["approve", "fulfil"] {
        let again = shop.step(&reward, step).send().await.expect(200);
        let found = json!([again["outcome"], again["state"]]);
        assert_eq!(found, json!(["exists", "clawed_back"]), "{step}");
    }
    // The shop keeps it, not the ledger: what was handed over is owed back.
    assert_eq!(shop.credit(&jane).await, -250);
}

#[tokio::test]
async fn the_days_for_collecting_begin_anew_when_a_dispute_is_won() {
    let setup = Setup::default()
        .set("reward", coffee())
        .set("reward_expires_days", 30);
    let (shop, _) = setup.referred().await;
    shop.advance_days(20).await;
    shop.dispute("1001", "d1", "opened")
        .send()
        .await
        .expect(201);
    shop.advance_days(25).await;
    shop.dispute("1001", "d1", "won").send().await.expect(201);
    shop.advance_days(29).await;
    let reward = shop.reward_of("1001", "conversion").await;
    assert_eq!(reward["state"], "approved");
    shop.advance_days(2).await;
    eventually("nobody has collected it", async || {
        let reward = shop.reward_of("1001", "conversion").await;
        (reward["state"] == "expired").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_everything_that_they_have_earned_and_used() {
    let setup = Setup::default()
        .set("invitee_reward", coffee())
        .set("reward_expires_days", 30)
        .set(
            "milestones",
            json!([{ "at": 1, "reward": fixed("credit", 700) }]),
        );
    let (shop, jane) = setup.referred().await;
    shop.take("t1", "jane", 300).send().await.expect(201);
    let listed = |view: &Value| -> Vec<Value> {
        let rewards = view["rewards"].as_array().expect("a list");
        let line = |one: &Value| json!([one["cause"], one["amount"], one["state"]]);
        rewards.iter().map(line).collect()
    };
    let view = shop.enrol(&jane).await;
    let mut rewards = listed(&view);
    rewards.sort_by_key(Value::to_string);
    assert_eq!(
        rewards,
        [
            json!(["conversion", 500, "issued"]),
            json!(["milestone", 700, "issued"])
        ]
    );
    assert_eq!(view["taken"][0]["amount"], 300, "{view}");
    let friend = shop.enrol(&Person::new("ann")).await;
    assert_eq!(listed(&friend), [json!(["invitee", 500, "approved"])]);
    let until = friend["rewards"][0]["until"].as_i64().expect("a day");
    assert!((until - shop.now_ms() - 30 * DAY_MS).abs() < 60_000);
    assert_eq!(friend["taken"], Value::Null);
}

#[tokio::test]
async fn a_step_with_a_key_is_answered_alike() {
    let (shop, _) = Setup::default().set("reward", coffee()).referred().await;
    let reward = shop.reward_of("1001", "conversion").await;
    let fail = || {
        shop.step(&reward, "fail")
            .header("idempotency-key", "f1")
            .send()
    };
    let first = fail().await;
    first.expect(200);
    assert_eq!(fail().await.body, first.body);
    assert_eq!(shop.count_logged("reward.fulfilment_failed").await, 1);
}

#[tokio::test]
async fn every_kind_of_reward_is_kept_and_told() {
    for kind in [
        "credit",
        "store_credit",
        "cash",
        "gift_card",
        "donation",
        "points",
        "free_service",
        "upgrade",
        "custom",
    ] {
        let mut reward = fixed(kind, 500);
        match kind {
            "points" => reward["quantity"] = json!(1_000),
            "free_service" | "upgrade" | "custom" => {
                reward["description"] = json!("something nice");
            }
            _ => {}
        }
        let (shop, _) = Setup::default()
            .set("reward", reward.clone())
            .referred()
            .await;
        assert_eq!(shop.settings().await["settings"]["reward"], reward);
        let earned = shop.reward_of("1001", "conversion").await;
        let state = if kind == "credit" {
            "issued"
        } else {
            "approved"
        };
        assert_eq!(
            json!([earned["kind"], earned["state"]]),
            json!([kind, state])
        );
        assert_eq!(earned["quantity"], reward["quantity"]);
    }
}
