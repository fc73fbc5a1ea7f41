//! The review queue: referrals that wait for the merchant's word, and the word.

use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A shop with a referral that waits, because the friend has paid with the referrer's card. Both sides earn.
async fn held(setup: Setup) -> (Program, Value) {
    let invitee =
        json!({ "kind": "credit", "value": { "rule": "fixed", "amount": 300, "currency": "EUR" } });
    let shop = setup
        .set("invitee_reward", invitee)
        .create(&Edge::shared())
        .await;
    let code = shop.code(&Person::new("jane")).await;
    let card = json!({ "payment_fingerprint": "canary-card-1" });
    shop.order("own", &Person::new("jane"))
        .set("risk", card.clone())
        .accepted()
        .await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    let order = order.set("subscription", "sub_1");
    order.set("risk", card).accepted().await;
    let waiting = shop.reviews().await.remove(0);
    (shop, waiting)
}

fn word(shop: &Program, waiting: &Value, verdict: &str) -> Call {
    let referral = text(&waiting["referral"]);
    shop.merchant("POST", &format!("/reviews/{referral}/{verdict}"))
}

/// Of both sides, in the order of the alphabet.
async fn states(shop: &Program) -> Vec<String> {
    let rewards = shop.rewards_of("1").await;
    let states = rewards.iter().map(|reward| text(&reward["state"]));
    let mut states: Vec<String> = states.collect();
    states.sort();
    states
}

#[tokio::test]
async fn a_referral_that_waits_is_shown_with_both_sides_and_all_that_speaks_against_it() {
    let (_, waiting) = held(Setup::default()).await;
    assert_eq!(
        json!([
            waiting["order_id"],
            waiting["currency"],
            waiting["total"],
            waiting["reason"],
            waiting["referrer"]["customer_id"],
            waiting["referrer"]["name"],
            waiting["invitee"]["customer_id"],
            waiting["referrer"]["rewards"][0]["amount"],
            waiting["invitee"]["rewards"][0]["amount"],
        ]),
        json!([
            "1",
            "EUR",
            1700,
            "typed_code",
            "jane",
            "Jane Canarydoe",
            "ann",
            500,
            300
        ])
    );
    assert_eq!(
        waiting["risk"]["signals"],
        json!([{ "signal": "same_payment", "points": 60, "weight": 60, "text": "The order was paid as the referrer pays." }])
    );
    assert_eq!(
        json!([
            waiting["risk"]["verdict"],
            waiting["risk"]["score"],
            waiting["risk"]["review"],
            waiting["risk"]["block"]
        ]),
        json!(["review", 60, 50, 100])
    );
}

#[tokio::test]
async fn approving_pays_both_sides_once() {
    let (shop, waiting) = held(Setup::default()).await;
    let note = json!({ "note": "Known to us: Jane's husband." });
    let said = word(&shop, &waiting, "approve")
        .json(&note)
        .send()
        .await
        .expect(200);
    assert_eq!(
        json!([said["outcome"], said["approved"]]),
        json!(["changed", true])
    );
    assert_eq!(states(&shop).await, ["issued", "issued"]);
    assert_eq!(shop.reviews().await, [Value::Null; 0]);
    let again = word(&shop, &waiting, "approve")
        .json(&note)
        .send()
        .await
        .expect(200);
    assert_eq!(again["outcome"], "exists");
    let other = word(&shop, &waiting, "reject").send().await;
    other.problem(409, "reward_step_not_allowed");
    let told = shop.explanation("1").await["text"].to_string();
    assert!(told.contains("The merchant approved it on"), "{told}");
    assert!(told.contains("Known to us: Jane's husband."), "{told}");
    let log = json!(shop.log().await).to_string();
    assert!(log.contains("referral.reviewed") && !log.contains("husband"));
}

#[tokio::test]
async fn rejecting_voids_both_sides_for_good() {
    let (shop, waiting) = held(Setup::default().set("hold_days", 14)).await;
    let said = word(&shop, &waiting, "reject").send().await.expect(200);
    assert_eq!(said["approved"], false);
    assert_eq!(states(&shop).await, ["voided", "voided"]);
    shop.advance_days(20).await;
    let other = word(&shop, &waiting, "approve").send().await;
    other.problem(409, "reward_step_not_allowed");
    assert_eq!(states(&shop).await, ["voided", "voided"]);
}

