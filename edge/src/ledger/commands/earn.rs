//! What an order earns: the books are looked at, the rules decide, and each reward is written with its money and its events.

use std::rc::Rc;

use goodword_shared::cart::Line;
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::order::Reason;
use goodword_shared::decide::reward::{Cause, Earning, RewardAccount, decide_reward};
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::journal::Account;
use goodword_shared::money::{Currency, Money};
use goodword_shared::order::Order;
use goodword_shared::program::Program;
use goodword_shared::program::limits::days_before;
use goodword_shared::program::reward::Reward;
use goodword_shared::reward::{Change, Remaining};

use super::apply_change::add_reward;
use super::milestones;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::orders::StoredOrder;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::{Origin, RewardRow, day};

/// Days of the period for which the number of rewards is capped.
const YEAR_DAYS: u32 = 365;

/// An order as far as rewards depend on it.
#[derive(Clone, Copy)]
pub(crate) struct Bought<'a> {
    pub(crate) subtotal: Money,
    pub(crate) discount: Money,
    pub(crate) lines: &'a [Line],
    pub(crate) left: Remaining,
}

/// A reward that was decided on and not written yet.
pub(crate) struct Earned {
    pub(crate) reward: Reward,
    pub(crate) cause: Cause,
    pub(crate) milestone: u32,
    pub(crate) change: Change,
}

/// What an order earns its referrer and, if it converts, its buyer; and why the referrer earns nothing.
pub(crate) fn earn(
    context: &Context<'_>,
    terms: &Program,
    referrer: &Pseudonym,
    buyer: Option<&Pseudonym>,
    cause: Cause,
    bought: Bought<'_>,
) -> Result<(Vec<Earned>, Option<Reason>), Failure> {
    let reward = chosen(context, terms, referrer)?;
    let referrers = decide(context, terms, &reward, referrer, (cause, 0), bought, 0)?;
    let no_reward = referrers.as_ref().err().copied();
    let mut earned: Vec<Earned> = referrers.into_iter().collect();
    let invitees = terms.settings.invitee_reward.as_ref();
    let invitees = invitees.filter(|_| cause == Cause::Conversion);
    if let Some((reward, buyer)) = invitees.zip(buyer) {
        // The budget has paid for the referrer's first.
        let spent = earned.iter().map(|earned| {
            let reward = &earned.change.after;
            reward.amount.minor().saturating_sub(reward.lost.minor())
        });
        let spent = spent.sum();
        let cause = (Cause::Invitee, 0);
        earned.extend(decide(context, terms, reward, buyer, cause, bought, spent)?.ok());
    }
    Ok((earned, no_reward))
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
        is_approved |= one.cause == Cause::Conversion && milestones::is_approved(&one.change);
        rows.push(one.write(context, referral, &order.id)?);
    }
    if is_approved {
        rows.extend(milestones::reach(context, terms, referral, bought)?);
    }
    context.nudge(&referral.referrer)?;
    Ok(rows)
}

/// A reward for a cause of its own, a number of approved referrals with it.
pub(crate) fn decide(
    context: &Context<'_>,
    terms: &Program,
    reward: &Reward,
    owner: &Pseudonym,
    (cause, milestone): (Cause, u32),
    bought: Bought<'_>,
    spent: i64,
) -> Result<Result<Earned, Reason>, Failure> {
    let earning = Earning {
        terms,
        reward,
        cause,
        owner,
        subtotal: bought.subtotal,
        discount: bought.discount,
        lines: bought.lines,
    };
    let mut account = account(context, terms, owner, bought)?;
    account.spent = account.spent.saturating_add(spent);
    let decided = decide_reward(&earning, &account, context.pseudonym(), context.now)?;
    Ok(decided.map(|change| Earned {
        reward: reward.clone(),
        cause,
        milestone,
        change,
    }))
}

/// What a referrer earns now.
pub(crate) fn chosen(
    context: &Context<'_>,
    terms: &Program,
    referrer: &Pseudonym,
) -> Result<Reward, Failure> {
    let settings = &terms.settings;
    let approved = if settings.tiers.is_empty() {
        0
    } else {
        context.store.count_approved(referrer)?
    };
    let choice = if settings.reward_choices.is_empty() {
        None
    } else {
        context.store.reward_choice(referrer)?
    };
    let choice: Option<Reward> = choice
        .map(|json| goodword_shared::json::parse(&json))
        .transpose()?;
    Ok(terms.reward_for(approved, choice.as_ref()).clone())
}

impl Earned {
    /// Writes the reward, its money, and its events.
    pub(crate) fn write(
        self,
        context: &Context<'_>,
        referral: &Referral,
        order: &ExternalId,
    ) -> Result<RewardRow, Failure> {
        let origin = Origin {
            referral: referral.id.clone(),
            order: order.clone(),
            cause: self.cause,
            milestone: self.milestone,
            description: self.reward.description,
            quantity: self.reward.quantity,
            earned_at: context.now,
        };
        add_reward(context, referral, origin, &self.change)
    }
}

/// The terms that an order was decided by.
pub(crate) fn terms_of(context: &Context<'_>, order: &StoredOrder) -> Result<Rc<Program>, Failure> {
    let decision: StoredDecision = goodword_shared::json::parse(&order.decision)?;
    context.version(decision.version)
}

fn account(
    context: &Context<'_>,
    terms: &Program,
    owner: &Pseudonym,
    bought: Bought<'_>,
) -> Result<RewardAccount, Failure> {
    let store = context.store;
    let settings = &terms.settings;
    let currency = bought.subtotal.currency();
    let year = store.cap_use(owner, days_before(context.now, YEAR_DAYS), currency)?;
    let mut caps = Vec::with_capacity(settings.caps.len());
    for cap in &settings.caps {
        caps.push(store.cap_use(owner, cap.since(context.now), currency)?);
    }
    let spent = match settings.budget {
        Some(_) => store.spent_after(currency, budget_begins(context, settings.budget_days))?,
        None => 0,
    };
    Ok(RewardAccount {
        rewards_this_year: year.count,
        caps,
        spent,
        owed: owed(context, owner, currency)?,
        remaining: bought.left,
    })
}

/// The day before the first one of the budget.
fn budget_begins(context: &Context<'_>, days: Option<u32>) -> i64 {
    days.map_or(-1, |days| day(context.now).saturating_sub(i64::from(days)))
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
