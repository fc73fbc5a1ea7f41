//! Lists, makes and revokes keys: two of a kind live at once, so that a rotation never locks a shop out.

use goodword_shared::rejection::Rejection;
use serde::Serialize;
use serde_json::json;

use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::keyring::{KeyKind, mint};
use crate::ledger::protocol::Reply;
use crate::ledger::store::keys::StoredKey;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;

/// Live keys of one kind.
const LIVE_MAX: usize = 2;

#[derive(Serialize)]
struct Listed {
    id: String,
    kind: String,
    generation: u32,
    created_at: i64,
    revoked_at: Option<i64>,
}

/// The merchant's keys without their secrets.
pub(crate) fn list(context: &Context<'_>) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let keys: Vec<Listed> = context
        .store
        .keys()?
        .into_iter()
        .filter(is_merchants)
        .map(|key| Listed {
            id: key.id,
            kind: key.kind,
            generation: key.generation,
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        })
        .collect();
    done(200, &json!({ "keys": keys }))
}

/// A new key; answered once.
pub(crate) fn create(context: &Context<'_>, kind: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let kind = KeyKind::MERCHANT
        .into_iter()
        .find(|known| known.name() == kind)
        .ok_or_else(|| {
            Rejection::InvalidBody(
                "kind: expected api, orders, customers, webhooks or tokens".into(),
            )
        })?;
    let of_kind: Vec<StoredKey> = context
        .store
        .keys()?
        .into_iter()
        .filter(|key| key.kind == kind.name())
        .collect();
    if of_kind
        .iter()
        .filter(|key| key.revoked_at.is_none())
        .count()
        >= LIVE_MAX
    {
        return Err(Rejection::TooManyKeys.into());
    }
    let newest = of_kind
        .iter()
        .map(|key| key.generation)
        .max()
        .unwrap_or_default();
    let (key, printed) = mint(context, kind, newest.saturating_add(1));
    let id = key.id.clone();
    context.store.add_key(key)?;
    changed(context, "key.created", kind.name(), &id)?;
    let printed = (!printed.is_empty()).then_some(printed);
    done(
        201,
        &json!({ "id": id, "kind": kind.name(), "key": printed }),
    )
}

/// Revokes a key at once; the last live one of its kind stays.
pub(crate) fn revoke(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let keys: Vec<StoredKey> = context
        .store
        .keys()?
        .into_iter()
        .filter(is_merchants)
        .collect();
    let key = keys
        .iter()
        .find(|key| key.id == id)
        .ok_or(Rejection::NotFound)?;
    if key.revoked_at.is_none() {
        let live = keys
            .iter()
            .filter(|other| other.kind == key.kind && other.revoked_at.is_none())
            .count();
        if live < 2 {
            return Err(Rejection::LastKey.into());
        }
        context.store.revoke_key(id, context.now)?;
        changed(context, "key.revoked", &key.kind, id)?;
    }
    done(200, &json!({ "id": id, "kind": key.kind, "revoked": true }))
}

fn changed(context: &Context<'_>, event: &str, kind: &str, id: &str) -> Result<(), Failure> {
    context.engine.forget_keys();
    let entry = Entry {
        kind: event,
        person: None,
        other: None,
        order: None,
        data: json!({ "kind": kind, "id": id }),
    };
    context.store.log(&entry, context.now)?;
    context
        .store
        .send(Kind::Program, context.program_id.as_str(), "", context.now);
    Ok(())
}

fn is_merchants(key: &StoredKey) -> bool {
    KeyKind::MERCHANT.iter().any(|kind| kind.name() == key.kind)
}
