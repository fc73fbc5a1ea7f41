//! `Idempotency-Key`: the answer to a write is kept in the transaction of its effects, and given again.
//!
//! Kept answers are encrypted: some hold a name, and some hold keys that are answered once and are nowhere else in the
//! clear. They are dropped after seven days.

use goodword_shared::keyed_hash::keyed_hash;
use goodword_shared::rejection::Rejection;

use super::commands::proofs::guest_of;
use super::commands::report;
use super::context::Context;
use super::failure::Failure;
use super::protocol::{Command, Idempotency, Reply};
use super::store::replies::KeptReply;
use crate::vault;

/// 1. Whoever may not give the command does not hear its answer either. 2. A known key answers as it did, or is refused
///    with another request. 3. Otherwise the command runs, and its answer is kept.
pub(crate) fn once(
    context: &Context<'_>,
    idempotency: &Idempotency,
    command: &Command,
    run: impl FnOnce() -> Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    require_credential(context, command)?;
    let key = idempotency.key.as_str();
    if let Some(kept) = context.store.kept_reply(key, context.now)? {
        if kept.fingerprint != fingerprint(context, idempotency)? {
            return Err(Rejection::IdempotencyKeyReused.into());
        }
        return Ok(Reply::Done {
            status: kept.status,
            body: opened(context, key, &kept.sealed)?,
            claimed_by: None,
        });
    }
    let reply = run()?;
    if let Reply::Done { status, body, .. } = &reply {
        let contact = &context.keyring()?.contact;
        let kept = KeptReply {
            fingerprint: fingerprint(context, idempotency)?,
            status: *status,
            sealed: vault::seal(contact, &purpose(key), body.as_bytes(), context.random()),
        };
        context.store.keep_reply(key, &kept, context.now)?;
    }
    Ok(reply)
}

/// What tells two requests of one key apart, as it is kept: bodies name people, and whoever reads a plain hash of one can guess it.
fn fingerprint(context: &Context<'_>, idempotency: &Idempotency) -> Result<String, Failure> {
    let key = &context.keyring()?.hash;
    Ok(keyed_hash(key, "request", &idempotency.fingerprint).0)
}

fn require_credential(context: &Context<'_>, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Report { body } | Command::Event { body } => {
            report::require_signature(context, body)
        }
        Command::CreateProgram { .. } => context.require_admin(),
        _ if command.merchants_call().is_some() => context.require_merchant(),
        Command::Enrol { customer_token, .. }
        | Command::ChooseReward { customer_token, .. }
        | Command::WriteNote { customer_token, .. } => match guest_of(context, customer_token)? {
            Some(_) => Ok(()),
            None => context.customer(customer_token).map(drop),
        },
        Command::Claim(request) => match &request.customer_token {
            Some(token) => context.customer(token).map(drop),
            None => Ok(()),
        },
        // Reads keep no answer; a guest needs no credential.
        _ => Ok(()),
    }
}

fn opened(context: &Context<'_>, key: &str, sealed: &[u8]) -> Result<String, Failure> {
    opened_reply(context, key, sealed)?
        .ok_or_else(|| Failure::Broken("a kept answer does not open".into()))
}

/// The text of a kept answer, unless it does not open.
pub(super) fn opened_reply(
    context: &Context<'_>,
    key: &str,
    sealed: &[u8],
) -> Result<Option<String>, Failure> {
    let plain = vault::open(&context.keyring()?.contact, &purpose(key), sealed);
    Ok(plain.and_then(|bytes| String::from_utf8(bytes).ok()))
}

fn purpose(key: &str) -> String {
    format!("reply/{key}")
}
