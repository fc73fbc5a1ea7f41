//! Lists, makes and revokes keys: two of a kind live at once, so that a rotation never locks a shop out. Of the merchant
//! API's it is two of each scope, and the last one that may make others stays.

use std::ops::RangeInclusive;

use goodword_shared::hook::Platform;
use goodword_shared::rejection::Rejection;
use goodword_shared::scope::Scope;
use serde::Serialize;

use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::keyring::{KeyKind, mint, sealed};
use crate::ledger::protocol::{NewKey, Reply};
use crate::ledger::store::keys::StoredKey;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;

/// Live keys of one kind and scope.
const LIVE_MAX: usize = 2;

/// How long a platform's secret may be.
const SECRET_LENGTHS: RangeInclusive<usize> = 8..=500;

#[derive(Serialize)]
struct Listed {
    id: String,
    kind: String,
    scope: Option<String>,
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
            scope: key.scope,
            generation: key.generation,
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        })
        .collect();
    done(200, &object!({ "keys": keys }))
}

/// 1. Only the merchant. 2. The kind must be one, and only keys of the merchant API have a scope: every one unless said. A
///    platform's secret is told to us, and no other key is. 3. No more than two of a kind and scope. 4. Answers with the new
///    key, once; with a platform's never.
pub(crate) fn create(context: &Context<'_>, asked: &NewKey) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let kind = KeyKind::of_merchant(&asked.kind).ok_or_else(|| {
        let text = "kind: expected api, orders, customers, webhooks, tokens, or a platform";
        Rejection::InvalidBody(text.into())
    })?;
    let told = told(kind, asked.secret.as_deref())?;
    let of_kind: Vec<StoredKey> = context
        .store
        .keys()?
        .into_iter()
        .filter(|key| key.kind == kind.name())
        .collect();
    let newest = of_kind
        .iter()
        .map(|key| key.generation)
        .max()
        .unwrap_or_default();
    let generation = newest.saturating_add(1);
    let (mut key, printed) = match told {
        Some(secret) => (
            sealed(context, kind, generation, secret.as_bytes()),
            String::new(),
        ),
        None => mint(context, kind, generation),
    };
    if let Some(scope) = &asked.scope {
        key.scope = Some(scope_of(kind, scope)?.name().to_owned());
    }
    if live_beside(&of_kind, &key) >= LIVE_MAX {
        return Err(Rejection::TooManyKeys.into());
    }
    changed(context, "key.created", &key)?;
    let printed = (!printed.is_empty()).then_some(printed);
    let answer = object!({ "id": key.id, "key": printed, "kind": kind.name(), "scope": key.scope });
    context.store.add_key(&key)?;
    done(201, &answer)
}

/// The secret of a platform: nothing for kinds that are of our making.
fn told(kind: KeyKind, secret: Option<&str>) -> Result<Option<&str>, Rejection> {
    let fits = |secret: &&str| {
        SECRET_LENGTHS.contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic())
    };
    match (kind, secret) {
        (KeyKind::Platform(_), Some(secret)) if fits(&secret) => Ok(Some(secret)),
        (KeyKind::Platform(_), _) => Err(Rejection::InvalidBody(
            "secret: expected what the platform signs its webhooks with, 8 to 500 visible characters"
                .into(),
        )),
        (_, None) => Ok(None),
        (_, Some(_)) => Err(Rejection::InvalidBody(
            "secret: keys of this kind are made here; leave it out".into(),
        )),
    }
}

/// Revokes a key at once; the last live one of its kind stays, unless it has a smaller scope than others may, or is a platform's.
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
        let scope = key.scope.as_deref().and_then(Scope::from_name);
        let is_told = Platform::from_name(&key.kind).is_some();
        let may_go = is_told || scope.is_some_and(|scope| scope < Scope::Admin);
        if !may_go && live_beside(&keys, key) < 2 {
            return Err(Rejection::LastKey.into());
        }
        context.store.revoke_key(id, context.now)?;
        changed(context, "key.revoked", key)?;
    }
    done(
        200,
        &object!({ "id": id, "kind": key.kind, "revoked": true }),
    )
}

fn scope_of(kind: KeyKind, name: &str) -> Result<Scope, Rejection> {
    let known = Scope::from_name(name).filter(|_| kind == KeyKind::Api);
    known.ok_or_else(|| {
        let text = "scope: expected read, operate or admin, for keys of kind api only";
        Rejection::InvalidBody(text.into())
    })
}

/// Live keys of the kind and scope of this one, itself among them if it is there.
fn live_beside(keys: &[StoredKey], key: &StoredKey) -> usize {
    let beside = |other: &&StoredKey| {
        other.kind == key.kind && other.scope == key.scope && other.revoked_at.is_none()
    };
    keys.iter().filter(beside).count()
}

fn changed(context: &Context<'_>, event: &str, key: &StoredKey) -> Result<(), Failure> {
    context.engine.forget_keys();
    let entry = Entry::new(
        event,
        object!({ "id": key.id, "kind": key.kind, "scope": key.scope }),
    );
    context.store.log(&entry, context.now)?;
    context
        .store
        .send(Kind::Program, context.program_id.as_str(), "", context.now);
    Ok(())
}

fn is_merchants(key: &StoredKey) -> bool {
    KeyKind::of_merchant(&key.kind).is_some()
}
