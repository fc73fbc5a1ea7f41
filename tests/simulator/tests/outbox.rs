//! The outbox: what a look costs, and whose fault a failure is.

use goodword_edge::native::{Cell, NativeDelivery, Outcome};
use goodword_simulator::call::{Act, Call};
use goodword_simulator::cases::{Stage, order};
use goodword_simulator::model::DAY_MS;
use goodword_simulator::model::terms::Terms;
use goodword_simulator::world::World;
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;

fn count(world: &World, query: &str) -> i64 {
    match world.ledger.query(query).expect("a query")[0][0] {
        Cell::Integer(count) => count,
        ref other => panic!("no count: {other:?}"),
    }
}

fn due(world: &World) -> Vec<NativeDelivery> {
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    world.ledger.due(world.clock, &entropy).expect("deliveries")
}

fn settle(world: &World, delivery: &NativeDelivery, outcome: Result<(), &str>) {
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let settled = world
        .ledger
        .settle(delivery, outcome, world.clock, None, &entropy);
    settled.expect("settled");
}

/// A calm program with nothing in its outbox.
fn stage() -> Stage {
    let stage = Stage::new(3_000).expect("a stage");
    for delivery in due(&stage.world) {
        settle(&stage.world, &delivery, Ok(()));
    }
    stage
}

/// An order that is told once.
fn buy(stage: &mut Stage, id: &str) {
    stage.world.clock += 1;
    let mut buys = order(None, &[]);
    buys["order_id"] = json!(id);
    buys["customer"] = json!({ "id": id });
    buys["referral_code"] = json!(stage.click.code);
    stage.first(Act::Report(buys)).expect("an order");
}

/// Fails what is due on the lanes of these kinds until they are closed.
fn close(world: &World, kinds: &[&str]) {
    for delivery in due(world) {
        let fails = kinds.contains(&delivery.kind);
        settle(
            world,
            &delivery,
            if fails { Err("no answer") } else { Ok(()) },
        );
    }
}

/// What one look at the outbox costs, and finding out when to look next.
fn cost_of_a_look(world: &World) -> u64 {
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    world.ledger.take_steps();
    assert!(due(world).is_empty(), "the lane is closed");
    world.ledger.ring(true, world.clock);
    world.ledger.arm(world.clock, true, &entropy);
    world.ledger.take_steps()
}

#[test]
fn a_look_costs_the_same_however_much_waits_behind_a_closed_lane() {
    let mut stage = stage();
    for n in 0..8 {
        buy(&mut stage, &format!("o{n}"));
    }
    close(&stage.world, &["webhook"]);
    let few = cost_of_a_look(&stage.world);
    let more = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO outbox (id, kind, lane, target, payload, attempts, next_at, created_at)
        SELECT 1000 + i, kind, lane, target, payload, i % 4, next_at + i, created_at
            FROM n, (SELECT * FROM outbox LIMIT 1)";
    stage.world.ledger.query(more).expect("rows");
    let many = cost_of_a_look(&stage.world);
    assert!(many < 2 * few, "{few} steps, and {many} with 20,000 more");
    // The lane opens: all of them are due, and a look takes a few.
    let opens = "DELETE FROM lanes";
    stage.world.ledger.query(opens).expect("a row");
    stage.world.clock += DAY_MS;
    stage.world.ledger.take_steps();
    let looked_at = due(&stage.world).len();
    let steps = stage.world.ledger.take_steps();
    assert!(
        looked_at < 50 && steps < 10_000,
        "{looked_at}, {steps} steps"
    );
}

#[test]
fn what_cannot_be_put_together_is_no_failure_of_its_endpoint() {
    let mut stage = stage();
    for n in 0..12 {
        buy(&mut stage, &format!("o{n}"));
    }
    let events = "SELECT count(*) FROM outbox WHERE kind = 'webhook'";
    assert_eq!(count(&stage.world, events), 12);
    let break_ten = "UPDATE outbox SET payload = 'x' || payload WHERE kind = 'webhook' AND
        id IN (SELECT id FROM outbox WHERE kind = 'webhook' ORDER BY id LIMIT 10)";
    stage.world.ledger.query(break_ten).expect("rows");
    for _ in 0..3 {
        for delivery in due(&stage.world) {
            settle(&stage.world, &delivery, Ok(()));
        }
    }
    assert_eq!(count(&stage.world, events), 10, "the others arrived");
    assert_eq!(count(&stage.world, "SELECT count(*) FROM lanes"), 0);
    assert_eq!(count(&stage.world, "SELECT max(attempts) FROM outbox"), 0);
    let mended = "UPDATE outbox SET payload = substr(payload, 2)";
    stage.world.ledger.query(mended).expect("rows");
    stage.world.clock += HOUR_MS;
    for _ in 0..2 {
        for delivery in due(&stage.world) {
            settle(&stage.world, &delivery, Ok(()));
        }
    }
    assert_eq!(count(&stage.world, events), 0);
}

