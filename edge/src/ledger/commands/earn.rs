//! What an order earns: the rules ask the ledger's books, and each reward is written with its money and its events.

use std::rc::Rc;

use goodword_shared::decide::earn::{Books, Bought, Earned, Earnings};
use goodword_shared::decide::reward::Cause;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::journal::Account;
use goodword_shared::money::{Currency, Money};
use goodword_shared::order::Order;
use goodword_shared::program::Program;
use goodword_shared::program::limits::CapUse;
use goodword_shared::program::reward::Reward;
use goodword_shared::time::Millis;

use super::apply_change::add_reward;
use super::milestones;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::{Origin, RewardRow};

/// An order that is about to earn something in the ledger's books.
pub(crate) fn earnings<'a>(
    context: &'a Context<'_>,
    terms: &'a Program,
    bought: Bought<'a>,
    waits: bool,
) -> Earnings<'a, Failure> {
    Earnings {
        books: context,
        terms,
        bought,
        waits,
        now: context.now,
    }
}

/// Writes what an order has earned, and what its referrer has reached by it. Returns all of it.
pub(crate) fn book(
    context: &Context<'_>,
    terms: &Program,
    referral: &Referral,
    order: &Order,
    earned: Vec<Earned>,
    bought: Bought<'_>,
) -> Result<Vec<RewardRow>, Failure> {
    let mut rows = Vec::new();
    let mut is_approved = false;
    for one in earned {
        is_approved |= one.cause == Cause::Conversion && one.change.approves();
        rows.push(write(context, one, referral, &order.id)?);
    }
    if is_approved {
        rows.extend(milestones::reach(context, terms, referral, bought)?);
    }
    context.nudge(&referral.referrer)?;
    Ok(rows)
}

/// Writes a reward, its money, and its events.
pub(crate) fn write(
    context: &Context<'_>,
    earned: Earned,
    referral: &Referral,
    order: &ExternalId,
) -> Result<RewardRow, Failure> {
    let origin = Origin {
        referral: referral.id.clone(),
        order: order.clone(),
        cause: earned.cause,
        milestone: earned.milestone,
        description: earned.reward.description,
        quantity: earned.reward.quantity,
        earned_at: context.now,
    };
    add_reward(context, referral, origin, &earned.change)
}

/// The terms that an order was decided by.
pub(crate) fn terms_of(context: &Context<'_>, order: &StoredOrder) -> Result<Rc<Program>, Failure> {
    let decision = order.decided()?;
    context.version(decision.version)
}

/// What a person owes after clawbacks, as a positive amount.
pub(crate) fn owed(
    context: &Context<'_>,
    owner: &Pseudonym,
    currency: Currency,
) -> Result<Money, Failure> {
    let account = Account::Receivable(owner.clone());
    let balance = context.store.balance(&account, currency)?;
    let minor = balance.minor().min(0).saturating_neg();
    Ok(Money::new(minor, currency)?)
}

impl Books<Failure> for Context<'_> {
    fn fresh_id(&self) -> Pseudonym {
        self.pseudonym()
    }

    fn cap_use(
        &self,
        owner: &Pseudonym,
        since: Millis,
        currency: Currency,
    ) -> Result<CapUse, Failure> {
        Ok(self.store.cap_use(owner, since, currency)?)
    }

    fn approved(&self, owner: &Pseudonym) -> Result<u32, Failure> {
        Ok(self.store.count_approved(owner)?)
    }

    fn choice(&self, owner: &Pseudonym) -> Result<Option<Reward>, Failure> {
        let choice = self.store.reward_choice(owner)?;
        let parsed = choice.map(|json| goodword_shared::json::parse(&json));
        Ok(parsed.transpose()?)
    }

    fn has_milestone(&self, owner: &Pseudonym, at: u32) -> Result<bool, Failure> {
        Ok(self.store.has_milestone(owner, at)?)
    }

    fn spent_after(&self, currency: Currency, day: i64) -> Result<i64, Failure> {
        Ok(self.store.spent_after(currency, day)?)
    }

    fn owed(&self, owner: &Pseudonym, currency: Currency) -> Result<Money, Failure> {
        owed(self, owner, currency)
    }
}
