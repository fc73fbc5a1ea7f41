//! Applies a step in a reward's life: the reward, its money, the log, and the events, together.

use goodword_shared::id::Pseudonym;
use goodword_shared::message::share_message;
use goodword_shared::reward::{Change, RewardEvent};
use serde_json::json;

use super::facts;
use super::reward_now::RewardNow;
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
    for event in &change.events {
        tell(context, referral, row, *event)?;
    }
    Ok(())
}

fn tell(
    context: &Context<'_>,
    referral: &Referral,
    row: &RewardRow,
    event: RewardEvent,
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
        data: json!({ "reward": facts, "referral": referral.id }),
    };
    let (seq, hash) = context.store.log(&entry, context.now)?;
    let program = context.program()?;
    let Some(address) = &program.settings.webhook_url else {
        return Ok(());
    };
    let sequence = context.store.next_event(&referral.id.0)?;
    let referrer = person(context, &referral.referrer)?;
    let owner = if *owner == referral.referrer {
        referrer.clone()
    } else {
        person(context, owner)?
    };
    let payload = json!({
        "type": event.name(),
        "timestamp": context.now,
        "data": {
            "program": context.program_id,
            "reward": facts,
            "referral": {
                "id": referral.id, "order_id": row.origin.order, "invitee": referral.invitee, "sequence": sequence,
            },
            "referrer": {
                "id": referral.referrer, "customer_id": referrer.identity.customer, "code": referrer.code,
            },
            "owner": { "id": owner.id, "customer_id": owner.identity.customer },
            // Whoever tells the owner asks for the next share in the same message.
            "share": {
                "link": format!("{}{}", context.link_base, owner.code.as_str()),
                "message": share_message(&program),
            },
            "log": { "seq": seq, "hash": hash },
        },
    });
    let message =
        json!({ "id": format!("evt_{}_{sequence}", referral.id), "body": payload.to_string() });
    context
        .store
        .send(Kind::Webhook, address, &message.to_string(), context.now);
    Ok(())
}

fn person(context: &Context<'_>, id: &Pseudonym) -> Result<Person, Failure> {
    let person = context.store.person_by_id(id)?;
    person.ok_or_else(|| Failure::Broken("a reward of nobody".into()))
}
