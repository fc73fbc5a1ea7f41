//! Guests who have not been heard of for long, and are forgotten: no sooner than the table says, and nobody else.
//!
//! When the round through all people comes by is the ledger's own business: the model is told who was erased, holds the
//! ledger to its own log, and forgets them too.

use goodword_edge::native::Cell;
use goodword_shared::retention::Kept;
use goodword_shared::time::Millis;

use crate::model::people::Naming;
use crate::violation::{Check, must};
use crate::world::World;

const FORGETS: &str =
    "only guests who have brought nobody are forgotten, and only after their days";

/// After everything that was due at a time is done.
pub fn check_forgotten(world: &mut World) -> Check {
    let erased = world.ledger.query(
        "SELECT e.person, e.at, (SELECT max(at) FROM log WHERE kind NOT IN ('person.erased', 'claim.refused') AND person = e.person),
            EXISTS (SELECT 1 FROM referrals WHERE referrer = e.person)
                OR EXISTS (SELECT 1 FROM touches WHERE referrer = e.person AND discount_code IS NOT NULL)
            FROM log e WHERE kind = 'person.erased' ORDER BY seq",
    )?;
    for row in erased {
        let [
            Cell::Text(id),
            Cell::Integer(at),
            Cell::Integer(last),
            Cell::Integer(brought),
        ] = row.as_slice()
        else {
            return Err("an erased person of another form".to_owned().into());
        };
        let records = &mut world.model.people.0;
        let found = records.iter().position(|record| record.id == *id);
        let index = found.ok_or_else(|| format!("an unknown person {id} was erased"))?;
        let record = &mut records[index];
        if record.named.is_nobody() {
            continue;
        }
        let is_old = Millis(*last) <= Kept::Guest.oldest(Millis(*at));
        let is_bare = record.guest && record.orders == 0 && *brought == 0;
        must(is_bare && is_old, FORGETS, || {
            format!("{record:?} at {at}, heard of at {last}")
        })?;
        record.named = Naming::default();
        record.code = None;
        for other in records {
            other.bonds.retain(|bond| bond.referrer != index);
        }
        world.figures.forgotten += 1;
    }
    Ok(())
}
