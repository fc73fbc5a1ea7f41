//! What the merchant's endpoint gets: signed, repeated until it is heard, and never in anybody's way.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::within;
use goodword_tests::harness::live::LivePage;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;

/// Seconds between attempts, as the scheme recommends.
const SCHEDULE: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// A program with an endpoint, and Jane's code.
async fn listening() -> (WebhookSink, Program, String) {
    let sink = WebhookSink::open().await;
    // A hold, so that an order is told once: earned, and not yet issued.
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("hold_days", 3_000);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    (sink, shop, code)
}

async fn order(shop: &Program, code: &str, id: &str) {
    shop.order(id, &Person::new(id))
        .with_code(code)
        .accepted()
        .await;
}

#[tokio::test]
async fn the_schemes_own_library_verifies_every_event() {
    let (sink, shop, code) = listening().await;
    order(&shop, &code, "1001").await;
    shop.refund("1001", "r1", 850).send().await.expect(201);
    shop.cancellation("1001").send().await.expect(201);
    let mut ids = Vec::new();
    for (event, sequence) in [
        ("reward.earned", 1),
        ("reward.adjusted", 2),
        ("reward.voided", 3),
    ] {
        let delivery = sink.event(event, "1001").await;
        let told = delivery.verified(&shop.keys.webhooks);
        assert_eq!(told["data"]["referral"]["sequence"], sequence);
        assert_eq!(told["data"]["program"], shop.id);
        assert_eq!(delivery.header("content-type"), "application/json");
        ids.push(delivery.header("webhook-id").to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn an_event_names_the_head_of_the_log_and_no_personal_data() {
    let (sink, shop, code) = listening().await;
    order(&shop, &code, "1001").await;
    let told = sink
        .event("reward.earned", "1001")
        .await
        .verified(&shop.keys.webhooks);
    let log = shop.log().await;
    let line = log
        .iter()
        .find(|line| line["seq"] == told["data"]["log"]["seq"])
        .expect("a line");
    assert_eq!(line["hash"], told["data"]["log"]["hash"]);
    let shared = format!("{}/r/{}/{code}", shop.edge.url, shop.id);
    assert_eq!(told["data"]["share"]["link"], shared);
    assert!(text(&told["data"]["share"]["message"]).contains("{link}"));
    let told = told.to_string();
    for private in ["@", "Canarydoe", "Jane"] {
        assert!(!told.contains(private), "{private} in {told}");
    }
}

/// Waits until what failed just now is known to have failed: an order that comes after it has been told.
async fn settled(sink: &WebhookSink, shop: &Program, code: &str, id: &str) {
    order(shop, code, id).await;
    sink.event("reward.earned", id).await;
}

#[tokio::test]
async fn what_fails_is_tried_again_by_the_schedule_under_the_same_id() {
    let (sink, shop, code) = listening().await;
    sink.refuse_order("1001");
    order(&shop, &code, "1001").await;
    let count =
        async |attempts: usize| sink.attempts("reward.earned", "1001", attempts).await.len();
    assert_eq!(count(1).await, 1);
    settled(&sink, &shop, &code, "s0").await;
    for (step, seconds) in (1..).zip(SCHEDULE) {
        // Up to a tenth is added to a wait, so that a crowd does not come at once. The first step is too short for a look
        // at what happens before its end.
        if step > 1 {
            shop.advance_ms(seconds * 1_000 - 60_000).await;
            settled(&sink, &shop, &code, &format!("early{step}")).await;
            assert_eq!(count(step).await, step, "before step {step}");
            shop.advance_ms(60_000).await;
        }
        shop.advance_ms(seconds * 100 + 10_000).await;
        assert_eq!(count(step + 1).await, step + 1, "after step {step}");
        settled(&sink, &shop, &code, &format!("late{step}")).await;
    }
    let attempts = sink.attempts("reward.earned", "1001", 10).await;
    for attempt in &attempts {
        attempt.verified(&shop.keys.webhooks);
        assert_eq!(
            attempt.header("webhook-id"),
            attempts[0].header("webhook-id")
        );
        assert_eq!(attempt.body, attempts[0].body);
    }
    sink.take();
    shop.advance_days(30).await;
    settled(&sink, &shop, &code, "last").await;
    assert_eq!(count(10).await, 10, "the schedule is over");
}

#[tokio::test]
async fn what_was_heard_at_last_is_not_told_again() {
    let (sink, shop, code) = listening().await;
    sink.refuse_order("1001");
    order(&shop, &code, "1001").await;
    for (attempts, wait_ms) in [(1, 6_000), (2, 340_000)] {
        sink.attempts("reward.earned", "1001", attempts).await;
        settled(&sink, &shop, &code, &format!("s{attempts}")).await;
        if attempts == 2 {
            sink.take();
        }
        shop.advance_ms(wait_ms).await;
    }
    let attempts = sink.attempts("reward.earned", "1001", 3).await;
    let taken: Vec<bool> = attempts.iter().map(|attempt| attempt.taken).collect();
    assert_eq!(taken, [false, false, true]);
    settled(&sink, &shop, &code, "s3").await;
    shop.advance_days(10).await;
    settled(&sink, &shop, &code, "s4").await;
    assert_eq!(sink.for_order("1001").len(), 3);
}

#[tokio::test]
async fn the_alarm_tries_again_without_anybody_calling() {
    let (sink, shop, code) = listening().await;
    sink.fail(1);
    order(&shop, &code, "1001").await;
    let attempts = sink.attempts("reward.earned", "1001", 2).await;
    let waited = attempts[1].came - attempts[0].came;
    assert!(waited >= Duration::from_millis(4_500), "{waited:?}");
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_leads_nowhere() {
    let (sink, shop, code) = listening().await;
    let elsewhere = WebhookSink::open().await;
    sink.redirect(&elsewhere.url);
    order(&shop, &code, "1001").await;
    sink.attempts("reward.earned", "1001", 1).await;
    sink.take();
    shop.advance_ms(6_000).await;
    let attempts = sink.attempts("reward.earned", "1001", 2).await;
    assert!(!attempts[0].taken && attempts[1].taken);
    assert_eq!(elsewhere.deliveries().len(), 0);
}

#[tokio::test]
async fn a_hanging_endpoint_delays_no_answer() {
    let (sink, shop, code) = listening().await;
    sink.hang();
    order(&shop, &code, "1001").await;
    sink.attempts("reward.earned", "1001", 1).await;
    for id in ["1002", "1003", "1004"] {
        let began = Instant::now();
        order(&shop, &code, id).await;
        let took = began.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    sink.take();
    for id in ["1002", "1003", "1004"] {
        let told = sink.event("reward.earned", id).await;
        told.verified(&shop.keys.webhooks);
    }
    shop.advance_ms(6_000).await;
    let attempts = sink.attempts("reward.earned", "1001", 2).await;
    assert!(
        !attempts[0].taken && attempts[1].taken,
        "it hung, and was tried again"
    );
}

#[tokio::test]
async fn a_request_that_is_given_up_is_ended() {
    let (sink, shop, code) = listening().await;
    sink.hang();
    order(&shop, &code, "1001").await;
    sink.attempts("reward.earned", "1001", 1).await;
    let began = Instant::now();
    assert_eq!(sink.left(), 0, "it is waited for");
    within(
        Duration::from_secs(12),
        "the connection closed",
        async || (sink.left() == 1).then_some(()),
    )
    .await;
    let waited = began.elapsed();
    assert!(waited >= Duration::from_secs(4), "{waited:?}");
    let waiting = shop.deliveries("waiting").await;
    let event = waiting.iter().find(|one| one["kind"] == "webhook");
    let error = event.map(|event| text(&event["error"]));
    assert_eq!(error.as_deref(), Some("no answer within 5 seconds"));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_loses_nothing_but_events() {
    let (sink, shop, code) = listening().await;
    drop(sink);
    order(&shop, &code, "1001").await;
    shop.record("1001", |record| record["attributed"] == true)
        .await;
}

#[tokio::test]
async fn a_hanging_endpoint_delays_no_nudge_and_no_other_event() {
    let (sink, shop, code) = listening().await;
    let path = text(&shop.enrol(&Person::new("jane")).await["live"]);
    let headers = [("cf-connecting-ip", shop.network())];
    let mut page = LivePage::open(&shop.edge, &path, &headers)
        .await
        .expect("a socket");
    let soon = Duration::from_secs(3);
    sink.hang_on_order("1001");
    order(&shop, &code, "1001").await;
    sink.attempts("reward.earned", "1001", 1).await;
    assert_eq!(page.hears(soon).await.as_deref(), Some("changed"));
    let began = Instant::now();
    order(&shop, &code, "1002").await;
    sink.event("reward.earned", "1002").await;
    assert_eq!(page.hears(soon).await.as_deref(), Some("changed"));
    assert!(began.elapsed() < soon, "{:?}", began.elapsed());
    // More of them than there are connections.
    sink.hang();
    for n in 0..10 {
        let began = Instant::now();
        order(&shop, &code, &format!("h{n}")).await;
        assert_eq!(page.hears(soon).await.as_deref(), Some("changed"), "{n}");
        assert!(began.elapsed() < soon, "{n}: {:?}", began.elapsed());
    }
}
