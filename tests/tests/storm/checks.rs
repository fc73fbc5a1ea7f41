//! What must hold after a storm.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use goodword_shared::audit::{LogLine, audit};
use goodword_tests::harness::eventually::{eventually, within};
use goodword_tests::harness::program::{Program, fresh_network};
use goodword_tests::harness::sink::WebhookSink;
use serde_json::Value;

use super::books;
use super::journeys::{Customer, Storm, same};

/// What needed several attempts is written once more a minute later.
const PATIENCE: Duration = Duration::from_mins(3);

/// What was counted on the way.
pub(crate) struct Found {
    pub(crate) refunds: usize,
    pub(crate) events: usize,
    pub(crate) repeated_events: usize,
    pub(crate) log_lines: i64,
    pub(crate) journal_lines: usize,
    pub(crate) records: usize,
}

/// Everything: first as it is after the storm, and then once more when all that was held has been granted.
pub(crate) async fn all(storm: &Storm, customers: &[Customer]) -> Found {
    for customer in customers {
        still_there(storm, customer).await;
    }
    let log: Vec<LogLine> = storm
        .shop
        .log()
        .await
        .into_iter()
        .map(|line| serde_json::from_value(line).expect("a line"))
        .collect();
    once_only(customers, &log);
    let (events, repeated_events) = all_heard(&log, &storm.sink).await;
    drained(&storm.shop).await;
    let is_held = storm.hold_days > 0;
    books::balance(storm, customers, is_held).await;
    let records = books::records_agree(storm, customers).await;
    if is_held {
        storm.shop.advance_days(storm.hold_days + 1).await;
        books::all_granted(&storm.shop).await;
        drained(&storm.shop).await;
    }
    Found {
        refunds: customers
            .iter()
            .map(|customer| customer.refunds.len())
            .sum(),
        events,
        repeated_events,
        log_lines: intact(&log),
        journal_lines: books::balance(storm, customers, false).await,
        records,
    }
}

/// Whatever was acknowledged is known, and is answered as it was.
async fn still_there(storm: &Storm, customer: &Customer) {
    // Each from a network of their own: one that asks for everybody is limited.
    let network = fresh_network();
    let claim = storm
        .answered(|| storm.shop.claim_call(&customer.token).network(&network))
        .await
        .expect(200);
    assert_eq!(claim["discount_code"], customer.discount_code.as_str());
    let order = storm.answered(|| storm.order(customer)).await;
    assert_eq!(order.status, 200, "{}", order.body);
    let (now, then) = (same(&order), &customer.decision);
    for field in ["reason", "referrer", "evidence"] {
        assert_eq!(now[field], then[field], "{now} {then}");
    }
    for (id, amount) in &customer.refunds {
        let refund = storm.shop.refund(&customer.order, id, *amount).send().await;
        refund.expect(200);
    }
    if customer.cancelled {
        let cancelled = storm.shop.cancellation(&customer.order).send().await;
        cancelled.expect(200);
    }
}

/// One order, one reward for each side, one refund: whatever was sent how often.
fn once_only(customers: &[Customer], log: &[LogLine]) {
    let mut recorded: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in log {
        if let Some(order) = &line.order_id {
            *recorded.entry((&line.kind, order)).or_default() += 1;
        }
    }
    let count = |kind, customer: &Customer| {
        let found = recorded.get(&(kind, customer.order.as_str()));
        found.copied().unwrap_or_default()
    };
    for customer in customers {
        assert_eq!(count("order.recorded", customer), 1, "{}", customer.order);
        assert_eq!(count("reward.earned", customer), 2, "{}", customer.order);
        assert_eq!(
            count("order.undone", customer),
            customer.refunds.len() + usize::from(customer.cancelled),
            "{}",
            customer.order
        );
    }
}

/// Every event of the log arrives at last; returns how many came, and how many of them were repeats.
async fn all_heard(log: &[LogLine], sink: &WebhookSink) -> (usize, usize) {
    let told = log.iter().filter(|line| line.kind.starts_with("reward."));
    let told: BTreeSet<i64> = told.map(|line| line.seq).collect();
    eventually("every event of the log", async || {
        let all = sink.deliveries();
        let heard = all
            .iter()
            .filter_map(|one| one.json()["data"]["log"]["seq"].as_i64());
        told.is_subset(&heard.collect()).then_some(())
    })
    .await;
    let all = sink.deliveries();
    let distinct: BTreeSet<&str> = all.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(
        distinct.len(),
        told.len(),
        "an event that the log does not have"
    );
    (all.len(), all.len() - distinct.len())
}

/// Nothing waits to be delivered after a while, and nothing was given up.
async fn drained(shop: &Program) {
    within(PATIENCE, "an empty outbox", async || {
        let waiting = shop.deliveries("waiting").await;
        waiting.is_empty().then_some(())
    })
    .await;
    assert_eq!(shop.deliveries("dead").await, Vec::<Value>::new());
}

/// The chain of the log has no gap; returns its length.
fn intact(log: &[LogLine]) -> i64 {
    let text: String = log
        .iter()
        .map(|line| serde_json::to_string(line).expect("JSON") + "\n")
        .collect();
    let head = &log.last().expect("a line").hash;
    // A storm is shorter than a day: there is no checkpoint yet.
    let audited = audit(&text, head, Some(""), |_, _| false);
    audited.expect("an intact log").lines
}
