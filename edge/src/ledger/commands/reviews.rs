//! Referrals that wait for the merchant's word, and the word.
//!
//! A referral waits as long as one of its rewards does. Nobody's silence is a word: what is never reviewed is never paid.

use goodword_shared::explain::Review;
use goodword_shared::id::Pseudonym;
use goodword_shared::rejection::Rejection;
use goodword_shared::reward::{MerchantStep, Side};

use super::reward_now::RewardNow;
use super::rewards::take_step;
use super::risk_view::RiskView;
use super::words::words;
use crate::json::{self, Json, object};
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::reviews::{REVIEWS_PAGE, StoredReview};
use crate::ledger::store::rewards::RewardRow;

/// What steps that a review takes are logged with.
const REASON: &str = "review";

/// 1. Only the merchant. 2. Answers with a page of referrals that wait, oldest first, and where the next one begins.
pub(crate) fn list(context: &Context<'_>, after: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let ids = context.store.waiting_referrals(after)?;
    let is_full = ids.len() >= usize::try_from(REVIEWS_PAGE).unwrap_or_default();
    let next = ids.last().filter(|_| is_full).cloned();
    let mut reviews = Vec::with_capacity(ids.len());
    for id in ids {
        reviews.push(waiting(context, &referral(context, &id.0)?)?);
    }
    done(
        200,
        &object!({ "next": next, "reviews": json::list(&reviews) }),
    )
}

/// 1. Only the merchant. 2. The referral must be known. 3. The same word again is `exists`; another one than was given, or one
///    on what does not wait, is refused. 4. Every reward that waits, or every one of that side, is approved, or rejected, and the
///    word is kept with its note, and logged without it.
pub(crate) fn review(
    context: &Context<'_>,
    id: &str,
    approved: bool,
    side: Option<Side>,
    note: Option<&str>,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let note = note.map(|note| words("note", note)).transpose()?;
    let referral = referral(context, id)?;
    let owner = side.map(|side| match side {
        Side::Referrer => &referral.referrer,
        Side::Invitee => &referral.invitee,
    });
    let waiting = context.store.waiting_rewards(&referral.id, owner)?;
    if waiting.is_empty() {
        return match context.store.newest_review(&referral.id, side)? {
            Some(said) if said.approved == approved => answer("exists", &referral, &said, &[]),
            _ => Err(Rejection::RewardStepNotAllowed.into()),
        };
    }
    let step = if approved {
        MerchantStep::Approve
    } else {
        MerchantStep::Reject
    };
    for reward in &waiting {
        take_step(context, reward, step, Some(REASON), None)?;
    }
    // The note may name people, so it is kept encrypted and not in the log.
    let entry = Entry {
        kind: "referral.reviewed",
        person: Some(&referral.referrer),
        other: Some(&referral.invitee),
        order: Some(&referral.order_id),
        data: object!({ "approved": approved, "noted": note.is_some(), "referral": referral.id, "rewards": waiting, "side": side }),
    };
    let (seq, _) = context.store.log(&entry, context.now)?;
    let said = StoredReview {
        seq,
        approved,
        at: context.now,
        side,
        note_sealed: note
            .as_deref()
            .map(|note| context.seal(&referral.invitee, "review", note))
            .transpose()?,
    };
    context.store.add_review(&referral.id, &said)?;
    answer("changed", &referral, &said, &waiting)
}

/// What the merchant has said of a referral, oldest first, with each note as long as it opens.
pub(crate) fn reviews_of(
    context: &Context<'_>,
    referral: &Referral,
) -> Result<Vec<Review>, Failure> {
    let mut reviews = Vec::new();
    for said in context.store.reviews(&referral.id)?.into_iter().rev() {
        let note = match &said.note_sealed {
            Some(sealed) => context.opened(&referral.invitee, "review", sealed)?,
            None => None,
        };
        reviews.push(Review {
            approved: said.approved,
            at: said.at,
            side: said.side,
            note,
        });
    }
    Ok(reviews)
}

fn referral(context: &Context<'_>, id: &str) -> Result<Referral, Failure> {
    let referral = context.store.referral(id)?;
    Ok(referral.ok_or(Rejection::NotFound)?)
}

/// A referral that waits, with both sides and all that speaks against it; no `risk` where every reward waits by the program's
/// settings.
fn waiting(context: &Context<'_>, referral: &Referral) -> Result<Json, Failure> {
    let order = context.store.order(&referral.order_id)?;
    let order = order.ok_or_else(|| Failure::Broken("a referral without its order".into()))?;
    let decision = order.decided()?;
    let mut rows = Vec::new();
    for id in context.store.waiting_rewards(&referral.id, None)? {
        rows.extend(context.store.reward(&id)?);
    }
    let risk = renewed(context, referral, &rows)?.or_else(|| RiskView::of(&decision));
    Ok(object!({
        "at": referral.at, "currency": order.currency, "explanation": decision.reason.words(),
        "invitee": side(context, &referral.invitee, &rows)?, "order_id": referral.order_id, "reason": decision.reason,
        "referral": referral.id, "referrer": side(context, &referral.referrer, &rows)?,
        "risk": risk, "total": order.total,
    }))
}

/// What speaks against the latest of its renewals that wait, if something else does than against its first order.
fn renewed(
    context: &Context<'_>,
    referral: &Referral,
    rows: &[RewardRow],
) -> Result<Option<RiskView>, Failure> {
    for row in rows
        .iter()
        .rev()
        .filter(|row| row.origin.order != referral.order_id)
    {
        if let Some(order) = context.store.order(&row.origin.order)? {
            let decision = order.decided()?;
            if decision.risk.is_some() {
                return Ok(RiskView::of(&decision));
            }
        }
    }
    Ok(None)
}

/// One side of it, with what of theirs waits.
fn side(context: &Context<'_>, id: &Pseudonym, rows: &[RewardRow]) -> Result<Json, Failure> {
    let person = context.store.person_by_id(id)?;
    let person = person.ok_or_else(|| Failure::Broken("a referral of nobody".into()))?;
    let own = rows.iter().filter(|row| row.reward.owner == *id);
    let rewards: Vec<RewardNow<'_>> = own.map(RewardNow::of).collect::<Result<_, _>>()?;
    Ok(object!({
        "customer_id": person.identity.customer, "id": id, "name": context.name_of(&person)?, "orders": person.orders,
        "rewards": rewards, "since": person.enrolled_at,
    }))
}

fn answer(
    outcome: &str,
    referral: &Referral,
    said: &StoredReview,
    rewards: &[String],
) -> Result<Reply, Failure> {
    done(
        200,
        &object!({
            "approved": said.approved, "at": said.at, "order_id": referral.order_id, "outcome": outcome,
            "referral": referral.id, "rewards": rewards, "side": said.side,
        }),
    )
}
