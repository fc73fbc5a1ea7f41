//! Orders are taken back: in part, wholly, again, in any order, and before anybody has heard of them.

use goodword_edge::native::Outcome;
use goodword_shared::money::MINOR_UNITS_MAX;
use serde_json::{Value, json};

use super::orders::some_currency;
use crate::books::check_order;
use crate::call::{Act, Call};
use crate::model::Fact;
use crate::model::life::Undo;
use crate::model::rules::HUGE_REFUNDS_ADD_UP;
use crate::repeat::Said;
use crate::violation::{Check, must_equal};
use crate::world::World;

const FACTS: &str = "a fact about an order counts once, and never changes";

/// A refund, a cancellation, or a step of a dispute.
pub(super) fn undo(world: &mut World) -> Check {
    let lost = some_lost_dispute(world).filter(|_| world.rng.chance(15));
    let Some(order) = lost
        .as_ref()
        .map(|(order, _)| order.clone())
        .or_else(|| some_order(world))
    else {
        return Ok(());
    };
    let (fact, report) = match lost {
        Some((order, dispute)) => disputed(&order, Undo::Won(dispute)),
        None => random_undo(world, &order),
    };
    let key = fact.key.clone();
    let mut call = Call::from(Act::Report(report));
    if world.rng.chance(20) {
        call = call.keyed(world.fresh_key());
    }
    let answer = world.call(&call)?;
    let of_order = world.model.orders.get(&order);
    let of_order = of_order.map(|accepted| accepted.order.currency);
    let is_foreign = |fact: &Fact| {
        of_order
            .zip(fact.currency)
            .is_some_and(|(own, named)| own != named)
    };
    let facts = world.model.undos.get(&order).into_iter().flatten();
    let mut named = facts.filter(|other| other.key == key);
    // What came first in another currency stays, and does not stand in the way of the same in the order's own.
    let known = match named.next() {
        Some(first) if is_foreign(first) && !is_foreign(&fact) => named.next(),
        first => first,
    };
    let is_foreign = is_foreign(&fact);
    match known.map(|known| (known.undo, known.currency) == (fact.undo, fact.currency)) {
        None if is_foreign => {
            let refused = Outcome::Refused("wrong_currency");
            must_equal(FACTS, &key, &answer.outcome, &refused)
        }
        Some(false) => {
            let refused = Outcome::Refused("exists_with_different_fact");
            must_equal(FACTS, &key, &answer.outcome, &refused)
        }
        Some(true) => must_equal(FACTS, &key, &answer.done()?.0, &200),
        None => {
            let (status, body) = answer.done()?;
            must_equal(FACTS, &key, &status, &201)?;
            let early = !world.model.orders.contains_key(&order);
            must_equal(
                FACTS,
                "order known",
                &body["order_known"],
                &Value::from(!early),
            )?;
            world.figures.undos += 1;
            world.figures.early += u64::from(early);
            world.said.push(Said {
                call,
                outcome: answer.outcome,
                at: answer.now,
            });
            world.model.undo_accepted(&order, fact, answer.now);
            check_order(&world.ledger, &world.model, &order)
        }
    }
}

/// An order, most likely one that has earned something, perhaps one that nobody has heard of yet.
fn some_order(world: &World) -> Option<String> {
    let rng = &world.rng;
    if rng.chance(15) {
        return Some(format!("o{}", world.orders + 1 + rng.below(4)));
    }
    let orders = || world.model.orders.values();
    let earned = orders().filter(|accepted| accepted.decision.referrer.is_some());
    let among: Vec<_> = if rng.chance(60) {
        earned.collect()
    } else {
        orders().collect()
    };
    (!among.is_empty()).then(|| rng.pick(&among).order.id.clone())
}

/// A fact, and its report.
fn random_undo(world: &World, order: &str) -> (Fact, Value) {
    let rng = &world.rng;
    let known = world.model.orders.get(order);
    let known = known.map(|accepted| (accepted.order.total, accepted.order.currency));
    let (total, currency) = known.unwrap_or_else(|| (5_000, some_currency(rng)));
    let currency = if rng.chance(5) {
        some_currency(rng)
    } else {
        currency
    };
    let fact = |key: String, undo: Undo, currency| Fact {
        moment: 0,
        key,
        undo,
        currency,
    };
    let huge = if HUGE_REFUNDS_ADD_UP {
        MINOR_UNITS_MAX
    } else {
        total
    };
    let dispute = u8::try_from(rng.below(2)).unwrap_or_default();
    match rng.below(100) {
        0..50 => {
            let amount = *rng.pick(&[total, total / 2, total / 3, 1, 0, total * 2, huge]);
            let id = format!("r{}", rng.below(3));
            let report = json!({
                "kind": "refund", "order_id": order, "refund_id": id, "amount": amount, "currency": currency,
            });
            let key = format!("refund:{id}");
            (fact(key, Undo::Refund(amount), Some(currency)), report)
        }
        50..62 => {
            let report = json!({"kind": "cancellation", "order_id": order});
            (fact("cancellation".into(), Undo::Cancelled, None), report)
        }
        62..74 => {
            let (id, at) = (dispute, rng.between(1, 4));
            let edited = *rng.pick(&[0, total / 2, total / 3, total, total * 2]);
            let report = json!({
                "kind": "order_edit", "order_id": order, "edit_id": format!("e{id}"), "at": at, "total": edited, "currency": currency,
            });
            let key = format!("edit:{id}");
            (
                fact(key, Undo::Edited(at, id, edited), Some(currency)),
                report,
            )
        }
        74..84 => disputed(order, Undo::Opened(dispute)),
        84..92 => disputed(order, Undo::Won(dispute)),
        _ => disputed(order, Undo::Lost(dispute)),
    }
}

fn disputed(order: &str, undo: Undo) -> (Fact, Value) {
    let (state, id) = match undo {
        Undo::Won(id) => ("won", id),
        Undo::Lost(id) => ("lost", id),
        Undo::Opened(id) => ("opened", id),
        Undo::Refund(_) | Undo::Cancelled | Undo::Edited(..) => {
            unreachable!("no step of a dispute")
        }
    };
    let report = json!({"kind": "dispute", "order_id": order, "dispute_id": format!("d{id}"), "state": state});
    let fact = Fact {
        moment: 0,
        key: format!("{state}:{id}"),
        undo,
        currency: None,
    };
    (fact, report)
}

/// A dispute that was lost and may yet be won: rare by chance, and hard to get right.
fn some_lost_dispute(world: &World) -> Option<(String, u8)> {
    let mut lost = Vec::new();
    for (order, facts) in &world.model.undos {
        let is = |wanted: Undo| facts.iter().any(|fact| fact.undo == wanted);
        let ids = (0..2).filter(|id| is(Undo::Lost(*id)) && !is(Undo::Won(*id)));
        lost.extend(ids.map(|id| (order.clone(), id)));
    }
    (!lost.is_empty()).then(|| world.rng.pick(&lost).clone())
}
