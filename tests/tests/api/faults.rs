//! A command that breaks half-way leaves nothing behind: a fault after each statement in turn, on the real runtime.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, fresh_network, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

/// More statements than any command has.
const STATEMENTS_MAX: u32 = 200;

/// What the merchant and Jane can see: the log, what Jane has, and what is read from here.
async fn seen(shop: &Program, reads: &[&str]) -> Value {
    let jane = Person::new("jane");
    let read = join_all(reads.iter().map(|tail| shop.merchant("GET", tail).send()));
    let (mut log, read, view) = tokio::join!(shop.happened(), read, shop.enrol(&jane));
    // The clock alone brings these about, and looking for what is not there yet.
    log.retain(|line| line["kind"] != "log.checkpoint" && line["kind"] != "call.refused");
    let read: Vec<Value> = read.iter().map(Answer::json).collect();
    json!([log, read, view])
}

/// Fails a command after its first statement, then after its second, and so on until it succeeds; in between nothing may
/// have changed, as far as `reads` and [`seen`] tell. Returns the answer of the success.
async fn survives(
    name: &str,
    shop: &Program,
    reads: &[&str],
    command: impl Fn() -> Call,
) -> Answer {
    let before = seen(shop, reads).await;
    for statement in 0..STATEMENTS_MAX {
        let answer = command().fault(&statement.to_string()).send().await;
        if answer.status != 500 {
            assert!(statement > 0, "{name}: no statement failed");
            print_number(&format!("faults survived: {name} {statement}"));
            assert_ne!(seen(shop, reads).await, before, "{name} has an effect");
            return answer;
        }
        answer.problem(500, "internal");
        assert_eq!(
            seen(shop, reads).await,
            before,
            "{name}, statement {statement}"
        );
    }
    panic!("{name} never succeeds");
}

/// A program with an endpoint and Jane in it.
async fn shop() -> (WebhookSink, Program, String) {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    (sink, shop, code)
}

#[tokio::test]
async fn a_program_is_created_whole_or_not_at_all() {
    let edge = Edge::shared();
    let id = fresh_id();
    let body = Setup::default().creation(&id);
    let create = || {
        edge.call("POST", "/v1/programs")
            .bearer(edge.admin_key())
            .json(&body)
    };
    for statement in 0..STATEMENTS_MAX {
        let answer = create().fault(&statement.to_string()).send().await;
        if answer.status == 201 {
            print_number(&format!("faults survived: create program {statement}"));
            assert!(
                statement > 20,
                "the tables are made in the same transaction"
            );
            create().send().await.problem(409, "program_exists");
            return;
        }
        answer.problem(500, "internal");
        // A program that is not there may be a guess, and those are counted by address.
        let read = edge.call("GET", &format!("/v1/programs/{id}/settings"));
        let read = read.network(&fresh_network());
        read.bearer(edge.admin_key())
            .send()
            .await
            .problem(404, "unknown_program");
    }
    panic!("a program is never created");
}

#[tokio::test]
async fn a_customer_is_enrolled_whole_or_not_at_all() {
    let (_sink, shop, _) = shop().await;
    let ann = Person::new("ann");
    let answer = survives("enrol", &shop, &["/keys"], || shop.enrolment(&ann)).await;
    let view = answer.expect(201);
    assert_eq!(shop.enrolment(&ann).send().await.expect(200), view);
    assert_eq!(shop.count_logged("referrer.enrolled").await, 2);
}

