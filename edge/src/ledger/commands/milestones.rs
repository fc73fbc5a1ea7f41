//! Extra rewards for many approved referrals, each once: looked at whenever a referral is approved.

use goodword_shared::decide::earn::Bought;
use goodword_shared::decide::reward::Cause;
use goodword_shared::decide::undo::remaining;
use goodword_shared::program::Program;
use goodword_shared::reward::Change;

use super::earn::{earnings, write};
use crate::json::object;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Entry;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;

/// A stored reward may have been approved by a change, or what had taken it back was taken back: then its referral counts.
pub(crate) fn after_change(
    context: &Context<'_>,
    referral: &Referral,
    before: &RewardRow,
    change: &Change,
) -> Result<(), Failure> {
    let counts = !before.reward.is_approved() && change.after.is_approved();
    if before.origin.cause != Cause::Conversion || !counts {
        return Ok(());
    }
    let (order, facts) = context.store.order_and_undos(&before.origin.order)?;
    let order = order.ok_or_else(|| Failure::Broken("a reward without its order".into()))?;
    let decision = order.decided()?;
    let terms = context.version(decision.version)?;
    if terms.settings.milestones.is_empty() {
        return Ok(());
    }
    let amounts = order.amounts()?;
    let terms = terms.in_currency(amounts.total.currency());
    let terms = terms.ok_or_else(|| Failure::Broken("a reward in another currency".into()))?;
    let bought = Bought {
        amounts,
        lines: decision.bought(),
        left: remaining(amounts.total, &facts)?,
    };
    reach(context, &terms, referral, bought).map(drop)
}

/// Grants what the referrer has reached and not earned before.
pub(crate) fn reach(
    context: &Context<'_>,
    terms: &Program,
    referral: &Referral,
    bought: Bought<'_>,
) -> Result<Vec<RewardRow>, Failure> {
    let mut rows = Vec::new();
    let owner = &referral.referrer;
    earnings(context, terms, bought, false).reach(owner, &mut |milestone, decided| {
        match decided {
            Ok(earned) => rows.push(write(context, earned, referral, &referral.order_id)?),
            Err(reason) => {
                let entry = Entry {
                    kind: "milestone.refused",
                    person: Some(owner),
                    other: None,
                    order: Some(&referral.order_id),
                    data: object!({ "milestone": milestone, "reason": reason }),
                };
                context.store.log(&entry, context.now)?;
            }
        }
        Ok(())
    })?;
    Ok(rows)
}
