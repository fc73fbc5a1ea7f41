//! Goes through all people once a week, and forgets whoever has not been heard of for long (`shared/src/retention.rs`).
//!
//! An index of when each was last heard of would cost a row of every order; a round through all of them costs less than the
//! orders of one day. Where a part of it has erased somebody, the next one comes a minute later: until then the ledger is there
//! for everybody else.

use goodword_shared::attribution::Identity;
use goodword_shared::id::Pseudonym;
use goodword_shared::retention::{Fate, Kept, LastSeen};

use super::erase_person::{forget_guest, unname};
use crate::json::object;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::retention::{LOOKED_AT, Sweep};

/// Days between two rounds: so much longer may somebody be kept.
const EVERY_DAYS: u32 = 7;

/// People erased in one transaction whom something names, because each takes a look at every order, for which nobody else should
/// wait long: among a million orders it took 3 s (measured once, by hand). All guests whom nothing names go together, with one look.
const NAMED_MAX: usize = 1;

/// Pause after somebody was erased.
const PAUSE_MS: i64 = 60_000;

/// Goes on with the round, a part of it, when it is due; nothing else waits for the rest of it.
pub(crate) fn sweep(context: &Context<'_>) -> Result<(), Failure> {
    let (store, now) = (context.store, context.now);
    let sweep = store.sweep()?;
    if sweep.due > now {
        return Ok(());
    }
    let people = store.last_seen(&sweep.after, Kept::Guest.oldest(now))?;
    let mut is_last = people.len() < LOOKED_AT;
    let go = |(_, seen): &&(Pseudonym, LastSeen)| seen.fate(now) == Fate::Erased;
    let going: Vec<&Pseudonym> = people.iter().filter(go).map(|(id, _)| id).collect();
    let named = if going.is_empty() {
        Vec::new()
    } else {
        store.named_guests(&list(&going))?
    };
    let (mut after, mut erased) = (sweep.after, 0_usize);
    let mut forgotten = Vec::new();
    for (id, seen) in &people {
        match seen.fate(now) {
            Fate::Stays => {}
            Fate::Unreadable => {
                store.drop_contact(id)?;
                let entry = Entry {
                    kind: "contact.dropped",
                    person: Some(id),
                    other: None,
                    order: None,
                    data: object!({}),
                };
                store.log(&entry, now)?;
            }
            Fate::Erased if named.contains(id) => {
                if erased >= NAMED_MAX {
                    is_last = false;
                    break;
                }
                if let Some(person) = store.person_by_id(id)? {
                    // A customer may have the same address, and has been heard of.
                    unname(context, &person, &Identity::default())?;
                }
                erased = erased.saturating_add(1);
            }
            Fate::Erased => {
                if let Some(guest) = store.person_by_id(id)? {
                    forget_guest(context, &guest)?;
                }
                forgotten.push(id);
            }
        }
        after.clone_from(&id.0);
    }
    if !forgotten.is_empty() {
        store.drop_shown_by(&list(&forgotten))?;
    }
    let next = if is_last {
        Sweep {
            due: now.plus_days(EVERY_DAYS),
            after: String::new(),
        }
    } else {
        let pause = if going.is_empty() { 0 } else { PAUSE_MS };
        let due = now.plus_ms(pause);
        Sweep { due, after }
    };
    store.set_sweep(&next)?;
    Ok(())
}

/// Pseudonyms as a list in JSON: they are nothing but digits.
fn list(people: &[&Pseudonym]) -> String {
    let ids: Vec<&str> = people.iter().map(|id| id.0.as_str()).collect();
    format!("[\"{}\"]", ids.join("\",\""))
}