#[tokio::test]
async fn a_claim_is_made_whole_or_not_at_all() {
    let (_sink, shop, code) = shop().await;
    let token = shop.click(&code).await;
    let answer = survives("claim", &shop, &["/keys"], || shop.claim_call(&token)).await;
    let claim = answer.expect(201);
    let again = shop.claim_call(&token).send().await.expect(200);
    assert_eq!(again["discount_code"], claim["discount_code"]);
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

#[tokio::test]
async fn a_referred_order_is_recorded_whole_or_not_at_all() {
    let (sink, shop, code) = shop().await;
    let token = shop.click(&code).await;
    let discount = shop.claim(&token).await["discount_code"].clone();
    let order = shop
        .order("1001", &Person::new("ann"))
        .set("discount_codes", vec![discount]);
    let answer = survives("referred order", &shop, &["/orders/1001"], || {
        order.report().call()
    })
    .await;
    assert_eq!(answer.expect(201)["reason"], "claimed_discount");
    order.send().await.expect(200);
    assert_eq!(shop.credit(&Person::new("jane")).await, 500);
    for event in ["reward.earned", "reward.issued"] {
        sink.event(event, "1001").await;
        assert_eq!(shop.count_logged(event).await, 1);
    }
    let mut ids: Vec<String> = sink
        .deliveries()
        .iter()
        .map(|told| told.header("webhook-id").to_owned())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        ids.len(),
        2,
        "told of nothing that was rolled back: {ids:?}"
    );
}

#[tokio::test]
async fn an_unreferred_order_is_recorded_whole_or_not_at_all() {
    let (_sink, shop, _) = shop().await;
    let order = shop.order("1001", &Person::new("ann"));
    let answer = survives("unreferred order", &shop, &["/orders/1001"], || {
        order.report().call()
    })
    .await;
    assert_eq!(answer.expect(201)["reason"], "no_evidence");
    assert_eq!(shop.count_logged("order.recorded").await, 1);
}

#[tokio::test]
async fn a_refund_is_recorded_whole_or_not_at_all() {
    let (sink, shop, code) = shop().await;
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    let answer = survives("refund", &shop, &["/orders/1001"], || {
        shop.refund("1001", "r1", 850).call()
    })
    .await;
    assert_eq!(answer.expect(201)["rewards"][0]["amount"], 250);
    assert_eq!(shop.credit(&Person::new("jane")).await, 250);
    sink.event("reward.clawed_back", "1001").await;
    assert_eq!(shop.count_logged("reward.clawed_back").await, 1);
}

#[tokio::test]
async fn settings_and_keys_change_whole_or_not_at_all() {
    let (_sink, shop, _) = shop().await;
    let settings = shop.setup.clone().set("name", "Oak").json();
    let put = || shop.merchant("PUT", "/settings").json(&settings);
    let answer = survives("settings", &shop, &["/settings"], put).await;
    assert_eq!(answer.expect(200)["version"], 2);
    let make = || {
        shop.merchant("POST", "/keys")
            .json(&json!({ "kind": "orders" }))
    };
    let key = survives("key", &shop, &["/keys"], make).await.expect(201)["key"].clone();
    let order = shop.order("9", &Person::new("ann")).report();
    order
        .key(key.as_str().expect("a key"))
        .send()
        .await
        .expect(201);
    let old = shop.live_keys("orders").await[0].clone();
    let revoke = || shop.merchant("DELETE", &format!("/keys/{old}"));
    survives("revocation", &shop, &["/keys"], revoke)
        .await
        .expect(200);
    let order = shop.order("10", &Person::new("ann")).report();
    order.send().await.problem(401, "signature_invalid");
}

/// A program in which every command finds something to do.
struct Busy {
    /// It answers nothing any more: what is sent from now on is seen to wait.
    sink: WebhookSink,
    shop: Program,
    code: String,
    /// A referral under review.
    referral: String,
    reward: String,
    block: String,
    proof: String,
}

impl Busy {
    async fn new() -> Self {
        let sink = WebhookSink::open().await;
        let setup = Setup::default()
            .set("webhook_url", sink.url.clone())
            .set("reward_choices", json!([in_cash()]));
        let shop = setup.create(&Edge::shared()).await;
        let (jane, card) = (
            Person::new("jane"),
            json!({ "payment_fingerprint": "card" }),
        );
        let code = shop.code(&jane).await;
        for order in [
            shop.order("own", &jane).set("risk", card.clone()),
            shop.order("1001", &Person::new("ann")).with_code(&code),
            shop.order("held", &Person::new("bob"))
                .with_code(&code)
                .set("risk", card),
        ] {
            order.accepted().await;
        }
        let guest = json!({ "email": GUEST });
        let enrolment = shop.call("POST", "/referrers").json(&guest);
        enrolment.send().await.expect(200);
        proof(&shop).send().await.expect(202);
        let busy = Self {
            referral: text(&shop.reviews().await[0]["referral"]),
            reward: text(&shop.reward_of("held", "conversion").await["id"]),
            block: text(&shop.block(blocked("mallory")).await["blocks"][0]["id"]),
            proof: secret(&sink).await,
            sink,
            shop,
            code,
        };
        drained(&busy.shop).await;
        busy.sink.hang();
        busy
    }

