//! The outbox as the merchant sees it: what waits, what was given up, and sending that again.

use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use crate::json::{Json, object};
use crate::ledger::context::{Context, done, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::dead_letters::{DeadLetter, Revived};
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;

/// Dead letters that one call sends again.
const REPLAYED_MAX: u32 = 500;

/// 1. Only the merchant. 2. Answers with at most 200 deliveries after an id, oldest first: those that wait, or those that
///    were given up.
pub(crate) fn list(context: &Context<'_>, dead: bool, after: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let shown = if dead {
        context.store.dead_letters(after)?
    } else {
        context.store.waiting(after)?
    };
    Ok(page("deliveries", &shown))
}

/// 1. Only the merchant. 2. The delivery must have been given up (else not_found). 3. An event needs an address in the
///    settings (else no_webhook_url). 4. It is put back into the outbox, and its endpoint is tried at once.
pub(crate) fn replay(context: &Context<'_>, id: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let revived = revive(context, id)?.ok_or(Rejection::NotFound)?;
    log(
        context,
        object!({ "count": 1, "webhook_id": revived.webhook_id }),
    )?;
    done(200, &object!({ "more": false, "replayed": 1 }))
}

/// 1. Only the merchant. 2. At most 500 of those that were made since a time and given up are put back, oldest first; no
///    events while the settings name no address for them. 3. The answer says whether there are more.
pub(crate) fn replay_since(context: &Context<'_>, since: Millis) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let with_events = context.program()?.settings.webhook_url.is_some();
    let limit = REPLAYED_MAX.saturating_add(1);
    let mut ids = context.store.dead_since(since, with_events, limit)?;
    let replayed = ids
        .len()
        .min(usize::try_from(REPLAYED_MAX).unwrap_or(usize::MAX));
    let more = ids.len() > replayed;
    ids.truncate(replayed);
    for id in &ids {
        revive(context, *id)?;
    }
    if replayed > 0 {
        log(context, object!({ "count": replayed, "since": since }))?;
    }
    done(200, &object!({ "more": more, "replayed": replayed }))
}

/// Puts a dead letter back. An event goes to the address that the settings name by now: the endpoint may have moved, and
/// one that was removed is not to be told anything any more.
fn revive(context: &Context<'_>, id: i64) -> Result<Option<DeadLetter>, Failure> {
    let Some(dead) = context.store.dead_letter(id)? else {
        return Ok(None);
    };
    let program = context.program()?;
    let target = match dead.kind {
        Kind::Webhook => {
            let address = program.settings.webhook_url.as_deref();
            address.ok_or(Rejection::NoWebhookUrl)?
        }
        _ => &dead.target,
    };
    let revived = Revived {
        id,
        lane: &dead.kind.lane(target),
        target,
    };
    context.store.revive(&revived, context.now)?;
    Ok(Some(dead))
}

fn log(context: &Context<'_>, data: Json) -> Result<(), Failure> {
    let entry = Entry::new("deliveries.replayed", data);
    context.store.log(&entry, context.now)?;
    Ok(())
}
