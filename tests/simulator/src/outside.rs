//! What lies outside the ledger: KV, the edges that read it late, and the merchant's endpoint.

use std::collections::{BTreeMap, BTreeSet};

use goodword_edge::native::{Cell, NativeDelivery, Outcome};
use goodword_shared::channel::{Channel, Placement, Way};
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ClickId, ProgramId};
use goodword_shared::risk::arrival::Provenance;
use goodword_shared::time::Millis;
use goodword_shared::token::{TokenKey, sign};
use serde_json::{Value, json};

use crate::call::{Act, Call};
use crate::model::{Click, DAY_MS};
use crate::shop::PROGRAM;
use crate::violation::{Check, must, must_equal};
use crate::world::{SKEW_MS, World, parse};

/// Edges, each with its own idea of the program.
const EDGES: usize = 3;

/// After it a record is written once more that came late.
const MINUTE_MS: i64 = 60_000;

/// Rounds of deliveries until an outbox must be empty: far more than any run fills.
const ROUNDS_MAX: usize = 500;

const EVENTS: &str = "every event arrives, the same at every attempt, numbered without gaps";
const WAKES: &str = "whatever waits has an alarm that is early enough";
const DRAINS: &str = "the outbox drains when deliveries succeed";
const SIGNED_ONCE: &str = "a head is signed when a day has passed, and once";
const RESTS: &str = "an alarm that has nothing to do rings later";
const KEPT: &str = "a dead letter is kept for thirty days";

/// An alarm may be so late after what waits: the object works at once, and the alarm is its safety net; clocks differ.
const NET_MS: i64 = 34_000;
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
    /// Whether the merchant's endpoint answers nothing.
    pub down: bool,
    /// What was given up and dropped: message or order, as it stood in the outbox.
    dropped: BTreeSet<String>,
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
        way: Way {
            channel: Channel::WhatsApp,
            variant: 0,
            placement: *world
                .rng
                .pick(&[None, Some(Placement::Share), Some(Placement::Launcher)]),
        },
        from: Provenance::default(),
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
            let down = world.outside.down && delivery.kind == "webhook";
            match world.rng.below(100) {
                0..70 if !down => {
                    receive(world, &delivery)?;
                    settle_one(world, &delivery, Ok(()), now)?;
                }
                70..82 => fail(world, &delivery, now)?,
                _ if down => fail(world, &delivery, now)?,
                82..94 => {
                    // It arrived, but the answer was lost.
                    receive(world, &delivery)?;
                    fail(world, &delivery, now)?;
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
    let early = next.is_none_or(|next| {
        let latest = next.max(world.latest) + NET_MS;
        world.ledger.rings_at().is_some_and(|at| at <= latest)
    });
    must(early, WAKES, || {
        format!(
            "{next:?} waits, and the alarm rings at {:?}",
            world.ledger.rings_at()
        )
    })
}

/// Sets the alarm anew, as the object does after each piece of work of its own.
pub fn arm(world: &World) {
    let all_is_done = world.rng.chance(80);
    let now = world.skewed_now();
    world
        .ledger
        .arm(now, all_is_done, &|bytes| world.entropy.fill(bytes));
}

/// The head of the log is signed, perhaps by two at the same time, of which one appends.
pub fn sign_head(world: &World) -> Check {
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    let now = world.skewed_now();
    let workers = if world.rng.chance(30) { 2 } else { 1 };
    let mut signed = Vec::new();
    for _ in 0..workers {
        signed.extend(world.ledger.unsigned(now, &entropy)?);
    }
    let before = checkpoints(world)?;
    for checkpoint in &signed {
        world
            .ledger
            .append_checkpoint(checkpoint, now, None, &entropy)?;
    }
    let made = checkpoints(world)? - before;
    must_equal(
        SIGNED_ONCE,
        "checkpoints",
        &made,
        &i64::from(!signed.is_empty()),
    )
}

fn checkpoints(world: &World) -> Check<i64> {
    let rows = world
        .ledger
        .query("SELECT count(*) FROM log WHERE kind = 'log.checkpoint'")?;
    Ok(if let Cell::Integer(count) = rows[0][0] {
        count
    } else {
        0
    })
}

/// The alarm is lost with the object's memory; the cron looks after the ledger, perhaps after somebody else has called.
pub fn lose_alarm(world: &mut World) -> Check {
    world.ledger.lose_alarm();
    world.restart()?;
    let wake = Call::from(Act::Read(json!("Wake"), false));
    world.call(&wake).map(drop)
}

fn next_work(world: &World) -> Check<Option<i64>> {
    let rows = world.ledger.query(
        "SELECT min(at) FROM (
            SELECT max(o.next_at, coalesce(l.probe_at, 0)) AS at FROM outbox o LEFT JOIN lanes l USING (lane)
            UNION ALL SELECT max(r.payable_at, coalesce(s.retry_at, 0)) FROM rewards r
                LEFT JOIN stuck_rewards s ON s.reward = r.id WHERE state = 'pending' AND frozen = 0 AND review = 0
            UNION ALL SELECT max(r.expires_at, coalesce(s.retry_at, 0)) FROM rewards r
                LEFT JOIN stuck_rewards s ON s.reward = r.id
                WHERE state = 'approved' AND frozen = 0 AND expires_at IS NOT NULL
            UNION ALL SELECT at + 604800000 FROM replies
            UNION ALL SELECT died_at + 2592000000 FROM dead_letters)",
    )?;
    Ok(if let Cell::Integer(at) = rows[0][0] {
        Some(at)
    } else {
        None
    })
}

