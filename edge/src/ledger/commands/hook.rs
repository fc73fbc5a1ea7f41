//! A platform's webhook: verified on its raw bytes by the platform's own scheme, then made into reports, then recorded.
//!
//! All that one delivery tells is recorded, or nothing of it. What is signed and cannot be recorded is kept
//! ([`super::quarantine`]), so that no platform stops sending for it, and nothing is lost.

use goodword_shared::hook::Platform;
use goodword_shared::id::ExternalId;
use goodword_shared::money::Money;
use goodword_shared::order::{Order, Report, Undo, UndoKind};
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::place_order::place_order;
use super::record_undo::record_undo;
use super::report::{record_paid, unsigned};
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{Hook, Reply};

/// 1. The platform must be one that is understood. 2. How it tries an address out is answered, and nothing else. 3. The
///    signature must be good (else signature_missing, signature_stale or signature_invalid). 4. What the body reports is
///    recorded; a body that is no business of ours is answered all the same.
pub(crate) fn deliver(context: &Context<'_>, hook: &Hook) -> Result<Reply, Failure> {
    let platform = Platform::from_name(&hook.platform).ok_or(Rejection::NotFound)?;
    if hook.signature.is_none() && platform.is_ping(&hook.body) {
        return done(200, &object!({ "outcome": "ignored", "reports": 0 }));
    }
    verify(context, platform, hook)?;
    record(context, platform, &hook.body)
}

fn verify(context: &Context<'_>, platform: Platform, hook: &Hook) -> Result<(), Failure> {
    let secrets = context.keyring()?.of_platform(platform);
    let header = hook.signature.as_deref().unwrap_or_default();
    let scheme = platform.scheme().ok_or(Rejection::NotFound)?;
    let verified = scheme.verify(header, hook.body.as_bytes(), &secrets, context.now);
    verified.map_err(unsigned)
}

/// Records what a body of this platform reports.
pub(super) fn record(
    context: &Context<'_>,
    platform: Platform,
    body: &str,
) -> Result<Reply, Failure> {
    let reports = platform
        .parse(body, context.now)
        .map_err(|unreadable| Rejection::DeliveryUnreadable(unreadable.0))?;
    let count = reports.len();
    for report in reports {
        match report {
            Report::Order(order) => record_again(context, *order)?,
            Report::Placed(placed) => place_order(context, &placed)?,
            Report::Undo(undo) => record_undo(context, &undo)?,
        };
    }
    let outcome = if count == 0 { "ignored" } else { "recorded" };
    done(200, &object!({ "outcome": outcome, "reports": count }))
}

/// Records an order. Some platforms send one again whenever it changes, and tell when that was: then another amount than at first
/// is an edit of it, and so is the first one once it was edited. Of all others it is a repeat, or cannot be recorded. Another buyer
/// changes nothing.
fn record_again(context: &Context<'_>, order: Order) -> Result<Reply, Failure> {
    let (id, total) = (order.id.clone(), order.total);
    let changed_at = order.changed_at;
    let recorded = record_paid(context, order);
    let edited_at = match &recorded {
        Err(Failure::Rejected(Rejection::ExistsWithDifferentAmount)) => changed_at,
        Ok(Reply::Done { status: 200, .. }) if changed_at.is_some() => {
            let (_, facts) = context.store.order_and_undos(&id)?;
            let edit = |fact: &UndoKind| matches!(fact, UndoKind::Edit { .. });
            changed_at.filter(|_| facts.iter().any(edit))
        }
        Err(Failure::Rejected(Rejection::ExistsWithDifferentCustomer)) => {
            return done(200, &object!({ "outcome": "exists" }));
        }
        _ => None,
    };
    match edited_at {
        Some(at) => record_undo(context, &edit(id, at, total)?),
        None => recorded,
    }
}

/// That an order comes to this much since a time, by which the same again is the same edit.
fn edit(order: ExternalId, at: Millis, total: Money) -> Result<Undo, Failure> {
    let id = ExternalId::parse(&format!("changed-{}", at.0));
    let id = id.map_err(|_| Failure::Broken("an id of digits".into()))?;
    let kind = UndoKind::Edit { id, at, total };
    Ok(Undo { order, at, kind })
}