    fn merchant(&self, method: &str, tail: &str, body: &Value) -> Call {
        self.shop.merchant(method, tail).json(body)
    }
}

const GUEST: &str = "guest@example.com";

fn in_cash() -> Value {
    json!({ "kind": "cash", "value": { "rule": "fixed", "amount": 450, "currency": "EUR" } })
}

fn blocked(customer: &str) -> Value {
    json!([{ "kind": "customer", "value": customer }])
}

fn proof(shop: &Program) -> Call {
    let call = shop.call("POST", "/referrers/proof");
    call.json(&json!({ "email": GUEST }))
}

/// Waits until nothing waits to be sent.
async fn drained(shop: &Program) {
    eventually("an empty outbox", async || {
        let waiting = shop.deliveries("waiting").await;
        waiting.is_empty().then_some(())
    })
    .await;
}

/// The secret of the link that the guest was sent.
async fn secret(sink: &WebhookSink) -> String {
    let sent = eventually("a link", async || {
        let mut all = sink.deliveries().into_iter();
        all.find(|delivery| delivery.event() == "proof.requested")
    })
    .await;
    let link = text(&sent.json()["data"]["link"]);
    let (_, secret) = link.split_once("#gw-proof=").expect("a secret");
    secret.to_owned()
}

/// Name, what shows its effect, and the answer to it when it is carried out for the first time.
type Row = (
    &'static str,
    &'static str,
    u16,
    &'static str,
    fn(&Busy) -> Call,
);

#[rustfmt::skip]
const COMMANDS: &[Row] = &[
    ("event", "/referrers", 201, "created", |busy| {
        busy.shop.event("e1", "registered", &Person::new("cem")).with_code(&busy.code).report().call()
    }),
    ("touch", "/touches?customer=cem", 201, "created", |busy| {
        busy.shop.touch_call(&Person::new("cem"), &busy.code, "phoned")
    }),
    ("reward step", "/orders/held", 200, "changed", |busy| {
        let tail = format!("/rewards/{}/void", busy.reward);
        busy.merchant("POST", &tail, &json!({ "reason": "fraud", "note": "phoned" }))
    }),
    ("review", "/reviews", 200, "changed", |busy| {
        let tail = format!("/reviews/{}/approve", busy.referral);
        busy.merchant("POST", &tail, &json!({ "note": "phoned" }))
    }),
    ("block-list add", "/blocks", 201, r#""added":1"#, |busy| {
        busy.merchant("POST", "/blocks", &json!({ "entries": blocked("mal") }))
    }),
    ("block-list remove", "/blocks", 200, "removed", |busy| {
        busy.shop.merchant("DELETE", &format!("/blocks/{}", busy.block))
    }),
    ("bulk enrol", "/referrers", 200, "created", |busy| {
        let customers = json!([{ "customer_id": "cem" }, { "customer_id": "dan" }]);
        busy.merchant("POST", "/referrers/bulk", &json!({ "customers": customers }))
    }),
    ("customers import", "/referrers", 200, r#""added":2"#, |busy| {
        busy.shop.merchant("POST", "/customers/import").body("customer_id\ncem\ndan\n")
    }),
    ("credit take", "/credits/jane", 201, "created", |busy| busy.shop.take("t1", "jane", 300)),
    ("erase", "/referrers", 200, r#""erased":[{"id":"#, |busy| {
        busy.merchant("POST", "/people/erase", &json!({ "customer": { "id": "ann" } }))
    }),
    ("proof request", "/referrers", 202, "valid_for_ms", |busy| proof(&busy.shop)),
    ("proof redeem", "/referrers", 200, "guest_token", |busy| {
        let call = busy.shop.call("POST", "/referrers/proof/redeem");
        call.json(&json!({ "secret": busy.proof }))
    }),
    ("reward choice", "/referrers", 200, "cash", |busy| {
        let call = busy.shop.call("PUT", "/referrers/me/reward").json(&json!({ "reward": in_cash() }));
        call.bearer(&busy.shop.customer_token(&Person::new("jane")))
    }),
    ("note", "/referrers", 200, r#""note":"Hello""#, |busy| {
        let call = busy.shop.call("PUT", "/referrers/me/note").json(&json!({ "note": "Hello" }));
        call.bearer(&busy.shop.customer_token(&Person::new("jane")))
    }),
    ("dispute", "/orders/1001", 201, "created", |busy| {
        busy.shop.dispute("1001", "d1", "lost").call()
    }),
    ("cancellation", "/orders/1001", 201, "created", |busy| busy.shop.cancellation("1001").call()),
    ("edit", "/orders/1001", 201, "created", |busy| busy.shop.edit("1001", "e1", 1, 850).call()),
];

