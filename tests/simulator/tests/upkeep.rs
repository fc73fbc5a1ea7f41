//! What a ledger does without a caller: one piece that fails holds up no other.

use goodword_edge::native::Cell;
use goodword_simulator::books::check_books;
use goodword_simulator::call::{Act, Call};
use goodword_simulator::cases::{Stage, order};
use goodword_simulator::model::DAY_MS;
use goodword_simulator::world::World;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;

fn count(world: &World, query: &str) -> i64 {
    match world.ledger.query(query).expect("a query")[0][0] {
        Cell::Integer(count) => count,
        ref other => panic!("no count: {other:?}"),
    }
}

/// Three rewards whose hold is over, of which one is broken, and an answer that has outlived its days.
fn broken() -> (Stage, i64) {
    let mut stage = Stage::new(14).expect("a stage");
    for id in ["first", "second", "third"] {
        let mut buys = order(None, &[]);
        buys["order_id"] = json!(id);
        buys["customer"] = json!({ "id": id });
        buys["referral_code"] = json!(stage.click.code);
        stage.world.clock += 1_000;
        let call = Call::from(Act::Report(buys)).keyed(id);
        stage
            .world
            .call(&call)
            .expect("a call")
            .done()
            .expect("201");
    }
    let gone = "DELETE FROM referrals WHERE order_id = 'first'";
    stage.world.ledger.query(gone).expect("a row");
    let due = stage.world.clock + 15 * DAY_MS;
    (stage, due)
}

#[test]
fn a_reward_that_cannot_be_granted_holds_up_no_other_and_is_tried_again_later() {
    let (stage, due) = broken();
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let mut now = due;
    for wait in [1, 2, 4, 8] {
        let worked = world.ledger.keep_up(now, None, &entropy);
        assert_eq!(worked.failures.len(), 1, "{worked:?}");
        let stuck = &world
            .ledger
            .query("SELECT reward FROM stuck_rewards")
            .expect("rows")[0][0];
        let Cell::Text(stuck) = stuck else {
            panic!("no name: {stuck:?}");
        };
        assert!(
            worked.failures[0].contains(stuck),
            "it is named: {worked:?}"
        );
        let idle = world
            .ledger
            .keep_up(now + wait * MINUTE_MS - 1, None, &entropy);
        assert_eq!((idle.granted, idle.failures.len()), (0, 0), "{idle:?}");
        world.ledger.ring(true, now);
        world.ledger.arm(now, true, &entropy);
        assert!(world.ledger.rings_at() <= Some(now + wait * MINUTE_MS));
        now += wait * MINUTE_MS;
    }
    assert_eq!(
        count(world, "SELECT count(*) FROM rewards WHERE state = 'issued'"),
        2
    );
    assert_eq!(count(world, "SELECT count(*) FROM replies"), 0);
}

#[test]
fn a_reward_that_was_stuck_and_then_ended_leaves_nothing_behind() {
    let (stage, due) = broken();
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    world.ledger.keep_up(due, None, &entropy);
    let stuck = "SELECT count(*) FROM stuck_rewards";
    assert_eq!(count(world, stuck), 1);
    let ended =
        "UPDATE rewards SET state = 'voided' WHERE id IN (SELECT reward FROM stuck_rewards)";
    world.ledger.query(ended).expect("a row");
    world.ledger.keep_up(due, None, &entropy);
    assert_eq!(count(world, stuck), 0);
}

#[test]
fn lines_between_a_signature_and_its_checkpoint_are_signed_without_waiting_for_another_line() {
    let (mut stage, _) = broken();
    stage.world.clock += DAY_MS;
    let now = stage.world.clock;
    let sign = |world: &World, now: i64| {
        let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
        world.ledger.unsigned(now, &entropy).expect("a head")
    };
    let append = |world: &World, checkpoint: &str, now: i64| {
        let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
        let appended = world
            .ledger
            .append_checkpoint(checkpoint, now, None, &entropy);
        appended.expect("a line");
    };
    let first = sign(&stage.world, now).expect("a day has passed");
    let second = sign(&stage.world, now).expect("nobody has appended yet");
    stage
        .first(Act::Report(
            json!({ "kind": "cancellation", "order_id": "second" }),
        ))
        .expect("lines in between");
    append(&stage.world, &first, now);
    append(&stage.world, &second, now);
    let checkpoints = "SELECT count(*) FROM log WHERE kind = 'log.checkpoint'";
    assert_eq!(count(&stage.world, checkpoints), 1);
    assert_eq!(sign(&stage.world, now + DAY_MS - 1), None);
    let next = sign(&stage.world, now + DAY_MS).expect("the lines in between");
    append(&stage.world, &next, now + DAY_MS);
    assert_eq!(count(&stage.world, checkpoints), 2);
    assert_eq!(sign(&stage.world, now + 9 * DAY_MS), None, "nothing is new");
}

