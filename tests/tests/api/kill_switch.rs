//! A program that is stopped: at once where money is decided, and within three minutes on every page.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::{eventually, within};
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};
use tokio::time::sleep;

/// What isolate memory and KV's cache may add up to. Browsers add the `max-age` of the offer.
const MEMORY_AND_KV: Duration = Duration::from_mins(2);
const PROMISED: Duration = Duration::from_mins(3);

async fn offer(shop: &Program) -> (Value, Duration) {
    let answer = shop.call("GET", "").send().await;
    let kept = answer
        .header("cache-control")
        .and_then(|kept| kept.split_once("max-age="));
    let seconds = kept
        .and_then(|(_, seconds)| seconds.parse().ok())
        .expect("a max-age");
    (
        answer.expect(200)["active"].clone(),
        Duration::from_secs(seconds),
    )
}

async fn stop(shop: &Program) {
    let stopped = shop.setup.clone().set("active", false).json();
    shop.merchant("PUT", "/settings")
        .json(&stopped)
        .send()
        .await
        .expect(200);
}

/// Claims, enrolments and orders of a program that was stopped.
async fn nothing_is_given_any_more(shop: &Program, code: &str) {
    let claim = json!({ "code": code, "claim_id": "a-page-made-this-up" });
    let claim = shop.call("POST", "/claims").json(&claim).send().await;
    claim.problem(410, "program_ended");
    shop.enrolment(&Person::new("new"))
        .send()
        .await
        .problem(410, "program_ended");
    let order = shop
        .order("late", &Person::new("bob"))
        .with_code(code)
        .accepted()
        .await;
    assert_eq!(order["reason"], "program_ended", "{order}");
}

#[tokio::test]
async fn claims_and_orders_obey_at_once() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop
        .order("before", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(order["reason"], "typed_code");
    stop(&shop).await;
    nothing_is_given_any_more(&shop, &code).await;
}

#[tokio::test]
async fn every_page_obeys_within_three_minutes_however_stale_kv_is() {
    let own = OwnEdge::start_with_stale_kv().await;
    let shop = Program::fresh(&own.edge()).await;
    let code = shop.code(&Person::new("jane")).await;
    eventually("the record in KV", async || {
        let waiting = shop
            .merchant("GET", "/deliveries?state=waiting")
            .send()
            .await;
        (waiting.expect(200)["deliveries"] == json!([])).then_some(())
    })
    .await;
    // A change is forgotten from memory here and nowhere else: the offer comes from KV, which keeps it from now on.
    shop.change(&json!({ "name": "Oak" })).await;
    assert_eq!(offer(&shop).await.0, true);
    stop(&shop).await;
    let stopped = Instant::now();
    nothing_is_given_any_more(&shop, &code).await;
    let (active, kept_by_browsers) = offer(&shop).await;
    assert_eq!(active, true, "KV is stale, or this test shows nothing");
    within(MEMORY_AND_KV, "an offer that has ended", async || {
        sleep(Duration::from_secs(1)).await;
        (offer(&shop).await.0 == json!(false)).then_some(())
    })
    .await;
    let seen = stopped.elapsed();
    print_number(&format!(
        "the kill switch with a KV that answers what is stale: seen after {:.0} s, and {} s later in the last browser (bound: {} s)",
        seen.as_secs_f64(),
        kept_by_browsers.as_secs(),
        PROMISED.as_secs()
    ));
    assert!(MEMORY_AND_KV + kept_by_browsers <= PROMISED);
}
