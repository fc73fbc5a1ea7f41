//! The same call again: the same answer, and no other effect.

use goodword_edge::native::{Cell, Outcome};
use serde_json::Value;

use crate::call::{Act, Call};
use crate::model::DAY_MS;
use crate::model::rules::REPEATED_UNDOS_ARE_LOGGED;
use crate::violation::{Check, must, must_equal};
use crate::world::{World, parse};

/// A report that was accepted, and when.
#[derive(Clone, Debug)]
pub struct Said {
    /// The call.
    pub call: Call,
    /// Its first answer.
    pub outcome: Outcome,
    /// The time of the first answer.
    pub at: i64,
}

const EFFECTS: &str = "a repeated command changes nothing";
const READS: &str = "a read changes nothing";
const ANSWERS: &str = "a repeated command is answered alike";

/// Symbols of a referral code: no other key that names a referrer is as long.
const CODE_LENGTH: usize = 9;

/// Rows of every table that a repeat must leave alone; the log is the last one. An answer may be kept anew.
const COUNTS: &str = "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM rewards), (SELECT count(*) FROM orders),
    (SELECT count(*) FROM people), (SELECT count(*) FROM touches), (SELECT count(*) FROM undos),
    (SELECT count(*) FROM referrals), (SELECT count(*) FROM keys), (SELECT count(*) FROM programs),
    (SELECT count(*) FROM outbox), (SELECT coalesce(sum(balance), 0) FROM balances),
    (SELECT coalesce(sum(orders), 0) FROM people), (SELECT coalesce(sum(reversed), 0) FROM rewards),
    (SELECT count(*) FROM facts), (SELECT count(*) FROM dead_letters), (SELECT count(*) FROM log)";

/// A fault left nothing behind.
pub fn check_rolled_back(before: &[u8], after: &[u8], fault: u32) -> Check {
    must(
        before == after,
        "a command that failed left the database as it was, byte for byte",
        || format!("it failed after statement {fault}"),
    )
}

/// Judges a repeat at the very time of the first call.
pub fn check_repeat(
    world: &mut World,
    call: &Call,
    first: &Outcome,
    again: &Outcome,
    before: &[u8],
) -> Check {
    world.figures.checks += 2;
    if call.key.is_some() {
        must_equal(ANSWERS, "with a key", again, first)?;
    } else {
        must_equal(ANSWERS, "without a key", &essence(again)?, &essence(first)?)?;
    }
    if is_logged(call, first) && call.key.is_none() {
        return Ok(());
    }
    must(world.ledger.image()? == before, EFFECTS, || {
        format!("{call:?}")
    })
}

/// A read that was answered changes nothing when it is asked again within its hour: that it is asked at all is on the log once.
pub fn check_reads_alone(world: &mut World, call: &Call, now: i64) -> Check {
    world.figures.checks += 1;
    let before = world.ledger.image()?;
    let envelope = call.envelope(&world.shop, now);
    world.try_once(call, &envelope)?;
    must(world.ledger.image()? == before, READS, || {
        format!("{call:?}")
    })
}

/// Gives a report again, some time later.
pub fn say_again(world: &mut World, index: usize) -> Check {
    let said = world.said[index].clone();
    let now = world.skewed_now();
    let before = counts(world)?;
    let envelope = said.call.envelope(&world.shop, now);
    let again = world.try_once(&said.call, &envelope)?;
    world.figures.repeats += 1;
    world.figures.checks += 2;
    let kept = said.call.key.is_some() && now - said.at < 7 * DAY_MS;
    if kept {
        must_equal(ANSWERS, "with a kept answer", &again, &said.outcome)?;
    } else {
        must_equal(
            ANSWERS,
            "later",
            &lasting(&again)?,
            &told_now(world, lasting(&said.outcome)?)?,
        )?;
        // With a key, this answer is now the one that is kept.
        (world.said[index].outcome, world.said[index].at) = (again, now);
    }
    let mut allowed = before;
    if is_logged(&said.call, &said.outcome) && !kept {
        *allowed.last_mut().expect("a count") += 1;
    }
    must_equal(EFFECTS, "rows", &counts(world)?, &allowed)
}

/// Whether a repeat without a key leaves a line in the log.
fn is_logged(call: &Call, first: &Outcome) -> bool {
    let logs = match &call.act {
        Act::Report(report) => report["kind"] == "order" || REPEATED_UNDOS_ARE_LOGGED,
        Act::Event(_) | Act::Merchant(_) | Act::Touch(_) | Act::Settings(_) | Act::RevokeKey(_) => {
            true
        }
        _ => false,
    };
    logs && matches!(first, Outcome::Done(..))
}

fn counts(world: &World) -> Check<Vec<i64>> {
    let rows = world.ledger.query(COUNTS)?;
    let count = |cell: &Cell| {
        if let Cell::Integer(count) = cell {
            *count
        } else {
            -1
        }
    };
    Ok(rows[0].iter().map(count).collect())
}

/// An answer but for what tells the first from the second: status and outcome.
fn essence(outcome: &Outcome) -> Check<Result<Value, &'static str>> {
    without(outcome, &["outcome"])
}

/// An answer but for what may have changed since: the reward, and whether the order is known.
fn lasting(outcome: &Outcome) -> Check<Result<Value, &'static str>> {
    without(outcome, &["outcome", "reward", "rewards", "order_known"])
}

/// An answer of before as it must be told now: of whoever was forgotten since no code is told.
fn told_now(
    world: &World,
    mut answer: Result<Value, &'static str>,
) -> Check<Result<Value, &'static str>> {
    let told = answer
        .as_mut()
        .ok()
        .and_then(|body| body.get_mut("evidence"));
    for one in told.and_then(Value::as_array_mut).into_iter().flatten() {
        let key = one["key"].as_str().unwrap_or_default().to_owned();
        let is_code = key.len() == CODE_LENGTH && !one["referrer"].is_null();
        let query = format!("SELECT 1 FROM people WHERE code = '{key}'");
        if is_code && world.ledger.query(&query)?.is_empty() {
            one["key"] = Value::from("erased");
        }
    }
    Ok(answer)
}

fn without(outcome: &Outcome, fields: &[&str]) -> Check<Result<Value, &'static str>> {
    Ok(match outcome {
        Outcome::Done(_, body) => {
            let mut body = parse(body)?;
            for field in fields {
                body.as_object_mut().map(|object| object.remove(*field));
            }
            Ok(body)
        }
        Outcome::Refused(code) => Err(*code),
        Outcome::Broken(what) => return Err(what.clone().into()),
    })
}
