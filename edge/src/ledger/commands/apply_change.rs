//! Applies a step in a reward's life: the reward, its money, the log, and the events, together.

use goodword_shared::id::Pseudonym;
use goodword_shared::journal::Posting;
use goodword_shared::message::share_message;
use goodword_shared::reward::{Change, RewardEvent};

use super::facts;
use super::reward_now::RewardNow;
use crate::json::{Json, list, object};
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::{Origin, RewardRow};

/// Whether the reward is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// It has just been earned.
    Earned,
    /// It was stored before.
    Changed,
}

/// Writes a reward that has just been earned.
pub(crate) fn add_reward(
    context: &Context<'_>,
    referral: &Referral,
    origin: Origin,
    change: &Change,
) -> Result<RewardRow, Failure> {
    let row = RewardRow {
        reward: change.after.clone(),
        origin,
    };
    context.store.add_reward(&row)?;
    follow(context, referral, &row, change, Occasion::Earned)?;
    Ok(row)
}

/// Writes what has become of a stored reward.
pub(crate) fn change_reward(
    context: &Context<'_>,
    referral: &Referral,
    before: &RewardRow,
    change: &Change,
) -> Result<(), Failure> {
    context.store.update_reward(before, &change.after)?;
    let row = RewardRow {
        reward: change.after.clone(),
        origin: before.origin.clone(),
    };
    follow(context, referral, &row, change, Occasion::Changed)
}

fn follow(
    context: &Context<'_>,
    referral: &Referral,
    row: &RewardRow,
    change: &Change,
    occasion: Occasion,
) -> Result<(), Failure> {
    context
        .store
        .post(&change.postings, &row.reward.id, context.now)?;
    facts::rewarded(context, referral, row, change, occasion)?;
    let is_told = context.program()?.settings.webhook_url.is_some();
    let count = u32::try_from(change.events.len()).unwrap_or_default();
    // All at once: each time the referral is written is a row.
    let first = if is_told && count > 0 {
        context.store.take_sequence(&referral.id.0, count)?
    } else {
        0
    };
    // What has moved stands in the line of the first.
    let mut moved = change.postings.as_slice();
    for (event, sequence) in change.events.iter().zip(first..) {
        tell(context, referral, row, (*event, sequence), moved)?;
        moved = &[];
    }
    Ok(())
}

/// Logs an event, and sends it under this sequence number where the merchant wants to hear of it.
fn tell(
    context: &Context<'_>,
    referral: &Referral,
    row: &RewardRow,
    (event, sequence): (RewardEvent, u32),
    moved: &[Posting],
) -> Result<(), Failure> {
    let facts = RewardNow::of(row)?;
    // On both people's records, its owner's first.
    let owner = &row.reward.owner;
    let other = if *owner == referral.invitee {
        &referral.referrer
    } else {
        &referral.invitee
    };
    let entry = Entry {
        kind: event.name(),
        person: Some(owner),
        other: Some(other),
        order: Some(&row.origin.order),
        data: object!({ "moved": movements(moved), "referral": referral.id, "reward": facts }),
    };
    let (seq, hash) = context.store.log(&entry, context.now)?;
    let program = context.program()?;
    let Some(address) = &program.settings.webhook_url else {
        return Ok(());
    };
    let referrer = person(context, &referral.referrer)?;
    let owner = if *owner == referral.referrer {
        referrer.clone()
    } else {
        person(context, owner)?
    };
    let data = object!({
        "log": object!({ "hash": hash, "seq": seq }),
        "owner": object!({ "customer_id": owner.identity.customer, "id": owner.id }),
        "program": context.program_id,
        "referral": object!({
            "id": referral.id, "invitee": referral.invitee, "order_id": row.origin.order, "sequence": sequence,
        }),
        "referrer": object!({
            "code": referrer.code, "customer_id": referrer.identity.customer, "id": referral.referrer,
        }),
        "reward": facts,
        // Whoever tells the owner asks for the next share in the same message.
        "share": object!({
            "link": format!("{}{}", context.link_base, owner.code.as_str()), "message": share_message(&program),
        }),
    });
    let payload = object!({ "data": data, "timestamp": context.now, "type": event.name() });
    let message = object!({ "body": payload.0, "id": format!("evt_{}_{sequence}", referral.id) });
    context
        .store
        .send(Kind::Webhook, address, &message.0, context.now);
    Ok(())
}

/// Movements of money as the log has them, so that its chain vouches for the journal.
pub(crate) fn movements(postings: &[Posting]) -> Json {
    let moved: Vec<Json> = postings
        .iter()
        .map(|posting| {
            object!({
                "amount": posting.amount.minor(), "credit": posting.credit.key(), "currency": posting.amount.currency(),
                "debit": posting.debit.key(),
            })
        })
        .collect();
    list(&moved)
}

fn person(context: &Context<'_>, id: &Pseudonym) -> Result<Person, Failure> {
    let person = context.store.person_by_id(id)?;
    person.ok_or_else(|| Failure::Broken("a reward of nobody".into()))
}
