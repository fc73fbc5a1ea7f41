//! The merchant reads rewards, reviews them, hands them over, and says what became of them.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::rejection::Rejection;
use goodword_shared::reward::{MerchantStep, RewardState, Stepped, merchant_step};
use goodword_shared::time::Millis;
use serde::Serialize;

use super::earn::owed;
use super::mature::changed;
use super::milestones::after_change;
use super::reward_notes::{self, Noted, notes_of};
use super::reward_now::RewardNow;
use super::words::words;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::rewards::{REWARDS_PAGE, RewardRow};

/// Longest reason: a word of the merchant's, and no place for personal data.
const REASON_LENGTH_MAX: usize = 40;

/// 1. Only the merchant. 2. The state must be one. 3. Answers with a page of rewards, and where the next one begins.
pub(crate) fn list(
    context: &Context<'_>,
    state: Option<&str>,
    after: Option<&str>,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let state = state.map(state_of).transpose()?;
    let rows = context
        .store
        .rewards_page(state, after.unwrap_or_default())?;
    let is_full = rows.len() >= usize::try_from(REWARDS_PAGE).unwrap_or_default();
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| row.reward.id.clone());
    let rewards = rows.iter().map(|row| view(context, row));
    let rewards: Vec<View<'_>> = rewards.collect::<Result<_, _>>()?;
    done(200, &object!({ "next": next, "rewards": rewards }))
}

/// The state of a name.
pub(super) fn state_of(name: &str) -> Result<RewardState, Rejection> {
    RewardState::from_name(name)
        .ok_or_else(|| Rejection::InvalidBody("state: expected the state of a reward".into()))
}

/// 1. Only the merchant. 2. Answers with one reward, and what staff has said of it.
pub(crate) fn read(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let row = context.store.reward(id)?.ok_or(Rejection::NotFound)?;
    done(200, &noted_view(context, &row)?)
}

/// 1. Only the merchant. 2. The rules say what the step does, or that it was done before, or that it cannot be. 3. The
///    change is written, and the step is logged with its reason. A note may name people: it is kept encrypted, and the log
///    says only that there is one.
pub(crate) fn step(
    context: &Context<'_>,
    id: &str,
    step: MerchantStep,
    reason: Option<&str>,
    note: Option<&str>,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let reason = reason.map(reason_word).transpose()?;
    let note = note.map(|note| words("note", note)).transpose()?;
    let outcome = if take_step(context, id, step, reason, note.as_deref())? {
        "changed"
    } else {
        "exists"
    };
    let row = context.store.reward(id)?.ok_or(Rejection::NotFound)?;
    let reward = noted_view(context, &row)?;
    done(200, &Answer { outcome, reward })
}

/// Takes a step with a reward, and logs it. Returns whether that changed anything.
pub(super) fn take_step(
    context: &Context<'_>,
    id: &str,
    step: MerchantStep,
    reason: Option<&str>,
    note: Option<&str>,
) -> Result<bool, Failure> {
    let row = context.store.reward(id)?.ok_or(Rejection::NotFound)?;
    let owed = owed(context, &row.reward.owner, row.reward.amount.currency())?;
    let stepped = merchant_step(&row.reward, step, owed, context.now)??;
    let entry = Entry {
        kind: "reward.stepped",
        person: Some(&row.reward.owner),
        other: None,
        order: Some(&row.origin.order),
        data: object!({
            "noted": note.is_some(), "reason": reason, "repeated": stepped == Stepped::Repeated, "reward": row.reward.id,
            "step": step,
        }),
    };
    let (seq, _) = context.store.log(&entry, context.now)?;
    if let Some(note) = note {
        reward_notes::keep(context, &row, step, seq, note)?;
    }
    let Stepped::Changed(change) = &stepped else {
        return Ok(false);
    };
    let referral = changed(context, &row, change)?;
    after_change(context, &referral, &row, change)?;
    Ok(true)
}

fn reason_word(reason: &str) -> Result<&str, Rejection> {
    let fits = (1..=REASON_LENGTH_MAX).contains(&reason.len());
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if fits && reason.bytes().all(is_word) {
        Ok(reason)
    } else {
        Err(Rejection::InvalidBody(
            "reason: expected 1 to 40 of a-z, 0-9 and _".into(),
        ))
    }
}

/// A reward as the merchant sees it.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    now: RewardNow<'a>,
    customer_id: Option<ExternalId>,
    order_id: &'a ExternalId,
    referral: &'a Pseudonym,
    earned_at: Millis,
    frozen: bool,
    review: bool,
    /// Of one reward; a list has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<Vec<Noted>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    outcome: &'static str,
    #[serde(flatten)]
    reward: View<'a>,
}

fn view<'a>(context: &Context<'_>, row: &'a RewardRow) -> Result<View<'a>, Failure> {
    let owner = context.store.person_by_id(&row.reward.owner)?;
    Ok(View {
        now: RewardNow::of(row)?,
        customer_id: owner.and_then(|person| person.identity.customer),
        order_id: &row.origin.order,
        referral: &row.origin.referral,
        earned_at: row.origin.earned_at,
        frozen: row.reward.frozen,
        review: row.reward.is_under_review(),
        notes: None,
    })
}

fn noted_view<'a>(context: &Context<'_>, row: &'a RewardRow) -> Result<View<'a>, Failure> {
    Ok(View {
        notes: Some(notes_of(context, row)?),
        ..view(context, row)?
    })
}
