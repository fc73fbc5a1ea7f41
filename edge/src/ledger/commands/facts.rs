//! Facts for measuring: written with what they tell, and read page by page.
//!
//! By what channel and from where a link was shared stands on `claimed`, `ordered` and `qualified`, with the click (that of the order, or the
//! one that had bound its buyer), by which what was
//! claimed and what was ordered belong together; whatever befalls a reward later names its order.

use goodword_shared::attribution::{Considered, Evidence, Verdict};
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::id::Pseudonym;
use goodword_shared::journal::Account;
use goodword_shared::order::{DisputeState, Order, Undo, UndoKind};
use goodword_shared::reward::Change;
use goodword_shared::time::Millis;

use super::apply_change::Occasion;
use super::evidence::Gathered;
use crate::ledger::context::{Context, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::bindings::ClickWay;
use crate::ledger::store::facts::Fact;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::people::Person;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;
use crate::ledger::store::touches::Touch;

/// 1. Only the merchant. 2. Answers with at most 500 facts after a sequence number, oldest first.
pub(crate) fn read_facts(context: &Context<'_>, after: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    Ok(page("facts", &context.store.facts_after(after)?))
}

/// When a referrer was enrolled, which tells their cohort.
fn since(context: &Context<'_>, referrer: &Pseudonym) -> Result<Millis, Failure> {
    let since = context.store.enrolled_at(referrer)?;
    since.ok_or_else(|| Failure::Broken("a referral without its referrer".into()))
}

/// Somebody has a code of their own now.
pub(crate) fn enrolled(context: &Context<'_>, person: &Person) {
    context.store.add_fact(Fact {
        kind: "enrolled",
        at: person.enrolled_at.0,
        person: Some(person.id.clone()),
        since: Some(person.enrolled_at),
        ..Fact::default()
    });
}

/// Somebody has taken the offer: a customer, where the shop vouches for one, or nobody knows yet who that is.
pub(crate) fn claimed(
    context: &Context<'_>,
    referrer: &Person,
    touch: &Touch,
    invitee: Option<&Person>,
) {
    context.store.add_fact(Fact {
        kind: "claimed",
        at: context.now.0,
        person: invitee.map(|person| person.id.clone()),
        click: Some(touch.click_id.clone()),
        referrer: Some(referrer.id.clone()),
        since: Some(referrer.enrolled_at),
        way: Some((touch.channel.clone(), touch.variant)),
        placement: touch.placement.clone(),
        version: Some(touch.version),
        ..Fact::default()
    });
}

/// Somebody has bought, referred or not, or has done all that a program rewards instead. The way is that of the referrer's own click.
pub(crate) fn ordered(
    context: &Context<'_>,
    order: &Order,
    buyer: Option<&Pseudonym>,
    decision: &StoredDecision,
    gathered: &Gathered,
) -> Result<(), Failure> {
    let referrer = decision.referrer.as_ref();
    let since = referrer.map(|id| since(context, id)).transpose()?;
    let mut touches = gathered.touches.iter().chain(&gathered.unclaimed);
    // One that another order has used says nothing of this one.
    let by = referrer
        .and_then(|id| touches.find(|touch| touch.referrer == *id && touch.order_id.is_none()));
    let by = by.map(|touch| (touch.click_id.clone(), ClickWay::from(touch)));
    let (click, way) = match by {
        None if referrer.is_some() => bound_by(context, decision, buyer)?,
        by => by,
    }
    .unzip();
    let (placement, way) = way.map_or((None, None), |way| {
        (way.placement, Some((way.channel, way.variant)))
    });
    context.store.add_fact(Fact {
        kind: if order.events.is_some() {
            "qualified"
        } else {
            "ordered"
        },
        at: order.at.0,
        person: buyer.cloned(),
        referrer: referrer.cloned(),
        since,
        order: Some(order.id.clone()),
        click,
        way,
        placement,
        version: Some(decision.version),
        amount: Some(order.total),
        discount: Some(order.discount.minor()),
        ..Fact::default()
    });
    Ok(())
}

/// The click that had bound the buyer, who brought none along, and by what way it had come. A code that did is no click.
fn bound_by(
    context: &Context<'_>,
    decision: &StoredDecision,
    buyer: Option<&Pseudonym>,
) -> Result<Option<(String, ClickWay)>, Failure> {
    let by = |one: &&Considered| one.verdict == Verdict::Chosen && one.evidence == Evidence::Bound;
    let chosen = decision.considered.iter().find(by);
    let Some((chosen, buyer)) = chosen.zip(buyer) else {
        return Ok(None);
    };
    let way = context.store.way_of(buyer, &chosen.key)?;
    Ok(way.map(|way| (chosen.key.clone(), way)))
}

/// An order was taken back, in part or wholly, or somebody tries to.
pub(crate) fn undone(
    context: &Context<'_>,
    undo: &Undo,
    order: Option<&StoredOrder>,
    referrer: Option<Pseudonym>,
) -> Result<(), Failure> {
    let (kind, amount) = match &undo.kind {
        UndoKind::Refund { amount, .. } => ("refunded", Some(*amount)),
        UndoKind::Edit { total, .. } => ("edited", Some(*total)),
        UndoKind::Cancellation => ("cancelled", None),
        UndoKind::Dispute { state, .. } => match state {
            DisputeState::Opened => ("disputed", None),
            DisputeState::Won => ("dispute_won", None),
            DisputeState::Lost => ("dispute_lost", None),
        },
    };
    let since = referrer.as_ref().map(|id| since(context, id));
    context.store.add_fact(Fact {
        kind,
        at: undo.at.0,
        person: order.and_then(|order| order.person.clone()),
        since: since.transpose()?,
        referrer,
        order: Some(undo.order.clone()),
        amount,
        ..Fact::default()
    });
    Ok(())
}

/// A step in a reward's life, as far as it has moved money: told by its postings, so that facts and journal agree.
pub(crate) fn rewarded(
    context: &Context<'_>,
    referral: &Referral,
    row: &RewardRow,
    change: &Change,
    occasion: Occasion,
) -> Result<(), Failure> {
    if change.postings.is_empty() {
        return Ok(());
    }
    let since = since(context, &referral.referrer)?;
    for posting in &change.postings {
        let kind = match (&posting.debit, &posting.credit) {
            (Account::ProgramExpense, _) if occasion == Occasion::Earned => "earned",
            (Account::ProgramExpense, _) => "regained",
            (_, Account::ProgramExpense) => "lost",
            (_, Account::Issued(_) | Account::HandedOver(_)) => "granted",
            _ => continue,
        };
        context.store.add_fact(Fact {
            kind,
            at: context.now.0,
            person: Some(change.after.owner.clone()),
            referrer: Some(referral.referrer.clone()),
            since: Some(since),
            order: Some(row.origin.order.clone()),
            reward: Some(change.after.id.clone()),
            amount: Some(posting.amount),
            ..Fact::default()
        });
    }
    Ok(())
}
