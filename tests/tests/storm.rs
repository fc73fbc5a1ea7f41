//! Orders, refunds and claims at full speed, with concurrent duplicates, while the runtime is killed again and again.
//!
//! `cargo xtask storm --kills N` runs it alone; the usual run of the tests has a short one.

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

use journeys::{Dice, Storm};

/// Kills of the usual run.
const KILLS: u32 = 20;

/// Customers whose days go on at the same time.
const AT_ONCE: usize = 8;

const REFERRERS: usize = 12;

/// Longest time between a start and the next kill.
const LIFE_MS_MAX: u64 = 1_200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_double_when_the_runtime_is_killed() {
    let kills = number("GOODWORD_KILLS").unwrap_or(u64::from(KILLS));
    let seed = number("GOODWORD_SEED").unwrap_or_else(drawn_seed);
    print_number(&format!("storm: {kills} kills, seed {seed}"));
    let sink = WebhookSink::open().await;
    let mut own = OwnEdge::start("demo").await;
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("rewards_per_year_max", 1_000_000)
        .set("live_discounts_per_code_max", 1_000_000)
        // Whoever orders within a second of a click, a thousand times, would be looked at.
        .set("risk", json!({ "review": 10_000, "block": 10_000 }));
    let shop = setup.create_as(&own.edge(), &fresh_id()).await;
    let referrers: Vec<Person> = (0..REFERRERS)
        .map(|at| Person::new(&format!("referrer{at}")))
        .collect();
    let codes = join_all(referrers.iter().map(|person| shop.code(person))).await;
    let storm = Arc::new(Storm::new(shop, codes));

    let over = Arc::new(AtomicBool::new(false));
    let days: Vec<_> = (0..AT_ONCE)
        .map(|at| {
            let (storm, over) = (Arc::clone(&storm), Arc::clone(&over));
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
    let mut customers = Vec::new();
    for day in days {
        customers.extend(day.await.expect("a day without a panic"));
    }

    let found = checks::all(&storm, &customers, &referrers, &sink).await;
    print_number(&format!(
        "storm: {} orders, {} claims, {} refunds acknowledged; {} requests, {} of them sent again; acknowledged but missing 0, double 0",
        customers.len(),
        customers.len(),
        found.refunds,
        storm.requests(),
        storm.repeats(),
    ));
    print_number(&format!(
        "storm: {} events received, {} of them repeats; log of {} lines intact; back in {} ms (median), {} ms (slowest)",
        found.events,
        found.repeated_events,
        found.log_lines,
        percentile(&recoveries, 50).as_millis(),
        percentile(&recoveries, 100).as_millis(),
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
