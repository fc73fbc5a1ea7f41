//! What a platform has signed and nobody could record: kept for thirty days, read, and replayed once it can be.

use goodword_shared::hook::Platform;
use goodword_shared::id::Pseudonym;
use goodword_shared::keyed_hash::keyed_hash;
use goodword_shared::rejection::Rejection;

use super::hook::record;
use crate::json::object;
use crate::ledger::context::{Context, done, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{Hook, QuarantineStep, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::quarantine::Kept;

/// As what a body is sealed.
const BODY: &str = "delivery";

/// Keeps a delivery that was refused, and takes it: the platform has done its part. The same body is kept once.
pub(crate) fn keep(
    context: &Context<'_>,
    hook: &Hook,
    rejection: &Rejection,
) -> Result<Reply, Failure> {
    let key = &context.keyring()?.hash;
    let id = Pseudonym(keyed_hash(key, &hook.platform, &hook.body).0);
    let kept = Kept {
        platform: hook.platform.clone(),
        sealed: context.seal(&id, BODY, &hook.body)?,
    };
    let (code, detail) = (rejection.code(), rejection.to_string());
    let is_new = context
        .store
        .quarantine(&id, &kept, (code, &detail), context.now)?;
    if is_new {
        let data = object!({ "code": code, "delivery": id, "platform": hook.platform });
        context
            .store
            .log(&Entry::new("delivery.kept", data), context.now)?;
    }
    done(
        202,
        &object!({ "code": code, "delivery": id, "detail": detail, "outcome": "kept" }),
    )
}

/// 1. Only the merchant. 2. Answers with at most 100 of them after an id, without their bodies.
pub(crate) fn list(context: &Context<'_>, after: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    Ok(page(
        "deliveries",
        &context.store.quarantined_after(after, context.now)?,
    ))
}

/// 1. Only the merchant. 2. It must be there. 3. It is answered as it came; or recorded, else it stays where it is; or no longer kept.
pub(crate) fn step(
    context: &Context<'_>,
    id: &str,
    step: QuarantineStep,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let kept = context
        .store
        .quarantined(id, context.now)?
        .ok_or(Rejection::NotFound)?;
    match step {
        QuarantineStep::Read => {
            let (platform, body) = opened(context, id, &kept)?;
            done(
                200,
                &object!({ "body": body, "id": id, "platform": platform.name() }),
            )
        }
        QuarantineStep::Replay => {
            let (platform, body) = opened(context, id, &kept)?;
            let reply = record(context, platform, &body)?;
            drop_it(context, id, "delivery.replayed")?;
            Ok(reply)
        }
        QuarantineStep::Drop => {
            drop_it(context, id, "delivery.dropped")?;
            done(200, &object!({ "id": id, "outcome": "removed" }))
        }
    }
}

fn drop_it(context: &Context<'_>, id: &str, kind: &'static str) -> Result<(), Failure> {
    context.store.drop_quarantined(id)?;
    let entry = Entry::new(kind, object!({ "delivery": id }));
    Ok(context.store.log(&entry, context.now).map(drop)?)
}

fn opened(context: &Context<'_>, id: &str, kept: &Kept) -> Result<(Platform, String), Failure> {
    let body = kept_body(context, id, &kept.sealed)?;
    let platform = Platform::from_name(&kept.platform);
    platform
        .zip(body)
        .ok_or_else(|| Failure::Broken("a kept delivery does not open".into()))
}

/// What was delivered, as it came.
pub(super) fn kept_body(
    context: &Context<'_>,
    id: &str,
    sealed: &[u8],
) -> Result<Option<String>, Failure> {
    context.opened(&Pseudonym(id.to_owned()), BODY, sealed)
}