#[test]
fn a_record_that_came_at_its_second_attempt_is_written_once_more() {
    let mut stage = stage();
    buy(&mut stage, "o1");
    let records = |world: &World| {
        due(world)
            .into_iter()
            .filter(|one| one.kind == "attribution")
    };
    for delivery in records(&stage.world) {
        settle(
            &stage.world,
            &delivery,
            Err("no answer within five seconds"),
        );
    }
    stage.world.clock += HOUR_MS;
    for round in 0..2 {
        let found: Vec<_> = records(&stage.world).collect();
        assert_eq!(found.len(), 1, "round {round}");
        settle(&stage.world, &found[0], Ok(()));
        assert_eq!(records(&stage.world).count(), 0, "not before a minute");
        stage.world.clock += 60_000;
    }
    assert_eq!(records(&stage.world).count(), 0, "and then no more");
}

#[test]
fn what_can_never_be_put_together_is_given_up_by_its_age() {
    let mut stage = stage();
    buy(&mut stage, "o1");
    let broken = "UPDATE outbox SET payload = 'x' WHERE kind = 'webhook'";
    stage.world.ledger.query(broken).expect("rows");
    stage.world.clock += 4 * DAY_MS;
    close(&stage.world, &[]);
    let dead = "SELECT count(*) FROM dead_letters WHERE attempts = 0 AND error = 'it could not be put together'";
    assert_eq!(count(&stage.world, dead), 1);
    assert_eq!(count(&stage.world, "SELECT count(*) FROM outbox"), 0);
}

#[test]
fn what_waited_behind_a_closed_lane_is_given_up_with_the_attempts_that_were_made() {
    let mut stage = stage();
    for n in 0..20 {
        buy(&mut stage, &format!("o{n}"));
    }
    close(&stage.world, &["webhook"]);
    stage.world.clock += 4 * DAY_MS;
    let probe = due(&stage.world);
    settle(&stage.world, &probe[0], Err("no answer"));
    let dead = |attempts: i64| {
        let query = format!("SELECT count(*) FROM dead_letters WHERE attempts = {attempts}");
        count(&stage.world, &query)
    };
    // Eight were tried before, and one of the others was the probe.
    assert_eq!((dead(0), dead(1)), (11, 9));
}

#[test]
fn the_kill_switch_is_never_far_behind_the_store() {
    let mut stage = stage();
    buy(&mut stage, "o1");
    let off = |stage: &Stage| Terms {
        active: false,
        ..stage.world.model.versions[0].1.clone()
    };
    let settings = Act::Settings(off(&stage).to_json());
    stage.first(settings).expect("a version");
    let records = ["program", "code", "attribution", "pulse"];
    // The store is gone for a day and more.
    for _ in 0..40 {
        close(&stage.world, &records);
        stage.world.clock += HOUR_MS;
    }
    close(&stage.world, &records);
    let later = "SELECT count(*) FROM outbox LEFT JOIN lanes USING (lane) WHERE kind = 'program'
        AND max(next_at, coalesce(probe_at, 0)) <= ";
    let soon = stage.world.clock + 66_000;
    assert_eq!(count(&stage.world, &format!("{later}{soon}")), 1);
    // Records behind the lane of the store are probed as often, although their own turn comes later.
    let probed = format!("SELECT count(*) FROM lanes WHERE probe_at > {soon}");
    assert_eq!(count(&stage.world, &probed), 0);
}

#[test]
fn an_event_is_not_sent_again_to_an_address_that_was_removed() {
    let mut stage = stage();
    buy(&mut stage, "o1");
    while count(&stage.world, "SELECT count(*) FROM dead_letters") < 2 {
        close(&stage.world, &["webhook", "attribution"]);
        stage.world.clock += 2 * DAY_MS;
    }
    let silent = Terms {
        webhook: false,
        ..stage.world.model.versions[0].1.clone()
    };
    stage.first(Act::Settings(silent.to_json())).expect("terms");
    let event = "SELECT id FROM dead_letters WHERE kind = 'webhook'";
    let id = count(&stage.world, event);
    let replay = Call::from(Act::Merchant(json!({ "Replay": { "id": id } })));
    let refused = stage.world.call(&replay).expect("a call").outcome;
    assert_eq!(refused, Outcome::Refused("no_webhook_url"));
    let all = Act::Merchant(json!({ "ReplaySince": { "since": 0 } }));
    let answer = stage.first(all).expect("an answer");
    assert_eq!(
        answer,
        json!({ "replayed": 1, "more": false }),
        "the record"
    );
    assert_eq!(count(&stage.world, "SELECT count(*) FROM dead_letters"), 1);
}

#[test]
fn an_alarm_that_finds_somebody_at_work_is_followed_by_another() {
    let mut stage = stage();
    buy(&mut stage, "o1");
    let world = &stage.world;
    world.ledger.ring(false, world.clock);
    assert_eq!(world.ledger.rings_at(), Some(world.clock + 30_000));
}
