//! Records that an order was taken back, before or after it is known, and reverses its rewards in proportion.

use goodword_shared::decide::undo::{remaining, same_fact};
use goodword_shared::id::Pseudonym;
use goodword_shared::money::Money;
use goodword_shared::order::{Undo, UndoKind};
use goodword_shared::reward::{Remaining, reverse};

use super::earn::owed;
use super::facts;
use super::mature::changed_quietly;
use super::milestones::after_change;
use super::reward_now::RewardNow;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::outbox::Kind;

/// 1. A fact that is known is `exists`, and logged; another under its name is refused. 2. An amount must be in the currency
///    of its order, where that is known (else wrong_currency). 3. It is stored for good. 4. If the order is known, its
///    rewards are brought to the share that is left: reversed, or given back.
pub(crate) fn record_undo(context: &Context<'_>, fact: &Undo) -> Result<Reply, Failure> {
    let order = context.store.order(&fact.order)?;
    let total = order.as_ref().map(|order| order.money(order.total));
    let total = total.transpose()?;
    let decision = order.as_ref().map(StoredOrder::decided).transpose()?;
    let referrer = decision.and_then(|decision| decision.referrer);
    let entry = |kind, key: &str| {
        log(
            context,
            kind,
            (fact, key),
            (order.as_ref(), referrer.as_ref()),
        )
    };
    let (key, stored) = known(context, fact, total)?;
    if let Some(stored) = stored {
        same_fact(&stored, &fact.kind)?;
        entry("undo.repeated", &key)?;
        return answer(context, 200, "exists", fact, order.is_some());
    }
    if let Some((total, amount)) = total.zip(fact.kind.amount()) {
        // Amounts of two currencies cannot be compared.
        total.at_most(amount)?;
    }
    context.store.add_undo(fact, &key)?;
    entry("order.undone", &key)?;
    facts::undone(context, fact, order.as_ref(), referrer.clone())?;
    if let Some(total) = total {
        let (_, undos) = context.store.order_and_undos(&fact.order)?;
        let left = remaining(total, &undos)?;
        bring_to(context, fact, left)?;
    }
    answer(context, 201, "created", fact, order.is_some())
}

/// The key of a fact, and what is stored under it. What came before its order in a currency that the order turned out not to
/// have takes nothing from it and cannot be taken back: named again in the order's own currency, it is a fact beside it.
fn known(
    context: &Context<'_>,
    fact: &Undo,
    total: Option<Money>,
) -> Result<(String, Option<UndoKind>), Failure> {
    let mut key = fact.kind.key();
    let mut stored = context.store.undo(&fact.order, &key)?;
    if let Some((total, known)) = total.zip(stored.as_ref())
        && known.is_foreign(total)
        && !fact.kind.is_foreign(total)
    {
        // No id of a shop's has a line end.
        key = [key.as_str(), total.currency().as_str()].join("\n");
        stored = context.store.undo(&fact.order, &key)?;
    }
    Ok((key, stored))
}

/// Brings everything that the order has earned to the share that is left of it.
fn bring_to(context: &Context<'_>, fact: &Undo, left: Remaining) -> Result<(), Failure> {
    let mut is_changed = false;
    for row in context.store.rewards_of(&fact.order)? {
        let owed = owed(context, &row.reward.owner, row.reward.amount.currency())?;
        if let Some(change) = reverse(&row.reward, left, owed, context.now)? {
            let referral = changed_quietly(context, &row, &change)?;
            after_change(context, &referral, &row, &change)?;
            is_changed = true;
        }
    }
    if is_changed {
        let order = fact.order.as_str();
        context
            .store
            .send(Kind::Attribution, order, "", context.now);
    }
    Ok(())
}

fn log(
    context: &Context<'_>,
    kind: &str,
    (fact, key): (&Undo, &str),
    (order, referrer): (Option<&StoredOrder>, Option<&Pseudonym>),
) -> Result<(), Failure> {
    let amount = fact.kind.amount();
    let entry = Entry {
        kind,
        person: order.and_then(|order| order.person.as_ref()),
        // What takes an order back, or holds up what it has earned, is on the record of whoever has referred its buyer too.
        other: referrer,
        order: Some(&fact.order),
        data: object!({
            "amount": amount.map(Money::minor), "currency": amount.map(Money::currency), "fact": key,
        }),
    };
    context.store.log(&entry, context.now)?;
    Ok(())
}

fn answer(
    context: &Context<'_>,
    status: u16,
    outcome: &str,
    fact: &Undo,
    order_known: bool,
) -> Result<Reply, Failure> {
    let rows = context.store.rewards_of(&fact.order)?;
    let rewards = rows.iter().map(RewardNow::of);
    let rewards: Vec<RewardNow<'_>> = rewards.collect::<Result<_, _>>()?;
    done(
        status,
        &object!({ "order_id": fact.order, "order_known": order_known, "outcome": outcome, "rewards": rewards }),
    )
}