#[tokio::test]
async fn a_word_on_one_side_lets_the_other_wait() {
    let (shop, waiting) = held(Setup::default()).await;
    let on = |verdict: &str, side: &str| {
        let said = json!({ "side": side, "note": format!("about the {side}") });
        word(&shop, &waiting, verdict).json(&said)
    };
    let said = on("reject", "invitee").send().await.expect(200);
    assert_eq!(said["side"], "invitee");
    assert_eq!(said["rewards"].as_array().map(Vec::len), Some(1));
    assert_eq!(states(&shop).await, ["pending", "voided"]);
    let left = &shop.reviews().await[0];
    assert_eq!(left["invitee"]["rewards"], json!([]));
    assert_eq!(
        left["referrer"]["rewards"].as_array().map(Vec::len),
        Some(1)
    );
    let again = on("reject", "invitee").send().await.expect(200);
    assert_eq!(
        json!([again["outcome"], again["side"]]),
        json!(["exists", "invitee"])
    );
    on("approve", "invitee")
        .send()
        .await
        .problem(409, "reward_step_not_allowed");
    let rest = word(&shop, &waiting, "approve").send().await.expect(200);
    assert_eq!(rest["side"], Value::Null);
    assert_eq!(states(&shop).await, ["issued", "voided"]);
    assert_eq!(shop.reviews().await, [Value::Null; 0]);
    let told = shop.explanation("1").await["text"].to_string();
    assert!(
        told.contains("The merchant rejected it for the friend on"),
        "{told}"
    );
    assert!(told.contains("The merchant approved it on"), "{told}");
    let other = word(&shop, &waiting, "approve").json(&json!({ "side": "both" }));
    other.send().await.problem(400, "invalid_body");
}

#[tokio::test]
async fn what_is_approved_before_its_hold_is_over_is_paid_after_it() {
    let (shop, waiting) = held(Setup::default().set("hold_days", 14)).await;
    word(&shop, &waiting, "approve").send().await.expect(200);
    assert_eq!(states(&shop).await, ["pending", "pending"]);
    assert_eq!(shop.reviews().await, [Value::Null; 0]);
    shop.advance_days(15).await;
    eventually("both are paid", async || {
        (states(&shop).await == ["issued", "issued"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_later_order_of_a_subscription_waits_with_its_first_and_is_lost_with_it() {
    let shop = Setup::default()
        .set("reward_schedule", json!({ "kind": "renewals", "count": 3 }))
        .create(&Edge::shared())
        .await;
    let code = shop.code(&Person::new("jane")).await;
    let thrown = Person::new("ann").with_email("ann@mailinator.com");
    let first = shop.order("1", &thrown).with_code(&code);
    first.set("subscription", "sub_1").accepted().await;
    let second = shop
        .order("2", &thrown)
        .set("subscription", "sub_1")
        .accepted()
        .await;
    assert_eq!(second["reward"]["state"], "pending");
    let waiting = shop.reviews().await;
    assert_eq!(waiting.len(), 1);
    word(&shop, &waiting[0], "reject").send().await.expect(200);
    let third = shop
        .order("3", &thrown)
        .set("subscription", "sub_1")
        .accepted()
        .await;
    assert_eq!(third["attributed"], false);
    assert_eq!(shop.rewards_of("2").await[0]["state"], "voided");
    assert_eq!(shop.explanation("2").await["recomputed"], "agrees");
}

#[tokio::test]
async fn each_word_on_a_referral_is_kept_with_its_note() {
    let setup = Setup::default();
    let (shop, waiting) =
        held(setup.set("reward_schedule", json!({ "kind": "renewals", "count": 3 }))).await;
    let noted = |waiting: &Value, verdict: &str, note: &str| {
        word(&shop, waiting, verdict).json(&json!({ "note": note }))
    };
    noted(&waiting, "approve", "Ann Canarydoe called")
        .send()
        .await
        .expect(200);
    shop.block(json!([{ "kind": "customer", "value": "ann" }]))
        .await;
    let second = shop.order("2", &Person::new("ann"));
    let second = second.set("subscription", "sub_1").accepted().await;
    assert_eq!(second["reward"]["state"], "pending");
    let again = shop.reviews().await.remove(0);
    noted(&again, "reject", "Ann Canarydoe paid for others")
        .send()
        .await
        .expect(200);
    let told = shop.explanation("1").await["text"].to_string();
    let (first, second) = (
        told.find("Ann Canarydoe called"),
        told.find("paid for others"),
    );
    assert!(first.is_some() && first < second, "{told}");
}

#[tokio::test]
async fn nothing_is_reviewed_that_does_not_wait_or_with_a_note_that_is_none() {
    let (shop, waiting) = held(Setup::default()).await;
    for note in ["", " \u{202e}<> "] {
        let call = word(&shop, &waiting, "approve").json(&json!({ "note": note }));
        call.send().await.problem(400, "invalid_body");
    }
    let long = word(&shop, &waiting, "approve").json(&json!({ "note": "x".repeat(501) }));
    long.send().await.problem(400, "invalid_body");
    let unknown = shop
        .merchant("POST", "/reviews/nobody/approve")
        .send()
        .await;
    unknown.problem(404, "not_found");
    word(&shop, &waiting, "void")
        .send()
        .await
        .problem(404, "no_route");
    shop.cancellation("1").send().await.expect(201);
    assert_eq!(shop.reviews().await, [Value::Null; 0]);
    let late = word(&shop, &waiting, "approve").send().await;
    late.problem(409, "reward_step_not_allowed");
}
