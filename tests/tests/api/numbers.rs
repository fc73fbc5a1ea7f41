//! Numbers to print: how soon an order is heard of, and what an order costs the ledger.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::{percentile, print_number};
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::report::Report;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

/// Rows that an unreferred order of a known customer may write.
const ROWS_KNOWN: u64 = 6;
/// The same where it enrols the customer.
const ROWS_NEW: u64 = 18;
/// Rows of a referred order until its outbox is drained.
const ROWS_REFERRED: u64 = 60;

const ORDERS: usize = 200;

#[tokio::test]
async fn an_order_is_soon_heard_of() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let setup = setup.set("rewards_per_year_max", 1_000);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let (mut since_sent, mut after_answer) = (Vec::new(), Vec::new());
    for n in 0..ORDERS {
        let id = format!("o{n}");
        let buyer = Person::new(&format!("friend{n}"));
        let sent = Instant::now();
        shop.order(&id, &buyer).with_code(&code).accepted().await;
        let accepted = Instant::now();
        let told = sink.event("reward.earned", &id).await;
        told.verified(&shop.keys.webhooks);
        since_sent.push(told.came - sent);
        after_answer.extend(told.came.checked_duration_since(accepted));
    }
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let [p50, p99] = [50, 99].map(|percent| ms(percentile(&since_sent, percent)));
    print_number(&format!(
        "order sent to signed reward.earned received, {ORDERS} orders: p50 {p50:.1} ms, p99 {p99:.1} ms (budget: p99 1000 ms)"
    ));
    // Accepting lies between sending and reading the answer, so the event is at most so late after it.
    let before = ORDERS - after_answer.len();
    let latest = after_answer
        .into_iter()
        .max()
        .map_or_else(String::new, |late| {
            format!("; the latest {:.1} ms after it", ms(late))
        });
    print_number(&format!(
        "signed reward.earned received before the order's answer was read: {before} of {ORDERS}{latest}"
    ));
}

fn fixed(amount: i64) -> Value {
    json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

/// A program with an endpoint.
async fn listening(sink: &WebhookSink, changes: &[(&str, Value)]) -> Program {
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let setup = changes.iter().fold(setup, |setup, (field, value)| {
        setup.set(field, value.clone())
    });
    setup.create(&Edge::shared()).await
}

/// Prints how many rows a report has written until nothing was left to do, in all and by table, and holds them against
/// their budget.
async fn costs(what: &str, budget: u64, shop: &Program, report: Report<'_>, status: u16) {
    // That it was read is told once an hour.
    shop.deliveries("waiting").await;
    let before = shop.rows_written().await;
    report.send().await.expect(status);
    let mut written = shop.rows_written().await;
    assert_eq!(shop.deliveries("waiting").await, Vec::<Value>::new());
    for (table, rows) in &mut written {
        *rows -= before.get(table).unwrap_or(&0);
    }
    written.retain(|_, rows| *rows > 0);
    if written.contains_key("outbox") {
        // The alarm of an order just before serves this one as well, or rings meanwhile: a lone one sets its own, once.
        written.insert("alarm".to_owned(), 1);
    }
    let all: u64 = written.values().sum();
    let by_table: Vec<String> = written
        .iter()
        .map(|(table, rows)| format!("{table} {rows}"))
        .collect();
    print_number(&format!(
        "rows written by {what}, outbox drained: {all} (budget: {budget}): {}",
        by_table.join(", ")
    ));
    assert!(all <= budget, "{what}: {all}");
}

#[tokio::test]
async fn an_order_writes_no_more_rows_than_its_budget() {
    let sink = WebhookSink::open().await;
    let shop = listening(&sink, &[]).await;
    let invited = shop.invite(&Person::new("jane")).await;
    let (ann, bob, cem) = (Person::new("ann"), Person::new("bob"), Person::new("cem"));
    let first = shop.order("1", &ann);
    let first = first.with_discounts(&[&invited.discount_code]);
    let click = shop.click(&invited.code).await;
    let clicked = shop.order("2", &cem).with_token(&click);
    let known = shop.order("3", &ann);
    let new = shop.order("4", &bob);
    for (what, budget, order, status) in [
        ("a referred order", ROWS_REFERRED, &first, 201),
        (
            "one by a click that nobody claimed",
            ROWS_REFERRED,
            &clicked,
            201,
        ),
        ("an order of a known customer", ROWS_KNOWN, &known, 201),
        ("an order that enrols its customer", ROWS_NEW, &new, 201),
        ("a repeated report", ROWS_KNOWN, &first, 200),
    ] {
        costs(what, budget, &shop, order.report(), status).await;
    }
}

#[tokio::test]
async fn an_order_that_both_sides_earn_by_writes_no_more_rows_than_its_budget() {
    let sink = WebhookSink::open().await;
    let shop = listening(&sink, &[("invitee_reward", fixed(300))]).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let card = json!({ "payment_fingerprint": "card" });
    let own = shop.order("own", &jane).set("risk", card.clone());
    own.accepted().await;
    let first = shop.order("1", &Person::new("ann"));
    let first = first.with_discounts(&[&invited.discount_code]);
    let held = shop.order("2", &Person::new("bob"));
    let held = held.with_code(&invited.code).set("risk", card);
    for (what, order) in [
        ("a referred order that both sides earn by", &first),
        ("one that is held", &held),
    ] {
        costs(what, ROWS_REFERRED, &shop, order.report(), 201).await;
    }
    let refund = shop.refund("1", "r1", 850);
    costs(
        "a refund that both sides lose by",
        ROWS_REFERRED,
        &shop,
        refund,
        201,
    )
    .await;
}

#[tokio::test]
async fn what_else_an_order_may_earn_writes_so_many_rows() {
    let sink = WebhookSink::open().await;
    let more = [
        ("reward_schedule", json!({ "kind": "renewals", "count": 2 })),
        ("milestones", json!([{ "at": 2, "reward": fixed(1_000) }])),
    ];
    let shop = listening(&sink, &more).await;
    let code = shop.code(&Person::new("jane")).await;
    let (ann, bob) = (Person::new("ann"), Person::new("bob"));
    let first = shop.order("1", &ann).with_code(&code);
    let first = first.set("subscription", "sub_1");
    let renewal = shop.order("2", &ann).set("subscription", "sub_1");
    let milestone = shop.order("3", &bob).with_code(&code);
    for (what, order) in [
        ("the first order of a subscription", &first),
        ("a renewal", &renewal),
        ("an order that reaches a milestone", &milestone),
    ] {
        costs(what, ROWS_REFERRED, &shop, order.report(), 201).await;
    }
    assert_eq!(shop.credit(&Person::new("jane")).await, 2_500);
}

#[tokio::test]
async fn a_conversion_by_event_writes_no_more_rows_than_an_order() {
    let sink = WebhookSink::open().await;
    let by_event = [("qualifies_by", json!({ "events": ["registered"] }))];
    let shop = listening(&sink, &by_event).await;
    let code = shop.code(&Person::new("jane")).await;
    let event = shop.event("e1", "registered", &Person::new("ann"));
    let event = event.with_code(&code).report();
    let what = "a conversion by event";
    costs(what, ROWS_REFERRED, &shop, event, 201).await;
    assert_eq!(shop.credit(&Person::new("jane")).await, 500);
}
