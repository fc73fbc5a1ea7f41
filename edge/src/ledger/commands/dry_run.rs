//! What other settings would have decided and cost on past orders. Nothing is written.

use std::rc::Rc;

use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::dry_run::{Outcome, Past, would};
use goodword_shared::id::Pseudonym;
use goodword_shared::money::{Currency, Money};
use goodword_shared::program::Program;
use goodword_shared::time::DAY_MS;
use serde::Serialize;
use serde_json::json;

use super::settings::next_version;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{DryRunRequest, Reply};
use crate::ledger::store::orders::PastOrder;

/// Orders in one answer: as many as are looked at well within the time that a command has.
const ORDERS_MAX: u32 = 500;

/// Days of the period for which rewards are capped.
const CAP_DAYS: i64 = 365;

/// Counts and sums, as it was and as it would have been.
#[derive(Default, Serialize)]
struct Sums {
    attributed: u32,
    rewarded: u32,
    /// Minor units of the main currency that the referrers earned.
    cost: i64,
}

impl Sums {
    /// Costs in other currencies than the main one are no part of the sum.
    fn add(&mut self, outcome: &Outcome, is_main: bool) {
        self.attributed = self
            .attributed
            .saturating_add(u32::from(outcome.referrer.is_some()));
        self.rewarded = self.rewarded.saturating_add(u32::from(outcome.amount > 0));
        if is_main {
            self.cost = self.cost.saturating_add(outcome.amount);
        }
    }
}

/// 1. Only the merchant. 2. The settings must be those of a next version. 3. Each order of the page is decided on once more,
///    from what was stored, under them. 4. Answers counts, sums, the orders that differ, and where to go on.
pub(crate) fn dry_run(context: &Context<'_>, request: &DryRunRequest) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let next = Rc::new(next_version(context, &request.settings)?);
    let after = request.after.as_deref().unwrap_or_default();
    let orders = context.store.past_orders(after, ORDERS_MAX)?;
    let (mut was, mut would_be) = (Sums::default(), Sums::default());
    let (mut differ, mut not_kept) = (Vec::new(), 0_u32);
    for order in &orders {
        let decision: StoredDecision = goodword_shared::json::parse(&order.decision)?;
        let before = Outcome {
            reason: decision.reason,
            no_reward: decision.no_reward,
            referrer: decision.referrer.clone(),
            amount: order.earned,
        };
        let Some(again) = once_more(context, &next, order, &decision)? else {
            not_kept = not_kept.saturating_add(1);
            continue;
        };
        let is_main = order.currency == next.currency.as_str();
        was.add(&before, is_main);
        would_be.add(&again, is_main);
        if before != again {
            differ.push(
                json!({ "order_id": order.id, "at": order.at, "was": before, "would": again }),
            );
        }
    }
    let full = orders.len() >= usize::try_from(ORDERS_MAX).unwrap_or(usize::MAX);
    let last = orders.last().filter(|_| full);
    done(
        200,
        &json!({
            "version": next.version, "currency": next.currency, "orders": orders.len(), "not_kept": not_kept,
            "was": was, "would": would_be, "differ": differ, "next": last.map(|order| &order.id),
        }),
    )
}

fn once_more(
    context: &Context<'_>,
    next: &Rc<Program>,
    order: &PastOrder,
    decision: &StoredDecision,
) -> Result<Option<Outcome>, Failure> {
    let currency = Currency::parse(&order.currency)?;
    let past = Past {
        decision,
        at: order.at,
        subtotal: Money::new(order.subtotal, currency)?,
        discount: Money::new(order.discount, currency)?,
    };
    let since = CAP_DAYS.saturating_mul(DAY_MS).saturating_neg();
    let this_year = |referrer: &Pseudonym| -> Result<u32, Failure> {
        let until = order.received_at;
        let since = until.plus_ms(since);
        Ok(context
            .store
            .count_rewards_between(referrer, since, until)?)
    };
    would(&past, next, this_year)
}
