//! What a dry run must tell: of all that has happened, and of both halves of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::books::{AGAIN, int, text};
use crate::call::Act;
use crate::repeat::check_reads_alone;
use crate::violation::{Check, must_equal};
use crate::world::World;

/// More than clocks differ.
const APART_MS: i64 = 10_000;

/// Counts, and sums by currency.
type Sums = BTreeMap<String, i64>;

/// What a dry run told of everything up to a line of the log.
pub struct Half {
    seq: i64,
    at: i64,
    was: Sums,
}

/// Where no line is later than the newest, a dry run of the terms in force tells what has happened up to it.
pub fn cut(world: &mut World) -> Check {
    let newest =
        "SELECT seq, at, at = (SELECT max(at) FROM log) FROM log ORDER BY seq DESC LIMIT 1";
    let newest = world.ledger.query(newest)?;
    let [seq, at, is_latest] = [0, 1, 2].map(|column| int(&newest[0][column]));
    if is_latest == 0 {
        return Ok(());
    }
    world.clock += APART_MS;
    let was = whole(world)?;
    world.half = Some(Half { seq, at, was });
    Ok(())
}

/// Whatever the terms, a dry run tells what has really happened, and so do the sums of both halves. Where terms have never
/// changed, the very same ones decide every order as it was decided and earn what was earned, when the whole history is gone
/// through.
pub fn check_dry_runs(world: &mut World) -> Check {
    world.clock += APART_MS;
    let all = whole(world)?;
    world.figures.imagined += all["rewarded"].unsigned_abs();
    let Some(half) = world.half.take() else {
        return Ok(());
    };
    let later = format!("SELECT min(at) FROM log WHERE seq > {}", half.seq);
    let later = int(&world.ledger.query(&later)?[0][0]);
    if later <= half.at {
        return Ok(());
    }
    let told = dry_run(world, Some(half.seq))?;
    let was = sums(&told["was"]);
    let mut both = half.was.clone();
    for (name, more) in &was {
        *both.entry(name.clone()).or_default() += more;
    }
    must_equal(AGAIN, "sums of both halves", &both, &all)?;
    world.figures.imagined_halves += was["rewarded"].unsigned_abs();
    world.figures.checks += 1;
    Ok(())
}

/// A dry run of everything: nothing is written, and what it says was is what the tables hold.
fn whole(world: &mut World) -> Check<Sums> {
    let told = dry_run(world, None)?;
    must_equal(
        AGAIN,
        "orders of a dry run",
        &told["orders"],
        &json!(world.model.orders.len()),
    )?;
    let was = sums(&told["was"]);
    must_equal(AGAIN, "what was", &was, &really(world)?)?;
    if world.model.versions.len() == 1 {
        must_equal(AGAIN, "what differs", &told["differ"], &json!([]))?;
        must_equal(AGAIN, "counts and sums", &told["would"], &told["was"])?;
    }
    world.figures.checks += 5;
    Ok(was)
}

fn dry_run(world: &mut World, after: Option<i64>) -> Check<Value> {
    let (_, terms) = &world.model.versions[world.model.versions.len() - 1];
    let command = json!({"DryRun": {"settings": terms.to_json(), "after": after}});
    let call = Act::Read(command, true).into();
    let answer = world.call(&call)?;
    check_reads_alone(world, &call, answer.now)?;
    let told = answer.done()?.1;
    must_equal(AGAIN, "orders left out", &told["not_kept"], &json!(0))?;
    must_equal(AGAIN, "the end", &told["next"], &Value::Null)?;
    Ok(told)
}

fn sums(told: &Value) -> Sums {
    let number = |value: &Value| value.as_i64().unwrap_or(i64::MIN);
    let mut sums = Sums::new();
    for name in ["attributed", "rewarded"] {
        sums.insert(name.into(), number(&told[name]));
    }
    for cost in told["cost"].as_array().into_iter().flatten() {
        let currency = cost["currency"].as_str().unwrap_or_default();
        sums.insert(currency.into(), number(&cost["amount"]));
    }
    sums
}

/// The same from the tables.
fn really(world: &World) -> Check<Sums> {
    let rows = world.ledger.query(
        "SELECT 'attributed', count(*) FROM orders WHERE decision ->> 'referrer' IS NOT NULL
            UNION ALL SELECT 'rewarded', count(DISTINCT order_id) FROM rewards WHERE cause IN ('conversion', 'renewal')
            UNION ALL SELECT currency, sum(amount) FROM rewards GROUP BY currency",
    )?;
    let rows = rows.iter();
    Ok(rows.map(|row| (text(&row[0]), int(&row[1]))).collect())
}