/// Does something that may drop dead letters, and remembers which: those will never arrive.
pub fn watching_dead_letters<T>(
    world: &mut World,
    now: i64,
    work: impl FnOnce(&mut World) -> Check<T>,
) -> Check<T> {
    let before = dead_letters(world)?;
    let done = work(world)?;
    let after = dead_letters(world)?;
    for (id, letter) in before {
        if !after.contains_key(&id) {
            let old = letter.died_at <= now - 30 * DAY_MS;
            let what = letter.what;
            let old = old || is_forgotten(world, &what)?;
            must(old, KEPT, || format!("{what} was dropped at {now}"))?;
            world.outside.dropped.insert(what);
        }
    }
    Ok(done)
}

/// A delivery that was given up.
struct DeadLetter {
    what: String,
    died_at: i64,
    /// Whether it is an event, and no address is named for events any more.
    homeless: bool,
}

/// Whether this was somebody's code, and is nobody's now: who is forgotten has no record in KV to be told.
fn is_forgotten(world: &World, code: &str) -> Check<bool> {
    let mut people = world.model.people.0.iter();
    let was = people.any(|record| record.code.as_deref() == Some(code));
    let query = format!("SELECT 1 FROM people WHERE code = '{code}'");
    Ok(was && world.ledger.query(&query)?.is_empty())
}

fn dead_letters(world: &World) -> Check<BTreeMap<i64, DeadLetter>> {
    let rows = world.ledger.query(
        "SELECT id, CASE kind WHEN 'webhook' THEN json_extract(payload, '$.id') ELSE target END, died_at,
            kind = 'webhook' AND (SELECT json_extract(settings, '$.webhook_url') IS NULL FROM programs
                ORDER BY version DESC LIMIT 1)
            FROM dead_letters",
    )?;
    let mut dead = BTreeMap::new();
    for row in rows {
        if let [
            Cell::Integer(id),
            Cell::Text(what),
            Cell::Integer(died_at),
            Cell::Integer(homeless),
        ] = &row[..]
        {
            let letter = DeadLetter {
                what: what.clone(),
                died_at: *died_at,
                homeless: *homeless == 1,
            };
            dead.insert(*id, letter);
        }
    }
    Ok(dead)
}

/// The merchant has what was given up sent again. An event that nobody is to be told any more stays where it is.
pub fn replay(world: &mut World) -> Check {
    let dead = dead_letters(world)?;
    let one = dead.iter().next().filter(|_| world.rng.chance(30));
    let command = match one {
        Some((id, _)) => json!({ "Replay": { "id": id } }),
        None => json!({ "ReplaySince": { "since": 0 } }),
    };
    let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
    let called = world.call(&call)?;
    if one.is_some_and(|(_, letter)| letter.homeless) {
        let refused = called.outcome == Outcome::Refused("no_webhook_url");
        return must(refused, EVENTS, || format!("{:?}", called.outcome));
    }
    let sent = dead.values().filter(|letter| !letter.homeless).count();
    let expected = if one.is_some() { 1 } else { sent };
    let (_, body) = called.done()?;
    must_equal(
        EVENTS,
        "sent again",
        &body["replayed"],
        &Value::from(expected),
    )?;
    world.figures.replayed += expected as u64;
    Ok(())
}

