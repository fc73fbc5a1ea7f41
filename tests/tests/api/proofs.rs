//! A guest proves an address, and nobody else learns anything of it.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::{Delivery, WebhookSink};
use serde_json::{Value, json};

const GUEST: &str = "guest@example.com";
const MINUTE_MS: i64 = 60_000;

async fn open() -> (Program, WebhookSink) {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    (setup.create(&Edge::shared()).await, sink)
}

async fn enrol_guest(shop: &Program, email: &str) -> Value {
    let body = json!({ "email": email, "name": "Gus Canarydoe" });
    let call = shop.call("POST", "/referrers").json(&body);
    call.send().await.expect(200)
}

async fn ask(shop: &Program, email: &str) -> Answer {
    let call = shop.call("POST", "/referrers/proof");
    call.json(&json!({ "email": email })).send().await
}

async fn redeem(shop: &Program, secret: &str) -> Answer {
    let call = shop.call("POST", "/referrers/proof/redeem");
    call.json(&json!({ "secret": secret })).send().await
}

fn proofs(sink: &WebhookSink) -> Vec<Delivery> {
    let mut all = sink.deliveries();
    all.retain(|delivery| delivery.event() == "proof.requested");
    all
}

/// The secret of the newest of so many links that were sent.
async fn secret(shop: &Program, sink: &WebhookSink, count: usize) -> String {
    let sent = eventually("a link", async || {
        let all = proofs(sink);
        (all.len() >= count).then_some(all)
    })
    .await;
    let event = sent.last().expect("an event").verified(&shop.keys.webhooks);
    let link = text(&event["data"]["link"]);
    let (page, secret) = link.split_once("#gw-proof=").expect("a secret");
    assert_eq!(page, "https://shop.example/");
    assert_eq!(event["data"]["email"], GUEST);
    secret.to_owned()
}

