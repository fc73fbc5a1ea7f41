//! Referrals are judged, and the merchant says a word on those that wait; now and then a card is blocked.

use goodword_edge::native::{Cell, Outcome};
use serde_json::json;

use crate::books::check_order;
use crate::call::{Act, Call};
use crate::model::Verdict;
use crate::violation::{Check, must_equal};
use crate::world::{World, unexpected};

const JUDGED: &str = "a verdict follows from the points of its signals";
const QUEUE: &str = "the queue is what waits by the model";
const SAID: &str = "a word is taken on what waits, and refused on what does not";

/// How the ledger has judged the referral of an order, once it is sure that this follows from the signals.
pub(super) fn verdict(world: &World, order: &str) -> Check<Verdict> {
    let risk = "decision -> '$.risk'";
    let rows = world.ledger.query(&format!(
        "SELECT {risk} ->> '$.assessment.verdict', {risk} ->> '$.assessment.score', {risk} ->> '$.thresholds.review',
            {risk} ->> '$.thresholds.block', (SELECT coalesce(sum(value ->> 'points'), 0)
                FROM json_each(decision, '$.risk.assessment.signals'))
            FROM orders WHERE id = '{order}' AND {risk} IS NOT NULL"
    ))?;
    let Some(
        [
            Cell::Text(verdict),
            Cell::Integer(score),
            Cell::Integer(review),
            Cell::Integer(block),
            points,
        ],
    ) = rows.first().map(Vec::as_slice)
    else {
        return Ok(Verdict::Allow);
    };
    must_equal(JUDGED, order, &Cell::Integer(*score), points)?;
    let renews = world.ledger.query(&format!(
        "SELECT 1 FROM orders WHERE id = '{order}' AND decision ->> '$.reason' = 'renewal'"
    ))?;
    // What was allowed to begin is looked at, and not refused unseen.
    let (wanted, verdict_is) = if score >= block && renews.is_empty() {
        ("block", Verdict::Block)
    } else if score >= review {
        ("review", Verdict::Review)
    } else {
        ("allow", Verdict::Allow)
    };
    must_equal(JUDGED, order, &verdict.as_str(), &wanted)?;
    Ok(verdict_is)
}

/// The merchant says something of a referral, which waits more often than not.
pub(super) fn review(world: &mut World) -> Check {
    let queue = world.call(&Act::Read(json!({"ListReviews": {"after": ""}}), true).into())?;
    let (_, queue) = queue.done()?;
    let waiting = queue["reviews"].as_array().cloned().unwrap_or_default();
    let model = &world.model;
    let any = model.rewards.iter().any(|one| model.is_reviewed(one));
    must_equal(QUEUE, "whether anything waits", &!waiting.is_empty(), &any)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let referral = world.rng.pick(&waiting)["referral"].clone();
    let approved = world.rng.chance(60);
    let command =
        json!({"Review": {"referral": referral, "approved": approved, "note": "by chance"}});
    let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
    let answer = world.call(&call)?;
    let (_, body) = answer.done()?;
    must_equal(SAID, "outcome", &body["outcome"], &json!("changed"))?;
    let order = body["order_id"].as_str().unwrap_or_default();
    world.model.words.insert(order.to_owned(), approved);
    for id in body["rewards"].as_array().into_iter().flatten() {
        let id = id.as_str().unwrap_or_default();
        let index = index_of(world, id)?;
        if approved {
            world.model.review_passed(index, answer.now);
        } else {
            world.model.vetoed(index);
        }
    }
    let other = json!({"Review": {"referral": referral, "approved": !approved, "note": null}});
    let other = world.call(&Act::Merchant(other).into())?;
    let refused = Outcome::Refused("reward_step_not_allowed");
    must_equal(SAID, "the other word", &other.outcome, &refused)?;
    check_order(&world.ledger, &world.model, order)
}

/// Which of the model's rewards a stored one is.
fn index_of(world: &World, id: &str) -> Check<usize> {
    let rows = world.ledger.query(&format!(
        "SELECT order_id, owner, milestone FROM rewards WHERE id = '{id}'"
    ))?;
    let Some(
        [
            Cell::Text(order),
            Cell::Text(owner),
            Cell::Integer(milestone),
        ],
    ) = rows.first().map(Vec::as_slice)
    else {
        return Err(format!("no reward {id}").into());
    };
    let model = &world.model;
    let found = model.rewards.iter().position(|one| {
        let people = &model.people.0;
        one.order == *order
            && people[one.owner].id == *owner
            && i64::try_from(one.milestone) == Ok(*milestone)
    });
    found.ok_or_else(|| format!("a reward {id} that the model does not have").into())
}

/// A card is blocked, or no longer.
pub(super) fn block(world: &mut World) -> Check {
    let card = format!("card{}", world.rng.between(1, 7));
    world.model.blocked.push(card.clone());
    let command = json!({"AddBlocks": {"entries": [{"kind": "payment", "value": card}]}});
    let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
    let (_, body) = world.call(&call)?.done()?;
    if world.rng.chance(70) {
        let id = body["blocks"][0]["id"].clone();
        let command = json!({"RemoveBlock": {"id": id}});
        let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
        let gone = world.call(&call)?;
        match &gone.outcome {
            Outcome::Done(200, _) => world.model.blocked.retain(|one| *one != card),
            other => return Err(unexpected(other)),
        }
    }
    Ok(())
}
