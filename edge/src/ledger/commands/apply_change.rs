//! Applies a step in a reward's life: the reward, its money, the log, and the events, together.

use goodword_shared::message::share_message;
use goodword_shared::reward::{Change, RewardEvent};
use serde_json::{Value as Json, json};

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::{Origin, RewardRow};

/// Writes a reward that has just been earned.
pub(crate) fn add_reward(
    context: &Context<'_>,
    referral: &Referral,
    origin: Origin,
    change: &Change,
) -> Result<(), Failure> {
    let row = RewardRow {
        reward: change.after.clone(),
        origin,
    };
    context.store.add_reward(&row)?;
    follow(context, referral, &row, change)
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
    follow(context, referral, &row, change)
}

/// What the log and the merchant are told of a reward.
pub(crate) fn facts(row: &RewardRow) -> Result<Json, Failure> {
    let RewardRow { reward, origin } = row;
    let mut facts = json!({
        "id": reward.id, "owner": reward.owner, "cause": origin.cause, "kind": reward.kind,
        "earned": reward.amount.minor(), "amount": reward.net()?.minor(), "due": reward.due.minor(),
        "currency": reward.amount.currency(),
        "state": reward.state, "payable_at": reward.payable_at,
    });
    if let Json::Object(fields) = &mut facts {
        let mut add = |name: &str, value: Option<Json>| {
            fields.extend(value.map(|value| (name.to_owned(), value)));
        };
        add(
            "milestone",
            (origin.milestone > 0).then(|| json!(origin.milestone)),
        );
        add(
            "description",
            origin.description.as_ref().map(|words| json!(words)),
        );
        add("quantity", origin.quantity.map(|points| json!(points)));
        add("expires_at", reward.expires_at.map(|at| json!(at)));
    }
    Ok(facts)
}

fn follow(
    context: &Context<'_>,
    referral: &Referral,
    row: &RewardRow,
    change: &Change,
) -> Result<(), Failure> {
    for posting in &change.postings {
        context.store.post(posting, &row.reward.id, context.now)?;
    }
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
    let facts = facts(row)?;
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
    let referrer = context
        .store
        .person_by_id(&referral.referrer)?
        .ok_or_else(|| Failure::Broken("a referral without its referrer".into()))?;
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
            // Whoever tells the referrer asks for the next share in the same message.
            "share": {
                "link": format!("{}{}", context.link_base, referrer.code.as_str()),
                "message": share_message(&program),
            },
            "log": { "seq": seq, "hash": hash },
        },
    });
    let message =
        json!({ "id": format!("evt_{}_{sequence}", referral.id), "body": payload.to_string() });
    context
        .store
        .send(Kind::Webhook, address, &message.to_string(), context.now)?;
    Ok(())
}