/// A calm program with so many guests whose link nobody has used, and one claim from a network.
fn with_guests(count: usize) -> Stage {
    let mut stage = Stage::new(14).expect("a stage");
    for n in 0..count {
        stage.world.clock += 1_000;
        let guest = Act::Guest(format!("guest{n}@mail.example"));
        stage.first(guest).expect("a guest");
    }
    let mut claim = Call::from(Act::Claim {
        token: Some(stage.click.token.clone()),
        code: None,
        visitor: None,
        claim_id: None,
    });
    claim.source = Some("10.1.2.0".into());
    let claimed = stage.world.call(&claim).expect("a call");
    claimed.done().expect("201");
    stage
}

const GUESTS: &str = "SELECT count(*) FROM people WHERE guest = 1 AND email_exact IS NOT NULL";

/// Orders of somebody who has bought before, each with the code of one of the first guests: decided, and nobody's.
fn name_guests(stage: &mut Stage, count: usize) {
    for n in 0..=count {
        let mut buys = order(None, &[]);
        buys["order_id"] = json!(format!("naming{n}"));
        buys["customer"] = json!({ "id": "known" });
        if let Some(guest) = n.checked_sub(1) {
            let again = Act::Guest(format!("guest{guest}@mail.example"));
            buys["referral_code"] = stage.first(again).expect("a guest")["code"].clone();
        }
        let told = stage.first(Act::Report(buys)).expect("an order");
        assert_eq!(told["attributed"], false);
    }
}

const ERASED: &str = "SELECT count(*) FROM log WHERE kind = 'person.erased'";

#[test]
fn guests_of_long_ago_go_together_whom_a_decision_names_one_a_minute_and_a_fault_only_delays_it() {
    let mut stage = with_guests(7);
    name_guests(&mut stage, 3);
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let naming = "SELECT count(*) FROM orders o JOIN people p ON p.guest = 1 AND instr(o.decision, p.code) > 0";
    assert_eq!(count(world, naming), 3);
    let now = world.clock + 366 * DAY_MS;
    for fault in 0..80 {
        world.ledger.mark().expect("a mark");
        world.ledger.keep_up(now, Some(fault), &entropy);
        let left = count(world, GUESTS);
        assert!(matches!(left, 6 | 7), "all of a piece or nothing: {left}");
        world.ledger.rewind().expect("as before");
    }
    let mut left = Vec::new();
    for seconds in [0, 59, 60, 120, 180] {
        world.ledger.keep_up(now + seconds * 1_000, None, &entropy);
        left.push(count(world, GUESTS));
    }
    // The first of the three who are named ends the first part; all others go with the last of them.
    assert_eq!(left, [6, 6, 5, 0, 0]);
    assert_eq!(count(world, ERASED), 7);
    let codes = "SELECT count(*) FROM orders WHERE decision LIKE '%\"erased\"%'";
    assert_eq!((count(world, naming), count(world, codes)), (0, 3));
    // The next round is a week later, and the alarm knows it.
    world.ledger.ring(true, now);
    world.ledger.arm(now, true, &entropy);
    assert!(world.ledger.rings_at() <= Some(now + 7 * DAY_MS));
}

#[test]
fn hundreds_of_guests_whom_nobody_has_followed_go_in_minutes_with_all_that_they_have_shown() {
    let stage = with_guests(450);
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let now = world.clock + 366 * DAY_MS;
    let shown = format!(
        "INSERT INTO traces (hash, person, kind, at) SELECT 'here', id, 'network', {now} FROM people"
    );
    world.ledger.query(&shown).expect("traces");
    for minutes in 0..3 {
        world
            .ledger
            .keep_up(now + minutes * MINUTE_MS, None, &entropy);
    }
    assert_eq!(count(world, GUESTS), 0);
    assert_eq!(count(world, ERASED), 450);
    let told = "SELECT count(*) FROM outbox WHERE kind = 'code'";
    assert!(count(world, told) >= 450);
    let left = "SELECT count(*) FROM traces JOIN people ON id = person WHERE guest = 1";
    assert_eq!(count(world, left), 0);
    assert!(count(world, "SELECT count(*) FROM traces") > 0);
}

