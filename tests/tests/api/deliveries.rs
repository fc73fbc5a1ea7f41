//! The outbox: a lane for each endpoint, and what becomes of what nobody hears.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::json;

/// More than ever come.
const ALWAYS: usize = usize::MAX;

/// A program with an endpoint, and Jane's code. A hold, so that an order is told once.
fn listening(sink: &WebhookSink) -> Setup {
    Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("hold_days", 3_000)
}

async fn order(shop: &Program, code: &str, id: &str) {
    shop.order(id, &Person::new(id))
        .with_code(code)
        .accepted()
        .await;
}

/// A program of which six events were given up: their endpoint was gone for four days.
async fn given_up() -> (WebhookSink, Program) {
    let sink = WebhookSink::open().await;
    let shop = listening(&sink).create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    sink.fail(ALWAYS);
    for n in 0..6 {
        order(&shop, &code, &format!("o{n}")).await;
    }
    eventually("the lane closed", async || {
        (sink.deliveries().len() >= 5).then_some(())
    })
    .await;
    shop.advance_days(4).await;
    eventually("all given up", async || {
        (shop.count_deliveries("dead", "").await == 6).then_some(())
    })
    .await;
    (sink, shop)
}

#[tokio::test]
async fn an_endpoint_that_hangs_delays_no_other_endpoint_and_no_record() {
    let (gone, alive) = (WebhookSink::open().await, WebhookSink::open().await);
    let shop = listening(&gone).create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    gone.hang();
    for n in 0..10 {
        order(&shop, &code, &format!("hangs{n}")).await;
    }
    eventually("two at once", async || {
        (gone.deliveries().len() == 2).then_some(())
    })
    .await;
    shop.change(&json!({ "webhook_url": alive.url })).await;
    let mut slowest = Duration::ZERO;
    for n in 0..5 {
        let began = Instant::now();
        order(&shop, &code, &format!("heard{n}")).await;
        alive.event("reward.earned", &format!("heard{n}")).await;
        eventually("the records in KV", async || {
            (shop.count_deliveries("waiting", "kv").await == 0).then_some(())
        })
        .await;
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    print_number(&format!(
        "while another endpoint hangs: event received and record written {} ms after the order, at the slowest of 5",
        slowest.as_millis()
    ));
    assert!(shop.count_deliveries("waiting", "127.0.0.1").await >= 8);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_probed_by_the_schedule_also_after_a_restart() {
    let mut own = OwnEdge::start("demo").await;
    let sink = WebhookSink::open().await;
    let shop = listening(&sink).create_as(&own.edge(), &fresh_id()).await;
    let code = shop.code(&Person::new("jane")).await;
    sink.fail(ALWAYS);
    for n in 0..8 {
        order(&shop, &code, &format!("o{n}")).await;
    }
    let came = async |count: usize| {
        eventually(&format!("{count} attempts"), async || {
            (sink.deliveries().len() >= count).then_some(())
        })
        .await;
        shop.count_deliveries("waiting", "kv").await;
        assert_eq!(sink.deliveries().len(), count);
    };
    // Five failures close the lane; five seconds later, by the alarm alone, comes the first probe.
    came(5).await;
    came(6).await;
    own.restart().await;
    order(&shop, &code, "later").await;
    shop.record("later", |record| record["attributed"] == true)
        .await;
    came(6).await;
    shop.advance_ms(340_000).await;
    came(7).await;
    sink.take();
    shop.advance_ms(2_000_000).await;
    for id in (0..8).map(|n| format!("o{n}")).chain(["later".into()]) {
        eventually(&format!("{id} heard"), async || {
            let mut came = sink.for_order(&id).into_iter();
            came.any(|delivery| delivery.taken).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn what_was_given_up_is_listed_and_sent_again() {
    let (sink, shop) = given_up().await;
    let dead = shop.deliveries("dead").await;
    let one = &dead[2];
    assert_eq!(one["kind"], "webhook");
    assert_eq!(one["error"], "the endpoint answered 503");
    assert!(one["died_at"].as_i64() > one["created_at"].as_i64());
    assert_eq!(shop.count_deliveries("waiting", "").await, 0);
    let counts: i64 = shop
        .logged("deliveries.given_up")
        .await
        .iter()
        .filter_map(|data| data["count"].as_i64())
        .sum();
    assert_eq!(counts, 6);

    sink.take();
    let path = format!("/deliveries/{}/replay", one["id"]);
    let replay = || shop.merchant("POST", &path).header("idempotency-key", "k");
    let answer = replay().send().await.expect(200);
    assert_eq!(answer, json!({ "replayed": 1, "more": false }));
    assert_eq!(replay().send().await.expect(200), answer);
    let again = shop.merchant("POST", &path).send().await;
    again.problem(404, "not_found");
    let heard = async |count: usize| {
        eventually(&format!("{count} heard"), async || {
            let all = sink.deliveries().into_iter();
            (all.filter(|one| one.taken).count() == count).then_some(())
        })
        .await;
    };
    heard(1).await;
    let taken = sink.deliveries().into_iter().find(|one| one.taken);
    let taken = taken.expect("one");
    assert_eq!(taken.header("webhook-id"), one["webhook_id"]);
    taken.verified(&shop.keys.webhooks);

    let answer = shop.replay_all().await.expect(200);
    assert_eq!(answer, json!({ "replayed": 5, "more": false }));
    heard(6).await;
    assert_eq!(shop.count_deliveries("dead", "").await, 0);
    assert_eq!(shop.count_logged("deliveries.replayed").await, 2);
    assert_eq!(shop.replay_all().await.expect(200)["replayed"], 0);
}

#[tokio::test]
async fn what_is_sent_again_goes_where_the_settings_lead_by_now() {
    let (_gone, shop) = given_up().await;
    let moved = WebhookSink::open().await;
    shop.change(&json!({ "webhook_url": moved.url })).await;
    let later = json!({ "since": shop.now_ms() + 60_000 });
    let none = shop.merchant("POST", "/deliveries/replay").json(&later);
    assert_eq!(none.send().await.expect(200)["replayed"], 0);
    shop.replay_all().await.expect(200);
    for n in 0..6 {
        moved.event("reward.earned", &format!("o{n}")).await;
    }
}

#[tokio::test]
async fn an_event_is_not_sent_again_while_the_settings_name_no_address() {
    let (sink, shop) = given_up().await;
    let id = shop.deliveries("dead").await[0]["id"].clone();
    shop.change(&json!({ "webhook_url": null })).await;
    let heard = sink.deliveries().len();
    let replay = shop.merchant("POST", &format!("/deliveries/{id}/replay"));
    replay.send().await.problem(409, "no_webhook_url");
    assert_eq!(shop.replay_all().await.expect(200)["replayed"], 0);
    assert_eq!(shop.count_deliveries("dead", "").await, 6);
    assert_eq!(sink.deliveries().len(), heard);
}

#[tokio::test]
async fn what_was_given_up_is_kept_for_thirty_days() {
    let (_gone, shop) = given_up().await;
    shop.advance_days(29).await;
    assert_eq!(shop.count_deliveries("dead", "").await, 6);
    shop.advance_days(2).await;
    eventually("all dropped", async || {
        (shop.count_deliveries("dead", "").await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_the_merchants_alone() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (method, tail) in [
        ("GET", "/deliveries"),
        ("POST", "/deliveries/1/replay"),
        ("POST", "/deliveries/replay"),
    ] {
        let call = shop.call(method, tail).json(&json!({ "since": 0 }));
        call.send().await.problem(401, "unauthorized");
    }
    let nonsense = shop.merchant("GET", "/deliveries?state=lost").send().await;
    nonsense.problem(400, "invalid_body");
    for id in ["0", "x", "-1", "9007199254740993"] {
        let call = shop.merchant("POST", &format!("/deliveries/{id}/replay"));
        call.send().await.problem(404, "not_found");
    }
    let endless = json!({ "since": i64::MAX });
    let call = shop.merchant("POST", "/deliveries/replay").json(&endless);
    call.send().await.problem(400, "invalid_body");
}

#[tokio::test]
async fn the_cron_finds_what_a_ledger_has_forgotten() {
    let own = OwnEdge::start_for_cron().await;
    let sink = WebhookSink::open().await;
    let shop = listening(&sink).create(&own.edge()).await;
    let code = shop.code(&Person::new("jane")).await;
    eventually("nothing waits", async || {
        (shop.count_deliveries("waiting", "").await == 0).then_some(())
    })
    .await;
    let began = Instant::now();
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    order.report().fault("forget").send().await.expect(201);
    assert_eq!(shop.count_deliveries("waiting", "127.0.0.1").await, 1);
    assert_eq!(sink.deliveries().len(), 0, "nobody works on it");
    shop.edge.run_cron().await;
    sink.event("reward.earned", "1001").await;
    // An alarm of before would have found it too, but not so soon.
    assert!(began.elapsed() < Duration::from_secs(20));
}
