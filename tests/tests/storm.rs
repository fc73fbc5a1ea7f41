//! Orders, refunds and claims at full speed, with concurrent duplicates, while the runtime is killed again and again.
//!
//! `cargo xtask storm --kills N` runs it alone; the usual run of the tests has a short one.

#[path = "storm/books.rs"]
mod books;
#[path = "storm/checks.rs"]
mod checks;
#[path = "storm/journeys.rs"]
mod journeys;

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use goodword_tests::harness::numbers::{percentile, print_number};
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::fresh_id;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use goodword_tests::store::ids::session_id;
use serde_json::json;
use tokio::time::sleep;

use checks::Found;
use journeys::{Customer, Dice, Storm};

/// Kills of the usual run.
const KILLS: u32 = 20;

/// Customers whose days go on at the same time.
const AT_ONCE: usize = 8;

const REFERRERS: usize = 12;

/// Days after which rewards are granted in one of the two programs; in the other they are at once.
const HOLD_DAYS: i64 = 7;

/// Longest time between a start and the next kill.
const LIFE_MS_MAX: u64 = 1_200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_double_when_the_runtime_is_killed() {
    let kills = number("GOODWORD_KILLS").unwrap_or(u64::from(KILLS));
    let seed = number("GOODWORD_SEED").unwrap_or_else(drawn_seed);
    print_number(&format!("storm: {kills} kills, seed {seed}"));
    let mut own = OwnEdge::start("demo").await;
    let storms = [0, HOLD_DAYS].map(|hold_days| raise(&own, hold_days));
    let storms: Vec<Arc<Storm>> = join_all(storms).await;

    let over = Arc::new(AtomicBool::new(false));
    let days: Vec<_> = (0..AT_ONCE)
        .map(|at| {
            let storm = Arc::clone(&storms[at % storms.len()]);
            let over = Arc::clone(&over);
            let mut dice = Dice::new(seed ^ (at as u64 + 1));
            tokio::spawn(async move {
                let mut day = Vec::new();
                while !over.load(Ordering::SeqCst) {
                    day.push(storm.customer(&mut dice).await);
                }
                day
            })
        })
        .collect();
    let recoveries = kill_often(&mut own, kills, seed).await;
    over.store(true, Ordering::SeqCst);
    let mut customers: Vec<Vec<Customer>> = storms.iter().map(|_| Vec::new()).collect();
    for (at, day) in days.into_iter().enumerate() {
        customers[at % storms.len()].extend(day.await.expect("a day without a panic"));
    }
    for (storm, customers) in storms.iter().zip(&customers) {
        let found = checks::all(storm, customers).await;
        tell(storm, customers, &found);
    }
    print_number(&format!(
        "storm: back in {} ms (median), {} ms (slowest)",
        percentile(&recoveries, 50).as_millis(),
        percentile(&recoveries, 100).as_millis(),
    ));
}

/// A program on which both sides earn, after so many days, and its referrers.
async fn raise(own: &OwnEdge, hold_days: i64) -> Arc<Storm> {
    let sink = WebhookSink::open().await;
    let value = json!({ "rule": "fixed", "amount": journeys::INVITEE_REWARD, "currency": "EUR" });
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set(
            "invitee_reward",
            json!({ "kind": "credit", "value": value }),
        )
        .set("hold_days", hold_days)
        .set("rewards_per_year_max", 1_000_000)
        .set("live_discounts_per_code_max", 1_000_000)
        // Whoever orders within a second of a click, a thousand times, would be looked at.
        .set("risk", json!({ "review": 10_000, "block": 10_000 }));
    let shop = setup.create_as(&own.edge(), &fresh_id()).await;
    let referrers: Vec<Person> = (0..REFERRERS)
        .map(|at| Person::new(&format!("referrer{at}")))
        .collect();
    let codes = join_all(referrers.iter().map(|person| shop.code(person))).await;
    Arc::new(Storm::new(shop, sink, hold_days, referrers, codes))
}

fn tell(storm: &Storm, customers: &[Customer], found: &Found) {
    print_number(&format!(
        "storm: rewards held for {} days: {} orders, {} claims, {} refunds acknowledged; {} requests, {} of them sent again; acknowledged but missing 0, double 0",
        storm.hold_days,
        customers.len(),
        customers.len(),
        found.refunds,
        storm.requests(),
        storm.repeats(),
    ));
    print_number(&format!(
        "storm: rewards held for {} days: {} events received, {} of them repeats; log of {} lines intact; {} journal lines balance; {} records in KV agree; none waits, none was given up",
        storm.hold_days,
        found.events,
        found.repeated_events,
        found.log_lines,
        found.journal_lines,
        found.records,
    ));
}

/// Kills and starts again; returns how long each start took.
async fn kill_often(own: &mut OwnEdge, kills: u64, seed: u64) -> Vec<Duration> {
    let mut dice = Dice::new(seed);
    let mut recoveries = Vec::new();
    for _ in 0..kills {
        // How long the runtime lives is the experiment, not a wait for anything.
        sleep(Duration::from_millis(30 + dice.below(LIFE_MS_MAX))).await;
        let killed = Instant::now();
        own.restart().await;
        recoveries.push(killed.elapsed());
    }
    recoveries
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

fn drawn_seed() -> u64 {
    u64::from_str_radix(&session_id()[..15], 16).expect("hex digits")
}
