//! Numbers to print: how soon an order is heard of, and what an order costs the ledger.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::{percentile, print_number};
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;

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

#[tokio::test]
async fn an_order_writes_no_more_rows_than_its_budget() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let invited = shop.invite(&Person::new("jane")).await;
    let (ann, bob) = (Person::new("ann"), Person::new("bob"));

    let order = shop
        .order("1", &ann)
        .with_discounts(&[&invited.discount_code]);
    let answer = order.send().await;
    answer.expect(201);
    // Each of its deliveries is one more row when it is removed, and the alarm may be set twice more: two events, the
    // public record, the nudge.
    let referred = answer.rows_written() + 4 + 2;
    let click = shop.click(&invited.code).await;
    let by_click = shop
        .order("by-click", &Person::new("cem"))
        .with_token(&click);
    let unclaimed = by_click.send().await.rows_written() + 4 + 2;
    let known = shop.order("2", &ann).send().await.rows_written();
    let new = shop.order("3", &bob).send().await.rows_written();
    let repeated = order.send().await.rows_written();
    for (what, rows, budget) in [
        (
            "a referred order of a new customer, outbox drained",
            referred,
            ROWS_REFERRED,
        ),
        (
            "a referred order by a click that nobody claimed, outbox drained",
            unclaimed,
            ROWS_REFERRED,
        ),
        ("an unreferred order of a known customer", known, ROWS_KNOWN),
        ("an unreferred order of a new customer", new, ROWS_NEW),
        ("a repeated report", repeated, ROWS_KNOWN),
    ] {
        print_number(&format!(
            "rows written by {what}: {rows} (budget: {budget})"
        ));
        assert!(rows <= budget, "{what}: {rows} rows");
    }
}