/// Everything is delivered in the end, and then the outside knows what the ledger knows.
pub fn settle(world: &mut World) -> Check {
    world.outside.down = false;
    while dead_letters(world)?.values().any(|letter| !letter.homeless) {
        replay(world)?;
    }
    for (_, letter) in dead_letters(world)? {
        world.outside.dropped.insert(letter.what);
    }
    world.clock += 3 * DAY_MS;
    drain(world)?;
    // A record that came late is written once more.
    world.clock += MINUTE_MS;
    drain(world)?;
    let left = world.ledger.query("SELECT kind, next_at FROM outbox")?;
    must(left.is_empty(), DRAINS, || format!("{left:?}"))?;
    check_events(world)?;
    check_book(world)?;
    world.figures.checks += 3;
    Ok(())
}

fn drain(world: &mut World) -> Check {
    for _ in 0..ROUNDS_MAX {
        let due = due(world, world.clock)?;
        if due.is_empty() {
            break;
        }
        for delivery in due {
            receive(world, &delivery)?;
            settle_one(world, &delivery, Ok(()), world.clock)?;
        }
    }
    Ok(())
}

/// With nothing left to do, the alarm does not ring at once and for ever.
pub fn rest(world: &mut World) -> Check {
    world.mature()?;
    world.clock += DAY_MS;
    drain(world)?;
    world.clock += MINUTE_MS;
    world.mature()?;
    drain(world)?;
    sign_head(world)?;
    // All of it was done no earlier than that.
    let now = world.clock - SKEW_MS;
    world.ledger.ring(true, now);
    world
        .ledger
        .arm(now, true, &|bytes| world.entropy.fill(bytes));
    let rings_at = world.ledger.rings_at();
    must(rings_at.is_none_or(|at| at > now), RESTS, || {
        format!("it rings at {rings_at:?}, and it is {now}")
    })
}

fn due(world: &World, now: i64) -> Check<Vec<NativeDelivery>> {
    Ok(world.ledger.due(now, &|bytes| world.entropy.fill(bytes))?)
}

fn fail(world: &mut World, delivery: &NativeDelivery, now: i64) -> Check {
    world.figures.undelivered += 1;
    let before = dead_letters(world)?.len();
    settle_one(world, delivery, Err("no answer"), now)?;
    world.figures.given_up += dead_letters(world)?.len().saturating_sub(before) as u64;
    Ok(())
}

fn settle_one(
    world: &World,
    delivery: &NativeDelivery,
    outcome: Result<(), &str>,
    now: i64,
) -> Check {
    let entropy = |bytes: &mut [u8]| world.entropy.fill(bytes);
    Ok(world
        .ledger
        .settle(delivery, outcome, now, None, &entropy)?)
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
            let dropped = world.outside.dropped.contains(id.trim_matches('"'));
            let came = dropped || world.outside.events.contains_key(&id);
            must(came, EVENTS, || format!("{id} never came"))?;
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
    if !world.outside.dropped.contains(PROGRAM) {
        must_equal(BOOK, "token keys", &generations, &live)?;
    }
    let ids: Vec<String> = world.model.orders.keys().cloned().collect();
    for id in ids {
        if world.outside.dropped.contains(&id) {
            continue;
        }
        let read = Call::from(Act::Read(json!({"ReadOrder": {"id": id}}), true));
        let envelope = read.envelope(&world.shop, world.clock);
        let outcome = world.try_once(&read, &envelope)?;
        let Outcome::Done(_, mut body) = outcome else {
            continue;
        };
        // The merchant is told the pseudonym of whoever was forgotten, and the public is not.
        for record in &world.model.people.0 {
            if record.named.is_nobody() {
                body = body.replace(&format!("\"{}\"", record.id), "null");
            }
        }
        let mut stored = parse(&body)?;
        for field in ["currency", "subtotal", "discount", "total", "risk"] {
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