#[tokio::test]
async fn every_other_command_is_carried_out_whole_or_not_at_all() {
    join_all(
        COMMANDS
            .iter()
            .map(|(name, read, status, said, command)| async move {
                let busy = Busy::new().await;
                let reads = [*read, "/deliveries?state=waiting"];
                // Nobody is to be stopped for asking often.
                let call = || command(&busy).network(&fresh_network());
                let answer = survives(name, &busy.shop, &reads, call).await;
                answer.expect(*status);
                assert!(answer.body.contains(said), "{name}: {}", answer.body);
            }),
    )
    .await;
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_whole_or_not_at_all() {
    let (sink, shop, code) = shop().await;
    sink.fail(usize::MAX);
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    order.accepted().await;
    sink.event("reward.earned", "1001").await;
    shop.advance_days(4).await;
    let dead = eventually("two events given up", async || {
        let dead = shop.deliveries("dead").await;
        (dead.len() == 2).then_some(dead)
    })
    .await;
    sink.take();
    let reads = ["/deliveries?state=dead", "/deliveries?state=waiting"];
    let one = format!("/deliveries/{}/replay", dead[0]["id"]);
    let call = || shop.merchant("POST", &one);
    survives("replay of one", &shop, &reads, call)
        .await
        .expect(200);
    drained(&shop).await;
    let call = || {
        let all = shop.merchant("POST", "/deliveries/replay");
        all.json(&json!({ "since": 0 }))
    };
    let answer = survives("replay of all", &shop, &reads, call).await;
    assert_eq!(answer.expect(200)["replayed"], 1);
    assert_eq!(shop.count_deliveries("dead", "").await, 0);
}

#[tokio::test]
async fn an_answer_is_kept_with_its_effect_or_not_at_all() {
    let (_sink, shop, _) = shop().await;
    let order = shop.order("1001", &Person::new("ann"));
    let keyed = || order.report().call().header("idempotency-key", "k1");
    let first = survives("order with a key", &shop, &["/orders/1001"], keyed).await;
    assert_eq!(keyed().send().await.body, first.body);
}

#[tokio::test]
async fn a_ledger_that_hangs_is_not_waited_for() {
    let (_sink, shop, code) = shop().await;
    let before = shop.last_seq().await;
    let ann = Person::new("ann");
    let began = Instant::now();
    let order = shop.order("1001", &ann).with_code(&code);
    let answer = order.report().fault("hang").send().await;
    answer.problem(503, "unavailable");
    let took = began.elapsed();
    assert!((4..8).contains(&took.as_secs()), "{took:?}");
    assert_eq!(shop.last_seq().await, before);
    // Others are served in the meantime, and the same order may be reported again at once.
    order.accepted().await;
    assert_eq!(shop.credit(&Person::new("jane")).await, 500);
    let hung = shop.enrolment(&ann).fault("hang").send();
    let (hung, served) = tokio::join!(hung, async {
        let began = Instant::now();
        shop.enrol(&Person::new("bob")).await;
        began.elapsed()
    });
    hung.problem(503, "unavailable");
    assert!(served < Duration::from_secs(4), "{served:?}");
}
