//! Rewards that nobody has collected in time: the ledger may end them then, and not before, and must.
//!
//! Whether a thing still waits to be collected depends on what its owner owed and on what the merchant has said, which the
//! model does not follow: it is told which rewards have ended, and what of them had paid off debts, and holds the ledger to
//! the terms and to the journal.

use goodword_edge::native::Cell;

use crate::model::DAY_MS;
use crate::violation::{Check, must, must_equal};
use crate::world::World;

const EXPIRES: &str = "what nobody collects in time is lost, no sooner and no later";

/// After everything that was due at a time is done.
pub fn check_expiry(world: &mut World, now: i64) -> Check {
    let rows = world.ledger.query(
        "SELECT order_id, owner, milestone, state, expires_at, frozen, amount - lost,
            (SELECT coalesce(sum(amount), 0) FROM journal WHERE reward = id AND credit LIKE 'receivable:%')
                - (SELECT coalesce(sum(amount), 0) FROM journal WHERE reward = id AND debit LIKE 'receivable:%')
            FROM rewards WHERE state IN ('approved', 'expired') ORDER BY id",
    )?;
    for row in rows {
        let [
            Cell::Text(order),
            Cell::Text(owner),
            Cell::Integer(milestone),
            Cell::Text(state),
            expires_at,
            Cell::Integer(frozen),
            Cell::Integer(kept),
            Cell::Integer(paid_off),
        ] = row.as_slice()
        else {
            return Err("a reward of another form".to_owned().into());
        };
        let found = world.model.rewards.iter().position(|one| {
            let is_own = world.model.people.0[one.owner].id == *owner;
            one.order == *order && is_own && i64::try_from(one.milestone) == Ok(*milestone)
        });
        let index = found.ok_or_else(|| format!("an unknown reward of {order}"))?;
        let reward = &world.model.rewards[index];
        let version = world.model.orders[order].decision.version;
        let days = world.model.terms(version).expires;
        let at = match expires_at {
            Cell::Integer(at) => Some(*at),
            _ => None,
        };
        if let (Some(at), Some(days)) = (at, days) {
            let least = reward.payable_at + days * DAY_MS;
            must(at >= least, EXPIRES, || format!("{order}: {at} < {least}"))?;
        }
        must(at.is_some() == days.is_some(), EXPIRES, || {
            format!("{order} expires at {at:?} with {days:?}")
        })?;
        if state == "approved" {
            let is_over = at.is_some_and(|at| at <= now);
            must(!is_over || *frozen != 0, EXPIRES, || {
                format!("{order} is not over at {now}")
            })?;
        } else if reward.expired.map(|(_, kept)| kept) != Some(*kept) {
            must(at.is_some_and(|at| at <= now), EXPIRES, || {
                format!("{order} has ended at {now}, and not at {at:?}")
            })?;
            must_equal(EXPIRES, &format!("what is kept of {order}"), kept, paid_off)?;
            world.model.expired(index, *kept);
            world.figures.expired += 1;
        }
    }
    Ok(())
}
