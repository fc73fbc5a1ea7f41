//! The shop reports what is no order: somebody registered, or is a good lead.

use goodword_edge::native::Outcome;
use serde_json::{Value, json};

use super::people::some_code;
use super::reviews::verdict;
use crate::books::check_order;
use crate::call::{Act, Call};
use crate::model::{DAY_MS, Event};
use crate::violation::{Check, must_equal};
use crate::world::World;

const AGREES: &str = "the ledger takes events as the model does";

/// An event, perhaps one that is known, perhaps of a friend.
pub(super) fn event(world: &mut World) -> Check {
    let rng = &world.rng;
    let id = format!("e{}", rng.below(40));
    let kind = (*rng.pick(&["registered", "lead_qualified", "registered", "other"])).to_owned();
    let naming = rng.pick(&world.persons).naming(rng);
    let code = some_code(world).filter(|_| world.rng.chance(60));
    let at = world
        .rng
        .chance(40)
        .then(|| world.clock - world.rng.between(-60_000, 12 * DAY_MS));
    let body = json!({
        "kind": kind, "event_id": id, "customer": {"id": naming.customer, "email": naming.email},
        "at": at, "referral_code": code,
    });
    let mut call = Call::from(Act::Event(body));
    if world.rng.chance(25) {
        call = call.keyed(world.fresh_key());
    }
    let answer = world.call(&call)?;
    let same = (kind.clone(), naming.clone());
    let wanted = match world.model.events.get(&id) {
        _ if naming.is_nobody() => Err("invalid_body"),
        None => Ok(201),
        Some(known) if *known == same => Ok(200),
        Some(_) => Err("exists_with_different_fact"),
    };
    let found = match &answer.outcome {
        Outcome::Done(status, _) => Ok(*status),
        Outcome::Refused(code) => Err(*code),
        Outcome::Broken(what) => return Err(what.clone().into()),
    };
    must_equal(AGREES, &id, &found, &wanted)?;
    if found != Ok(201) {
        return Ok(());
    }
    let (_, told) = answer.done()?;
    let invitee = told["invitee"].as_str().unwrap_or_default();
    let at = at.unwrap_or(answer.now).clamp(0, answer.now);
    world.model.events.insert(id.clone(), same);
    let event = Event {
        id,
        kind,
        naming,
        code,
        at,
    };
    let judged = verdict(world, &format!("event:{}", event.id))?;
    let model = &mut world.model;
    let decided = model.event_accepted(&event, judged, answer.now, invitee);
    let converted = decided.cloned();
    if let Some(accepted) = &converted {
        let id = &accepted.order.id;
        let earned = world
            .model
            .rewards
            .iter()
            .filter(|reward| reward.order == *id);
        world.figures.rewards += earned.count() as u64;
    }
    must_equal(
        AGREES,
        "converted",
        &told["converted"],
        &Value::from(
            converted
                .as_ref()
                .is_some_and(|one| one.decision.referrer.is_some()),
        ),
    )?;
    match converted {
        Some(accepted) => check_order(&world.ledger, &world.model, &accepted.order.id),
        None => Ok(()),
    }
}
