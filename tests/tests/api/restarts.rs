//! What outlives the process: everything that was answered, and everything that was still to be told.

use std::time::Duration;

use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::invitations::token_of;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{BROWSER, Program, fresh_id};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::json;

#[tokio::test]
async fn what_was_answered_outlives_a_crash_and_what_was_not_told_is_told_after_it() {
    let id = fresh_id();
    let mut own = OwnEdge::start(&id).await;
    let sink = WebhookSink::open().await;
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("hold_days", 14);
    let shop = setup.create_as(&own.edge(), &id).await;
    short_links_are_those_of_the_default_program(&shop).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    sink.fail(1);
    let order = shop.order("1001", &Person::new("ann"));
    let order = order.with_discounts(&[&invited.discount_code]);
    let mut decision = order.accepted().await;
    sink.attempts("reward.earned", "1001", 1).await;
    let before = shop.log().await;

    own.restart().await;
    assert_eq!(shop.log().await, before);
    decision["outcome"] = json!("exists");
    assert_eq!(order.send().await.expect(200), decision);
    let told = sink.attempts("reward.earned", "1001", 2).await;
    assert_eq!(told[0].header("webhook-id"), told[1].header("webhook-id"));
    shop.click(&invited.code).await;

    own.restart().await;
    shop.advance_days(15).await;
    eventually("the reward granted", async || {
        (shop.credit(&jane).await == 500).then_some(())
    })
    .await;
    sink.event("reward.issued", "1001").await;
}

/// `/r/CODE` and `/r/PROGRAM/CODE` are the same link; the short one is what the default program's people share.
async fn short_links_are_those_of_the_default_program(shop: &Program) {
    let view = shop.enrol(&Person::new("omar")).await;
    let code = view["code"].as_str().unwrap_or_default();
    assert_eq!(view["link"], json!(format!("{}/r/{code}", shop.edge.url)));
    for path in [
        format!("/r/{code}"),
        format!("/r/{code}?c=sms"),
        format!("/r/{code}/"),
        format!("/r/{}/{code}", shop.id),
    ] {
        let answer = shop
            .edge
            .call("GET", &path)
            .header("user-agent", BROWSER)
            .send()
            .await;
        let token = token_of(answer.location()).expect("a token");
        shop.invitation(&token).await.expect(200);
    }
    let unknown = shop
        .edge
        .call("GET", "/r/ZZZZZZZZZ")
        .header("user-agent", BROWSER);
    assert_eq!(unknown.send().await.location(), "https://shop.example/");
}

#[tokio::test]
async fn work_that_traps_goes_on_when_the_alarm_rings_again() {
    let own = OwnEdge::start("demo").await;
    let sink = WebhookSink::open().await;
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("hold_days", 14);
    let shop = setup.create(&own.edge()).await;
    let code = shop.code(&Person::new("jane")).await;
    sink.fail(1);
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    sink.attempts("reward.earned", "1001", 1).await;
    // The second attempt is the alarm's, five seconds later: that one traps, and the next one comes five seconds after it.
    let trap = shop.merchant("GET", "/settings");
    trap.fault("trap").send().await.expect(200);
    let told = sink.attempts("reward.earned", "1001", 2).await;
    let waited = told[1].came - told[0].came;
    assert!(
        told[1].taken && waited >= Duration::from_secs(9),
        "{waited:?}"
    );
    let second = shop.order("1002", &Person::new("omar"));
    second.with_code(&code).accepted().await;
    sink.event("reward.earned", "1002").await;
}

#[tokio::test]
async fn the_workers_secret_is_rotated_without_losing_a_key() {
    let id = fresh_id();
    let mut own = OwnEdge::start("demo").await;
    let shop = Setup::default().create_as(&own.edge(), &id).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let unclaimed = shop.click(&invited.code).await;

    own.rotate_secret().await;
    let old_admin = shop.edge.admin_key().to_owned();
    let shop = shop.moved_to(own.edge());
    let order = shop.order("1001", &Person::new("ann"));
    order
        .with_discounts(&[&invited.discount_code])
        .accepted()
        .await;
    shop.claim(&unclaimed).await;
    assert_eq!(shop.credit(&jane).await, 500);
    let read = |key: &str| shop.call("GET", "/settings").bearer(key);
    read(shop.edge.admin_key()).send().await.expect(200);
    read(&old_admin).send().await.problem(401, "unauthorized");

    // The record in KV, sealed anew, follows the order.
    eventually("nothing waits to be written", async || {
        (shop.count_deliveries("waiting", "").await == 0).then_some(())
    })
    .await;
    own.forget_previous_secret().await;
    // An address is recognised by a key that never changes; names open with the keys of before.
    assert_eq!(
        shop.enrol(&jane).await["referrer"]["name"],
        "Jane Canarydoe"
    );
    let alias = Person::guest("ann@example.com");
    let again = shop.order("1002", &alias).with_code(&invited.code);
    assert_eq!(again.accepted().await["reason"], "already_referred");
    let token = shop.click(&invited.code).await;
    shop.claim(&token).await;
}

#[tokio::test]
async fn a_match_made_before_the_secret_was_rotated_still_matches_after_it() {
    let id = fresh_id();
    let mut own = OwnEdge::start("demo").await;
    let shop = Setup::default().create_as(&own.edge(), &id).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let bought = Person::guest("ann@example.com");
    shop.order("1", &bought).accepted().await;
    let (bound, later) = (
        Person::guest("bob@example.com"),
        Person::guest("cem@example.com"),
    );
    for person in [&bound, &later] {
        let entered = shop.touch_call(person, &code, "told us on the phone");
        entered.send().await.expect(201);
    }
    let guest = json!({ "email": "gus@example.com" });
    let guest = async |shop: &Program| {
        let call = shop.call("POST", "/referrers").json(&guest);
        call.send().await.expect(200)["code"].clone()
    };
    let known = guest(&shop).await;

    own.rotate_secret().await;
    let shop = shop.moved_to(own.edge());
    // Whoever has bought under this address is known, a referrer under another spelling of theirs, and who was bound by one.
    let again = shop.order("2", &bought).with_code(&code).accepted().await;
    assert_eq!(again["reason"], "existing_customer");
    let own_code = Person::new("other").with_email("JANE+tea@example.com");
    let own_code = shop.order("3", &own_code).with_code(&code).accepted().await;
    assert_eq!(own_code["reason"], "self_referral", "{own_code}");
    let referred = shop.order("4", &bound).accepted().await;
    assert_eq!(referred["reason"], "staff_entry");
    assert_eq!(guest(&shop).await, known);

    eventually("nothing waits to be written", async || {
        (shop.count_deliveries("waiting", "").await == 0).then_some(())
    })
    .await;
    own.forget_previous_secret().await;
    let referred = shop.order("5", &later).accepted().await;
    assert_eq!(referred["reason"], "staff_entry");
    assert_eq!(guest(&shop).await, known);
}
