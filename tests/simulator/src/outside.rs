//! What lies outside the ledger: KV, the edges that read it late, and the merchant's endpoint.

use std::collections::BTreeMap;

use goodword_edge::native::{Cell, NativeDelivery};
use goodword_shared::channel::Channel;
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ClickId, ProgramId};
use goodword_shared::time::Millis;
use goodword_shared::token::{TokenKey, sign};
use serde_json::{Value, json};

use crate::call::{Act, Call};
use crate::model::{Click, DAY_MS};
use crate::shop::PROGRAM;
use crate::violation::{Check, must, must_equal};
use crate::world::{World, parse};

/// Edges, each with its own idea of the program.
const EDGES: usize = 3;

/// Rounds of deliveries until an outbox must be empty: far more than any run fills.
const ROUNDS_MAX: usize = 500;

const EVENTS: &str = "every event arrives, the same at every attempt, numbered without gaps";
const WAKES: &str = "whatever waits has an alarm that is early enough";
const DRAINS: &str = "the outbox drains when deliveries succeed";
const BOOK: &str = "the public book says what the ledger says";

/// Everything that is told.
#[derive(Default)]
pub struct Outside {
    /// The program's record in KV.
    program: Option<String>,
    /// Attribution records in KV, by order.
    records: BTreeMap<String, String>,
    /// Token keys as the edges remember them.
    edges: [Option<TokenKey>; EDGES],
    /// Events at the merchant's endpoint, by id.
    events: BTreeMap<String, String>,
}

/// Somebody follows a share link: an edge signs the click with whatever key it remembers.
pub fn click(world: &mut World, code: &str) -> Option<Click> {
    let edge = world.rng.below(EDGES);
    if world.outside.edges[edge].is_none() || world.rng.chance(30) {
        let record = world.outside.program.as_deref()?;
        world.outside.edges[edge] = world
            .ledger
            .token_key(record)
            .or(world.outside.edges[edge].take());
    }
    let key = world.outside.edges[edge].as_ref()?;
    let mut id = [0; 12];
    world.rng.fill(&mut id);
    let click = goodword_shared::token::Click {
        program: ProgramId::parse(PROGRAM).expect("an id"),
        code: ReferralCode::parse(code).expect("a code"),
        id: ClickId(id),
        at: Millis(world.clock),
        channel: Channel::WhatsApp,
        variant: 0,
    };
    Some(Click {
        id: click.id.to_hex(),
        token: sign(&click, key),
        code: code.to_owned(),
        at: world.clock,
        generation: key.id(),
    })
}

/// The outbox is worked off for a while, well or badly.
pub fn deliver(world: &mut World) -> Check {
    for _ in 0..world.rng.between(1, 4) {
        let now = world.clock;
        for delivery in due(world, now)? {
            match world.rng.below(100) {
                0..70 => {
                    receive(world, &delivery)?;
                    world.ledger.delivered(delivery.id)?;
                }
                70..82 => postpone(world, &delivery, now)?,
                82..94 => {
                    // It arrived, but the answer was lost.
                    receive(world, &delivery)?;
                    postpone(world, &delivery, now)?;
                }
                _ => {
                    // It arrived, and then the object was gone.
                    receive(world, &delivery)?;
                    return world.restart();
                }
            }
        }
    }
    Ok(())
}

/// The ledger has not forgotten to be woken for anything.
pub fn check_alarm(world: &World) -> Check {
    let next = next_work(world)?;
    let early = next.is_none_or(|next| world.alarm.is_some_and(|alarm| alarm <= next));
    must(early, WAKES, || {
        format!("{next:?} waits, and the alarm rings at {:?}", world.alarm)
    })
}

/// Sets the alarm anew, as the object does after each piece of work of its own.
pub fn arm(world: &mut World) -> Check {
    world.alarm = next_work(world)?;
    Ok(())
}