#[test]
fn many_traces_are_looked_through_in_parts_which_follow_at_once() {
    let stage = with_guests(0);
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let now = world.clock + MINUTE_MS;
    let old = now - 401 * DAY_MS;
    let many = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9000)
            INSERT INTO traces (hash, person, kind, at)
            SELECT printf('%05d', n), 'somebody', 'payment', iif(n % 3 = 0, {now}, {old}) FROM n"
    );
    world.ledger.query(&many).expect("traces");
    // Nothing else is due.
    loop {
        let due = world.ledger.due(now, &entropy).expect("deliveries");
        for delivery in &due {
            let settled = world.ledger.settle(delivery, Ok(()), now, None, &entropy);
            settled.expect("told");
        }
        if due.is_empty() {
            break;
        }
    }
    if let Some(head) = world.ledger.unsigned(now, &entropy).expect("a head") {
        let signed = world.ledger.append_checkpoint(&head, now, None, &entropy);
        signed.expect("a line");
    }
    let traces = "SELECT count(*) FROM traces WHERE person = 'somebody'";
    let mut left = vec![count(world, traces)];
    for _ in 0..9 {
        world.ledger.keep_up(now, None, &entropy);
        left.push(count(world, traces));
        world.ledger.ring(true, now);
        world.ledger.arm(now, true, &entropy);
        let at_once = world.ledger.rings_at() <= Some(now);
        assert_eq!(at_once, *left.last().expect("a count") > 3_000, "{left:?}");
    }
    assert!(left[1] > 3_000 && left[1] < 9_000, "{left:?}");
    assert_eq!(left.last(), Some(&3_000));
    // Nothing is looked at again on this day.
    let late = format!("INSERT INTO traces VALUES ('0', 'somebody', 'payment', {old})");
    world.ledger.query(&late).expect("a trace");
    world.ledger.keep_up(now, None, &entropy);
    assert_eq!(count(world, traces), 3_001);
    world.ledger.keep_up(now + DAY_MS, None, &entropy);
    assert_eq!(count(world, traces), 3_000);
}

#[test]
fn whatever_statement_of_the_upkeep_fails_the_rest_is_done_and_what_is_left_is_done_later() {
    const LEFT: [&str; 6] = [
        GUESTS,
        "SELECT count(*) FROM rewards WHERE state = 'pending'",
        "SELECT count(*) FROM replies",
        "SELECT count(*) FROM touches WHERE source IS NOT NULL",
        "SELECT count(*) FROM proofs",
        "SELECT count(*) FROM stuck_rewards",
    ];
    let mut stage = with_guests(1);
    let order = Act::Report(stage.referred());
    let kept = Call::from(order).keyed("kept");
    stage
        .world
        .call(&kept)
        .expect("a call")
        .done()
        .expect("201");
    let asked = json!({ "RequestProof": { "email": "guest0@mail.example" } });
    stage.first(Act::Read(asked, false)).expect("202");
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let now = world.clock + 366 * DAY_MS;
    let statements = {
        world.ledger.mark().expect("a mark");
        let worked = world.ledger.keep_up(now, None, &entropy);
        assert_eq!((worked.granted, worked.failures.len()), (1, 0));
        assert_eq!(LEFT.map(|query| count(world, query)), [0; 6]);
        world.ledger.rewind().expect("as before");
        world.ledger.statements()
    };
    assert!(statements > 20, "{statements}");
    for fault in 0..statements {
        world.ledger.mark().expect("a mark");
        let worked = world.ledger.keep_up(now, Some(fault), &entropy);
        assert!(!worked.failures.is_empty(), "{fault}: {worked:?}");
        let again = world.ledger.keep_up(now + DAY_MS, None, &entropy);
        assert!(again.failures.is_empty(), "{fault}: {again:?}");
        assert_eq!(LEFT.map(|query| count(world, query)), [0; 6], "{fault}");
        check_books(&world.ledger).expect("the books");
        world.ledger.rewind().expect("as before");
    }
}

#[test]
fn the_hash_of_a_network_goes_with_the_discount_that_is_counted_by_it() {
    let stage = with_guests(0);
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let sources = "SELECT count(*) FROM touches WHERE source IS NOT NULL";
    let Cell::Integer(expires) = world
        .ledger
        .query("SELECT expires_at FROM touches")
        .expect("a row")[0][0]
    else {
        panic!("no discount");
    };
    world.ledger.keep_up(expires, None, &entropy);
    assert_eq!(count(world, sources), 1);
    world.ledger.keep_up(expires + 1, None, &entropy);
    assert_eq!(count(world, sources), 0);
}

#[test]
fn a_proof_is_dropped_when_it_is_over() {
    let mut stage = with_guests(1);
    let asked = json!({ "RequestProof": { "email": "guest0@mail.example" } });
    stage.first(Act::Read(asked, false)).expect("202");
    let world = &stage.world;
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let proofs = "SELECT count(*) FROM proofs";
    world
        .ledger
        .keep_up(world.clock + 15 * MINUTE_MS - 1, None, &entropy);
    assert_eq!(count(world, proofs), 1);
    world
        .ledger
        .keep_up(world.clock + 15 * MINUTE_MS, None, &entropy);
    assert_eq!(count(world, proofs), 0);
}