#[tokio::test]
async fn a_guest_who_has_proved_the_address_sees_what_a_customer_does() {
    let (shop, sink) = open().await;
    let bare = enrol_guest(&shop, GUEST).await;
    let order = shop.order("1001", &Person::new("ann"));
    order.with_code(&text(&bare["code"])).accepted().await;
    assert_eq!(enrol_guest(&shop, GUEST).await["progress"]["bought"], 0);
    ask(&shop, GUEST).await.expect(202);
    let secret = secret(&shop, &sink, 1).await;
    let redeemed = redeem(&shop, &secret).await.expect(200);
    let token = text(&redeemed["guest_token"]);
    assert_eq!(
        redeemed["expires_at"].as_i64().map(|at| at > shop.now_ms()),
        Some(true)
    );
    let me = || shop.call("GET", "/referrers/me").bearer(&token);
    let view = me().send().await.expect(200);
    assert_eq!(view["code"], bare["code"]);
    assert_eq!(view["progress"]["bought"], 1);
    assert_eq!(view["progress"]["credit"][0]["amount"], 500);
    assert_eq!(view["referrer"]["name"], "Gus Canarydoe");
    shop.advance_ms(61 * MINUTE_MS).await;
    me().send().await.problem(401, "customer_token_expired");
    assert_eq!(shop.count_logged("guest.proved").await, 1);
    // Nothing of it lies anywhere in the clear.
    for private in [&secret, &token, GUEST] {
        assert!(!shop.edge.stores(private));
    }
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_has_the_address() {
    let (shop, sink) = open().await;
    enrol_guest(&shop, GUEST).await;
    shop.enrol(&Person::new("ann")).await;
    let mut answers = Vec::new();
    for email in [
        GUEST,
        "ann@example.com",
        "nobody@example.com",
        "GUEST@example.com",
    ] {
        let answer = ask(&shop, email).await;
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        answers.push((answer.status, answer.body, names));
    }
    // However often a link is asked for.
    for _ in 0..5 {
        answers.push({
            let answer = ask(&shop, GUEST).await;
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort_unstable();
            (answer.status, answer.body, names)
        });
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].0, 202);
    eventually("three links", async || {
        (proofs(&sink).len() >= 3).then_some(())
    })
    .await;
    shop.advance_ms(MINUTE_MS).await;
    let to: Vec<Value> = proofs(&sink)
        .iter()
        .map(|sent| sent.json()["data"]["email"].clone())
        .collect();
    assert_eq!(
        to,
        vec![json!(GUEST); 3],
        "three at a time, and to nobody else"
    );
    shop.advance_ms(15 * MINUTE_MS).await;
    ask(&shop, GUEST).await.expect(202);
    eventually("a fourth one, later", async || {
        (proofs(&sink).len() == 4).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_over_used_or_made_up_is_refused_in_the_same_words() {
    let (shop, sink) = open().await;
    enrol_guest(&shop, GUEST).await;
    ask(&shop, GUEST).await.expect(202);
    let used = secret(&shop, &sink, 1).await;
    ask(&shop, GUEST).await.expect(202);
    let beside = secret(&shop, &sink, 2).await;
    redeem(&shop, &used).await.expect(200);
    ask(&shop, GUEST).await.expect(202);
    let over = secret(&shop, &sink, 3).await;
    shop.advance_ms(15 * MINUTE_MS).await;
    let mut answers = Vec::new();
    let made_up = "0".repeat(64);
    for secret in [&used, &beside, &over, &made_up, "", "x", &over[1..]] {
        let answer = redeem(&shop, secret).await;
        answer.problem(422, "proof_invalid");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_link_is_good_for_its_own_program_and_until_its_guest_is_erased() {
    let (shop, sink) = open().await;
    let (other, _) = open().await;
    enrol_guest(&shop, GUEST).await;
    enrol_guest(&other, GUEST).await;
    ask(&shop, GUEST).await.expect(202);
    let secret = secret(&shop, &sink, 1).await;
    redeem(&other, &secret).await.problem(422, "proof_invalid");
    let redeemed = redeem(&shop, &secret).await.expect(200);
    let token = text(&redeemed["guest_token"]);
    let foreign = other.call("GET", "/referrers/me").bearer(&token);
    foreign.send().await.problem(401, "customer_token_invalid");
    let erased = json!({ "customer": { "email": GUEST } });
    let erased = shop.merchant("POST", "/people/erase").json(&erased);
    erased.send().await.expect(200);
    let me = shop.call("GET", "/referrers/me").bearer(&token);
    me.send().await.problem(404, "unknown_referrer");
}

#[tokio::test]
async fn a_repeated_redemption_with_its_key_answers_the_same_token() {
    let (shop, sink) = open().await;
    enrol_guest(&shop, GUEST).await;
    ask(&shop, GUEST).await.expect(202);
    let secret = secret(&shop, &sink, 1).await;
    let redeem = || {
        let call = shop.call("POST", "/referrers/proof/redeem");
        let call = call.json(&json!({ "secret": secret }));
        call.header("idempotency-key", "once").send()
    };
    let first = redeem().await.expect(200);
    assert_eq!(redeem().await.expect(200), first);
}

#[tokio::test]
async fn proofs_of_one_network_are_limited() {
    let (shop, _) = open().await;
    let network = fresh_network();
    for (tail, body) in [
        ("/referrers/proof", json!({ "email": GUEST })),
        ("/referrers/proof/redeem", json!({ "secret": "x" })),
    ] {
        let mut refused = None;
        // Sixty a minute; the minute may turn once while they come.
        for _ in 0..140 {
            let call = shop.call("POST", tail).network(&network).json(&body);
            let answer = call.send().await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a limit");
        refused.problem(429, "too_many_requests");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anybody_is_looked_up() {
    let (shop, _) = open().await;
    for email in ["", "nothing", "a@b@c"] {
        ask(&shop, email).await.problem(400, "invalid_body");
    }
}
