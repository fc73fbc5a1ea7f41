//! Applies a step in a reward's life: the reward, its money, the log, and the events, together.

use goodword_shared::reward::{Change, RewardEvent};
use serde_json::json;

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::rewards::Referral;
use goodword_shared::message::share_message;

/// Whether the reward is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// It has just been earned.
    Earned,
    /// It was stored before.
    Changed,
}

/// Writes the change and puts its events into the outbox.
pub(crate) fn apply_change(
    context: &Context<'_>,
    referral: &Referral,
    change: &Change,
    occasion: Occasion,
) -> Result<(), Failure> {
    let reward = &change.after;
    match occasion {
        Occasion::Earned => context
            .store
            .add_reward(reward, &referral.id, context.now)?,
        Occasion::Changed => context.store.update_reward(reward)?,
    }
    context
        .store
        .post(&change.postings, &reward.id, context.now)?;
    for event in &change.events {
        tell(context, referral, change, *event)?;
    }
    Ok(())
}

fn tell(
    context: &Context<'_>,
    referral: &Referral,
    change: &Change,
    event: RewardEvent,
) -> Result<(), Failure> {
    let reward = &change.after;
    let facts = json!({
        "id": reward.id, "amount": reward.net()?.minor(), "currency": reward.amount.currency(),
        "state": reward.state, "payable_at": reward.payable_at,
    });
    let entry = Entry {
        kind: event.name(),
        person: Some(&referral.referrer),
        other: Some(&referral.invitee),
        order: Some(&referral.order_id),
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
                "id": referral.id, "order_id": referral.order_id, "invitee": referral.invitee, "sequence": sequence,
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
        .send(Kind::Webhook, address, &message.to_string(), context.now);
    Ok(())
}
