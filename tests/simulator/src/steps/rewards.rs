//! The merchant reviews rewards and hands them over; referrers choose what to earn, and spend what they have.

use goodword_edge::native::{Cell, Outcome};
use serde_json::{Value, json};

use super::orders::some_currency;
use crate::books::check_order;
use crate::call::{Act, Call};
use crate::model::life::State;
use crate::model::terms::fixed;
use crate::violation::{Check, must, must_equal};
use crate::world::{World, unexpected};

const STEPS: [&str; 6] = ["approve", "reject", "fulfil", "fail", "redeem", "void"];

const STEPPED: &str = "a merchant's step is taken where it is allowed, and refused where it is not";
const TAKEN: &str = "credit is taken once, and never more than there is";
const CHOSEN: &str = "a referrer chooses among what is offered";

/// A step of a random kind on a random reward.
pub(super) fn step(world: &mut World) -> Check {
    if world.model.rewards.is_empty() {
        return Ok(());
    }
    let index = world.rng.below(world.model.rewards.len());
    let reward = world.model.rewards[index].clone();
    let owner = &world.model.people.0[reward.owner].id;
    let stored = world.ledger.query(&format!(
        "SELECT id FROM rewards WHERE order_id = '{}' AND owner = '{owner}' AND milestone = {}",
        reward.order, reward.milestone
    ))?;
    let Some(Cell::Text(id)) = stored.first().map(|row| &row[0]) else {
        return Err(format!("no reward of {}", reward.order).into());
    };
    let name = *world.rng.pick(&STEPS);
    let command = json!({"StepReward": {"id": id, "step": name, "reason": "by_chance"}});
    let before = world.model.reward(&reward);
    let waits = before.state == State::Pending && !before.approved;
    let reviewing = waits && reward.reviewed == usize::MAX;
    let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
    let answer = world.call(&call)?;
    let outcome = match &answer.outcome {
        Outcome::Done(..) => answer.done()?.1["outcome"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        Outcome::Refused(code) => (*code).to_owned(),
        Outcome::Broken(_) => return Err(unexpected(&answer.outcome)),
    };
    let refused = "reward_step_not_allowed";
    // Of what waits the model knows everything; of what was approved, what its owner owes would have to be known as well.
    if waits {
        let wanted = match name {
            "void" => "changed",
            "approve" | "reject" if reviewing => "changed",
            "approve" if reward.reviewed > 0 => "exists",
            _ => refused,
        };
        must_equal(STEPPED, name, &outcome.as_str(), &wanted)?;
    }
    must(
        ["changed", "exists", refused].contains(&outcome.as_str()),
        STEPPED,
        || format!("{name}: {outcome}"),
    )?;
    match (name, outcome.as_str()) {
        ("void" | "reject", "changed") => world.model.vetoed(index),
        ("redeem", "changed") => world.model.rewards[index].used = true,
        ("approve", "changed") => world.model.review_passed(index, answer.now),
        _ => {}
    }
    check_order(&world.ledger, &world.model, &reward.order)
}

/// A customer spends credit, or tries to.
pub(super) fn take(world: &mut World) -> Check {
    let customers: Vec<String> = world
        .model
        .people
        .0
        .iter()
        .filter_map(|one| one.named.customer.clone())
        .collect();
    if customers.is_empty() {
        return Ok(());
    }
    let customer = world.rng.pick(&customers).clone();
    let currency = some_currency(&world.rng);
    let read = |world: &mut World| -> Check<i64> {
        let command = json!({"ReadCredit": {"customer_id": customer}});
        let body = world.call(&Act::Read(command, true).into())?.done()?.1;
        let all = body["credit"].as_array().into_iter().flatten();
        let mut own = all.filter(|credit| credit["currency"] == currency);
        let credit = own.next().map(|credit| credit["amount"].clone());
        must_equal::<usize>(TAKEN, "each currency once", &own.count(), &0)?;
        Ok(credit
            .and_then(|amount| amount.as_i64())
            .unwrap_or_default())
    };
    let credit = read(world)?;
    let amount = *world.rng.pick(&[1, 100, credit.max(1), credit.max(0) + 1]);
    let id = format!("take-{}", world.fresh_key());
    let take = |amount: i64| {
        Call::from(Act::Merchant(json!({
            "TakeCredit": {"take_id": id, "customer_id": customer, "amount": amount, "currency": currency},
        })))
    };
    let answer = world.call(&take(amount))?;
    if amount > credit {
        let refused = Outcome::Refused("not_enough_credit");
        return must_equal(TAKEN, &id, &answer.outcome, &refused);
    }
    must_equal(TAKEN, "status", &answer.done()?.0, &201)?;
    must_equal(TAKEN, "what is left", &read(world)?, &(credit - amount))?;
    let other = world.call(&take(amount + 1))?;
    let refused = Outcome::Refused("exists_with_different_fact");
    must_equal(
        TAKEN,
        "another use of the same id",
        &other.outcome,
        &refused,
    )
}

/// A referrer chooses the other reward, the usual one, or one that is not offered.
pub(super) fn choose(world: &mut World) -> Check {
    let naming = world.rng.pick(&world.persons).naming(&world.rng);
    let (_, terms) = world.model.newest();
    let (terms, known) = (terms.clone(), world.model.people.own(&naming));
    let Some(person) = known.filter(|_| naming.customer.is_some()) else {
        return Ok(());
    };
    let usual = terms.to_json()["reward"].clone();
    let (reward, choice) = match (terms.choice, world.rng.below(3)) {
        (Some(amount), 0) => (fixed(terms.kind, amount), Some((terms.kind, amount))),
        (_, 1) => (usual.clone(), None),
        _ => (fixed(terms.kind, 12_345), None),
    };
    let answer = world.call(&Act::Choose(naming.clone(), reward.clone()).into())?;
    if !terms.active {
        let refused = Outcome::Refused("program_ended");
        return must_equal(CHOSEN, "a stopped program", &answer.outcome, &refused);
    }
    if reward == fixed(terms.kind, 12_345) {
        let refused = Outcome::Refused("invalid_body");
        return must_equal(CHOSEN, "not on offer", &answer.outcome, &refused);
    }
    let (_, body) = answer.done()?;
    must_equal::<Value>(
        CHOSEN,
        "whose",
        &body["referrer"]["id"],
        &json!(world.model.people.0[person].id),
    )?;
    world
        .model
        .people
        .introduce(&naming, &world.model.people.0[person].id.clone());
    world.model.people.0[person].choice = choice;
    Ok(())
}
