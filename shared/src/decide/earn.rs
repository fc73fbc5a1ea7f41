//! What an order earns its referrer and its buyer, and what a referrer reaches by it: the rules, asked of whichever books
//! there are.
//!
//! The ledger asks its own; a dry run asks those of the history that it imagines. There is one rule for both.

use super::order::Reason;
use super::reward::{Cause, Earning, RewardAccount, decide_reward};
use crate::cart::Line;
use crate::id::Pseudonym;
use crate::money::{Currency, Money, MoneyError};
use crate::order::Amounts;
use crate::program::Program;
use crate::program::limits::{CapUse, days_before};
use crate::program::reward::Reward;
use crate::reward::{Change, Remaining};
use crate::time::Millis;

/// Days of the period for which the number of rewards is capped.
const YEAR_DAYS: u32 = 365;

/// What the rules ask the books.
pub trait Books<E> {
    /// The id of another reward.
    fn fresh_id(&self) -> Pseudonym;

    /// What somebody has earned as a referrer since a time, as long as it can come back.
    fn cap_use(&self, owner: &Pseudonym, since: Millis, currency: Currency) -> Result<CapUse, E>;

    /// Referrals of somebody that have been approved and not undone since.
    fn approved(&self, owner: &Pseudonym) -> Result<u32, E>;

    /// What somebody has chosen to earn.
    fn choice(&self, owner: &Pseudonym) -> Result<Option<Reward>, E>;

    /// Whether somebody has reached a milestone before.
    fn has_milestone(&self, owner: &Pseudonym, at: u32) -> Result<bool, E>;

    /// What rewards that were earned after this day cost, but for what can never come back.
    fn spent_after(&self, currency: Currency, day: i64) -> Result<i64, E>;

    /// What somebody owes after clawbacks.
    fn owed(&self, owner: &Pseudonym, currency: Currency) -> Result<Money, E>;
}

/// An order as far as rewards depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Bought<'a> {
    /// What it comes to.
    pub amounts: Amounts,
    /// What was bought, if the shop says so.
    pub lines: &'a [Line],
    /// How much of the order is left.
    pub left: Remaining,
}

/// A reward that was decided on and not written yet.
#[derive(Clone, Debug)]
pub struct Earned {
    /// What the terms promise.
    pub reward: Reward,
    /// For what.
    pub cause: Cause,
    /// So many approved referrals; zero of all other causes.
    pub milestone: u32,
    /// The reward, and the money that moves.
    pub change: Change,
}

/// An order under the terms that hold for it, and the books in which it earns something.
#[derive(Clone, Copy)]
pub struct Earnings<'a, E> {
    /// The books.
    pub books: &'a dyn Books<E>,
    /// The terms.
    pub terms: &'a Program,
    /// The order.
    pub bought: Bought<'a>,
    /// Whether it waits for the merchant's word.
    pub waits: bool,
    /// When it is earned.
    pub now: Millis,
}

/// What a referrer earns now.
pub fn chosen<E>(books: &dyn Books<E>, terms: &Program, referrer: &Pseudonym) -> Result<Reward, E> {
    let settings = &terms.settings;
    let approved = if settings.tiers.is_empty() {
        0
    } else {
        books.approved(referrer)?
    };
    let choice = if settings.reward_choices.is_empty() {
        None
    } else {
        books.choice(referrer)?
    };
    Ok(terms.reward_for(approved, choice.as_ref()).clone())
}

impl<E: From<MoneyError>> Earnings<'_, E> {
    /// What the order earns its referrer and, if it converts, its buyer; and why the referrer earns nothing.
    pub fn earn(
        &self,
        referrer: &Pseudonym,
        buyer: Option<&Pseudonym>,
        cause: Cause,
    ) -> Result<(Vec<Earned>, Option<Reason>), E> {
        let reward = chosen(self.books, self.terms, referrer)?;
        let referrers = self.decide(&reward, referrer, (cause, 0), 0)?;
        let no_reward = referrers.as_ref().err().copied();
        let mut earned: Vec<Earned> = referrers.into_iter().collect();
        let invitees = self.terms.settings.invitee_reward.as_ref();
        let invitees = invitees.filter(|_| cause == Cause::Conversion);
        if let Some((reward, buyer)) = invitees.zip(buyer) {
            // The budget has paid for the referrer's first.
            let spent = earned.iter().map(|earned| earned.change.after.at_best());
            let spent = spent.sum();
            earned.extend(self.decide(reward, buyer, (Cause::Invitee, 0), spent)?.ok());
        }
        Ok((earned, no_reward))
    }

    /// What a referrer has reached and not earned before, each written before the next is decided. What caps or the budget
    /// leave no room for may be earned with the next referral.
    pub fn reach(
        &self,
        owner: &Pseudonym,
        write: &mut dyn FnMut(u32, Result<Earned, Reason>) -> Result<(), E>,
    ) -> Result<(), E> {
        let milestones = &self.terms.settings.milestones;
        if milestones.is_empty() {
            return Ok(());
        }
        let approved = self.books.approved(owner)?;
        for milestone in milestones.iter().filter(|step| step.at <= approved) {
            if self.books.has_milestone(owner, milestone.at)? {
                continue;
            }
            let cause = (Cause::Milestone, milestone.at);
            write(
                milestone.at,
                self.decide(&milestone.reward, owner, cause, 0)?,
            )?;
        }
        Ok(())
    }

    /// A reward for a cause of its own, a number of approved referrals with it.
    fn decide(
        &self,
        reward: &Reward,
        owner: &Pseudonym,
        (cause, milestone): (Cause, u32),
        spent: i64,
    ) -> Result<Result<Earned, Reason>, E> {
        let bought = self.bought;
        let earning = Earning {
            terms: self.terms,
            reward,
            cause,
            owner,
            amounts: bought.amounts,
            lines: bought.lines,
            waits: self.waits,
        };
        let mut account = self.account(owner)?;
        account.spent = account.spent.saturating_add(spent);
        let decided = decide_reward(&earning, &account, self.books.fresh_id(), self.now)?;
        Ok(decided.map(|change| Earned {
            reward: reward.clone(),
            cause,
            milestone,
            change,
        }))
    }

    fn account(&self, owner: &Pseudonym) -> Result<RewardAccount, E> {
        let Self {
            books, terms, now, ..
        } = *self;
        let settings = &terms.settings;
        let currency = self.bought.amounts.total.currency();
        let year = books.cap_use(owner, days_before(now, YEAR_DAYS), currency)?;
        let mut caps = Vec::with_capacity(settings.caps.len());
        for cap in &settings.caps {
            caps.push(books.cap_use(owner, cap.since(now), currency)?);
        }
        // The day before the first one of the budget.
        let begins = settings
            .budget_days
            .map_or(-1, |days| now.day().saturating_sub(i64::from(days)));
        let spent = match settings.budget {
            Some(_) => books.spent_after(currency, begins)?,
            None => 0,
        };
        Ok(RewardAccount {
            rewards_this_year: year.count,
            caps,
            spent,
            owed: books.owed(owner, currency)?,
            remaining: self.bought.left,
        })
    }
}
