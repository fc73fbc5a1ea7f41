//! What must hold after a storm.

use std::collections::{BTreeMap, BTreeSet};

use goodword_shared::audit::{LogLine, audit};
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::fresh_network;
use goodword_tests::harness::sink::WebhookSink;

use super::journeys::{Customer, Storm, TOTAL, same};

/// The reward of each order before anything is taken back.
const REWARD: i64 = 500;

/// What was counted on the way.
pub(crate) struct Found {
    pub(crate) refunds: usize,
    pub(crate) events: usize,
    pub(crate) repeated_events: usize,
    pub(crate) log_lines: i64,
}

/// Everything.
pub(crate) async fn all(
    storm: &Storm,
    customers: &[Customer],
    referrers: &[Person],
    sink: &WebhookSink,
) -> Found {
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
    for (at, referrer) in referrers.iter().enumerate() {
        let earned = customers
            .iter()
            .filter(|customer| customer.referrer == at)
            .map(left_of_reward);
        assert_eq!(
            storm.shop.credit(referrer).await,
            earned.sum::<i64>(),
            "{referrer:?}"
        );
    }
    let (events, repeated_events) = drained(&log, sink).await;
    Found {
        refunds: customers
            .iter()
            .map(|customer| customer.refunds.len())
            .sum(),
        events,
        repeated_events,
        log_lines: intact(&log),
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

/// One order, one reward, one refund: whatever was sent how often.
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
        assert_eq!(count("reward.earned", customer), 1, "{}", customer.order);
        assert_eq!(
            count("order.undone", customer),
            customer.refunds.len() + usize::from(customer.cancelled),
            "{}",
            customer.order
        );
    }
}

/// What its referrer keeps of an order's reward, by arithmetic and not by the ledger.
fn left_of_reward(customer: &Customer) -> i64 {
    let refunded: i64 = customer.refunds.iter().map(|(_, amount)| amount).sum();
    let left = if customer.cancelled {
        0
    } else {
        (TOTAL - refunded).max(0)
    };
    REWARD * left / TOTAL
}

/// Every event of the log arrives at last; returns how many came, and how many of them were repeats.
async fn drained(log: &[LogLine], sink: &WebhookSink) -> (usize, usize) {
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
