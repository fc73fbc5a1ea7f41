//! Customers and guests ask for their link.

use goodword_edge::native::Cell;
use serde_json::Value;

use crate::call::{Act, Call};
use crate::model::people::Naming;
use crate::violation::{Check, must_equal};
use crate::world::{Answer, World};

const ONE: &str = "one person has one record and one code";
const AGREES: &str = "the ledger accepts and refuses what the model does";

/// A customer asks; the shop vouches for them only with an id.
pub(super) fn enrol(world: &mut World) -> Check {
    let naming = world.rng.pick(&world.persons).naming(&world.rng);
    if naming.customer.is_none() {
        return guest(world);
    }
    let new = world.model.people.own(&naming).is_none();
    let answer = world.call(&Act::Enrol(naming.clone()).into())?;
    let Some((status, id, code)) = link(world, &answer)? else {
        return Ok(());
    };
    must_equal(AGREES, "status", &status, &(if new { 201 } else { 200 }))?;
    let record = world.model.people.introduce(&naming, &id);
    told(world, record, &id, &code)
}

/// A guest asks, by address only.
pub(super) fn guest(world: &mut World) -> Check {
    let email = world.rng.pick(&world.persons).email().to_owned();
    let answer = world.call(&Call::from(Act::Guest(email.clone())))?;
    let Some((_, _, code)) = link(world, &answer)? else {
        return Ok(());
    };
    let id = pseudonym_of(world, &code)?;
    let record = world.model.people.introduce_guest(&email, &id);
    told(world, record, &id, &code)
}

/// Whose code it is. A guest is not told, because a pseudonym says when it was made.
fn pseudonym_of(world: &World, code: &str) -> Check<String> {
    let query = format!("SELECT id FROM people WHERE code = '{code}'");
    match world.ledger.query(&query)?.pop().as_deref() {
        Some([Cell::Text(id)]) => Ok(id.clone()),
        other => Err(format!("nobody has the code {code}: {other:?}").into()),
    }
}

/// Status, pseudonym and code of an answer; nothing when the program has rightly refused.
fn link(world: &World, answer: &Answer) -> Check<Option<(u16, String, String)>> {
    let (_, terms) = world.model.newest();
    if !terms.active {
        let refused = goodword_edge::native::Outcome::Refused("program_ended");
        must_equal(AGREES, "a stopped program", &answer.outcome, &refused)?;
        return Ok(None);
    }
    let (status, body) = answer.done()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Some((
        status,
        text(&body["referrer"]["id"]),
        text(&body["code"]),
    )))
}

fn told(world: &mut World, record: usize, id: &str, code: &str) -> Check {
    let record = &mut world.model.people.0[record];
    must_equal(ONE, "pseudonym", &id.to_owned(), &record.id)?;
    let known = record.code.get_or_insert_with(|| code.to_owned());
    must_equal(ONE, "code", &code, &known.as_str())
}

/// Somebody whose code is known to somebody.
pub(super) fn some_code(world: &World) -> Option<String> {
    let codes: Vec<&String> = world
        .model
        .people
        .0
        .iter()
        .filter_map(|record| record.code.as_ref())
        .collect();
    (!codes.is_empty()).then(|| (*world.rng.pick(&codes)).clone())
}

/// Somebody whom the shop can vouch for.
pub(super) fn some_customer(world: &World) -> Option<Naming> {
    let naming = world.rng.pick(&world.persons).naming(&world.rng);
    naming.customer.is_some().then_some(naming)
}