fn next_work(world: &World) -> Check<Option<i64>> {
    let rows = world.ledger.query(
        "SELECT min(at) FROM (SELECT next_at AS at FROM outbox WHERE next_at IS NOT NULL
            UNION ALL SELECT payable_at FROM rewards WHERE state = 'pending' AND frozen = 0 AND review = 0
            UNION ALL SELECT expires_at FROM rewards WHERE state = 'approved' AND frozen = 0)",
    )?;
    Ok(if let Cell::Integer(at) = rows[0][0] {
        Some(at)
    } else {
        None
    })
}

/// Everything is delivered in the end, and then the outside knows what the ledger knows.
pub fn settle(world: &mut World) -> Check {
    world.clock += 3 * DAY_MS;
    for _ in 0..ROUNDS_MAX {
        let due = due(world, world.clock)?;
        if due.is_empty() {
            break;
        }
        for delivery in due {
            receive(world, &delivery)?;
            world.ledger.delivered(delivery.id)?;
        }
    }
    let left = world.ledger.query("SELECT kind, next_at FROM outbox")?;
    must(left.is_empty(), DRAINS, || format!("{left:?}"))?;
    check_events(world)?;
    check_book(world)?;
    world.figures.checks += 3;
    Ok(())
}

fn due(world: &World, now: i64) -> Check<Vec<NativeDelivery>> {
    Ok(world.ledger.due(now, &|bytes| world.entropy.fill(bytes))?)
}

fn postpone(world: &mut World, delivery: &NativeDelivery, now: i64) -> Check {
    world.figures.undelivered += 1;
    let wait = world.rng.between(5_000, 300_000) * i64::from(delivery.attempts + 1);
    Ok(world.ledger.postpone(delivery.id, now + wait)?)
}

fn receive(world: &mut World, delivery: &NativeDelivery) -> Check {
    world.figures.deliveries += 1;
    let outside = &mut world.outside;
    match delivery.kind {
        "program" => outside.program = Some(delivery.contents.clone()),
        "attribution" => {
            outside
                .records
                .insert(delivery.target.clone(), delivery.contents.clone());
        }
        "webhook" => {
            let message = parse(&delivery.contents)?;
            let (id, body) = (message["id"].to_string(), message["body"].to_string());
            let known = outside.events.entry(id).or_insert_with(|| body.clone());
            must_equal(EVENTS, "body", &body, known)?;
        }
        _ => {}
    }
    Ok(())
}

/// Per referral as many events as it has counted, numbered from 1.
fn check_events(world: &World) -> Check {
    for row in world.ledger.query("SELECT id, events FROM referrals")? {
        let [Cell::Text(referral), Cell::Integer(count)] = &row[..] else {
            continue;
        };
        for number in 1..=*count {
            let id = format!("\"evt_{referral}_{number}\"");
            must(world.outside.events.contains_key(&id), EVENTS, || {
                format!("{id} never came")
            })?;
        }
    }
    Ok(())
}

fn check_book(world: &mut World) -> Check {
    let record = world.outside.program.clone().expect("the program's record");
    let generations: Vec<u64> = parse(&record)?["token_keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|key| key[0].as_u64())
        .collect();
    let mut live: Vec<u64> = world
        .model
        .token_keys
        .iter()
        .map(|generation| u64::from(*generation))
        .collect();
    live.sort_by(|a, b| b.cmp(a));
    must_equal(BOOK, "token keys", &generations, &live)?;
    let ids: Vec<String> = world.model.orders.keys().cloned().collect();
    for id in ids {
        let read = Call::from(Act::Read(json!({"ReadOrder": {"id": id}}), true));
        let envelope = read.envelope(&world.shop, world.clock);
        let outcome = world.try_once(&read, &envelope)?;
        let goodword_edge::native::Outcome::Done(_, body) = outcome else {
            continue;
        };
        let mut stored = parse(&body)?;
        for field in ["currency", "subtotal", "discount", "total"] {
            stored.as_object_mut().map(|object| object.remove(field));
        }
        let told = world
            .outside
            .records
            .get(&id)
            .map(|record| parse(record))
            .transpose()?;
        let wanted = (stored["reason"] != "no_evidence").then_some(stored);
        must_equal::<Option<Value>>(BOOK, &id, &told, &wanted)?;
    }
    Ok(())
}
