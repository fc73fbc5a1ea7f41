//! The way of one referral, from the share link to the public record.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

#[tokio::test]
async fn a_friend_buys_and_everybody_hears_of_it() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));

    let enrolled = shop.enrolment(&jane).send().await.expect(201);
    let code = text(&enrolled["code"]);
    let answer = shop.visit(&format!("{code}?c=sms")).send().await;
    let token = answer
        .location()
        .rsplit_once("gw=")
        .expect("a token")
        .1
        .to_owned();

    let offer = shop.invitation(&token).await.expect(200);
    assert_eq!(
        (&offer["state"], &offer["inviter"]),
        (&json!("available"), &json!("Jane"))
    );
    let claim = shop.claim(&token).await;
    assert_eq!(
        claim["discount"],
        json!({ "kind": "percent", "basis_points": 1500 })
    );
    let discount = text(&claim["discount_code"]);
    let worth = shop.check_discount(&discount, 2_000, Some(&ann)).await;
    assert_eq!(
        worth,
        json!({ "valid": true, "amount": 300, "free_shipping": false, "free_item": null, "currency": "EUR", "reason": null })
    );

    let order = shop.order("1001", &ann).with_discounts(&[&discount]);
    let decision = order.accepted().await;
    assert_eq!(
        (&decision["attributed"], &decision["reason"]),
        (&json!(true), &json!("claimed_discount"))
    );

    let earned = sink.event("reward.earned", "1001").await;
    let earned = earned.verified(&shop.keys.webhooks);
    assert_eq!(earned["data"]["reward"]["amount"], 500);
    assert_eq!(earned["data"]["referrer"]["customer_id"], "jane");
    assert_eq!(earned["data"]["referral"]["sequence"], 1);
    assert_eq!(earned["data"]["referrer"]["code"], json!(code));
    sink.event("reward.issued", "1001").await;

    jane_sees_it(&shop, &jane).await;
    let record = shop.record("1001", |_| true).await;
    check_record(&record, &discount, &enrolled["referrer"]["id"]);
    eventually("one click and one claim counted", async || {
        let clicked = shop.counted("clicked", Some("sms")).await;
        let claimed = shop.counted("claimed", None).await;
        ((clicked, claimed) == (1, 1)).then_some(())
    })
    .await;

    shop.refund("1001", "r1", 850).send().await.expect(201);
    let undone = |record: &Value| record["reward"]["state"] == "clawed_back";
    let record = shop.record("1001", undone).await;
    assert_eq!(
        (&record["reward"]["amount"], &record["reward"]["earned"]),
        (&json!(250), &json!(500))
    );
}

async fn jane_sees_it(shop: &Program, jane: &Person) {
    let view = shop.enrol(jane).await;
    assert_eq!(view["progress"]["bought"], 1);
    assert_eq!(
        view["progress"]["credit"],
        json!([{ "amount": 500, "currency": "EUR" }])
    );
    assert_eq!(view["referrals"][0]["stage"], "rewarded");
}

/// The public book says who referred whom, by what evidence and why, over pseudonyms.
fn check_record(record: &Value, discount: &str, jane: &Value) {
    assert_eq!(record["reason"], "claimed_discount");
    assert!(
        record["explanation"]
            .as_str()
            .is_some_and(|words| words.contains("single-use discount"))
    );
    let evidence = record["evidence"].as_array().expect("evidence");
    assert_eq!(evidence.len(), 1);
    for (field, value) in [
        ("evidence", json!("discount_code")),
        ("key", json!(discount)),
        ("referrer", jane.clone()),
        ("verdict", json!("chosen")),
        ("claimed", json!(true)),
        ("version", json!(1)),
    ] {
        assert_eq!(evidence[0][field], value, "{field}");
    }
    assert_eq!(&record["referrer"], jane);
    assert_eq!(record["reward"]["state"], "issued");
    let book = record.to_string();
    for private in ["jane@", "ann@", "Canarydoe", "\"ann\"", "\"jane\""] {
        assert!(!book.contains(private), "{private} in {book}");
    }
}
