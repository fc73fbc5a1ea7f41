//! The books of a history that is only imagined: what it has earned so far, kept in memory and changed by the rules by which
//! the ledger changes its own.

use std::cell::RefCell;
use std::rc::Rc;

use crate::decide::decision::StoredDecision;
use crate::decide::earn::{Bought, Earned, Earnings};
use crate::decide::reward::Cause;
use crate::decide::undo::remaining;
use crate::id::{ExternalId, Pseudonym};
use crate::journal::{Account, Posting};
use crate::money::{Currency, Money, MoneyError};
use crate::order::{Amounts, UndoKind};
use crate::program::Program;
use crate::program::reward::Reward;
use crate::reward::{Change, MerchantStep, Review, RewardState, Stepped, StoredReward};
use crate::reward::{expire, mature, merchant_step, reverse};
use crate::time::Millis;

/// A past order with its decision.
#[derive(Clone, Debug)]
pub struct Past {
    /// The shop's id.
    pub id: ExternalId,
    /// When it was paid.
    pub at: Millis,
    /// What it comes to.
    pub amounts: Amounts,
    /// Who bought.
    pub buyer: Option<Pseudonym>,
    /// What was decided.
    pub decision: StoredDecision,
}

/// A past order in the imagined history.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) past: Rc<Past>,
    /// Whose referral it converts there.
    pub(super) referrer: Option<Pseudonym>,
    /// Later orders of its subscription that have earned there.
    pub(super) renewals: u32,
}

/// A reward by what it is for: who has earned it, by which order, and why. A number of approved referrals with the cause.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The order.
    pub order: &'a ExternalId,
    /// Who.
    pub owner: &'a Pseudonym,
    /// For what.
    pub cause: (Cause, u32),
}

/// A reward of the imagined history.
#[derive(Clone, Debug)]
pub struct Imagined {
    /// The reward.
    pub reward: StoredReward,
    /// By which order.
    pub order: ExternalId,
    /// For what, and for how many referrals.
    pub cause: (Cause, u32),
    /// When.
    pub earned_at: Millis,
    /// Whether it was really earned before the imagination began.
    pub is_before: bool,
    /// Whether it waits for what really happened to the same reward, and not for its own hold alone.
    pub follows: bool,
}

/// What is really known of a reward that an order has earned.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Who has earned it.
    pub owner: Pseudonym,
    /// When its hold was over.
    pub payable_at: Millis,
    /// Whether it waited for the merchant's word.
    pub waited: bool,
}

/// The books. They begin empty, or with what was really earned before.
#[derive(Debug)]
pub struct History {
    pub(super) terms: Rc<Program>,
    pub(super) orders: Vec<Known>,
    pub(super) rewards: RefCell<Vec<Imagined>>,
    /// What is owed by whom, negative as in the journal.
    debts: RefCell<Vec<(Pseudonym, Currency, i64)>>,
    undos: Vec<(ExternalId, UndoKind)>,
    pub(super) choices: Vec<(Pseudonym, Option<Reward>)>,
    pub(super) spent: Vec<(Currency, i64, i64)>,
}

impl History {
    /// Nothing has happened yet under these terms, but that so much was spent on days before.
    pub const fn new(terms: Rc<Program>, spent: Vec<(Currency, i64, i64)>) -> Self {
        Self {
            terms,
            orders: Vec::new(),
            rewards: RefCell::new(Vec::new()),
            debts: RefCell::new(Vec::new()),
            undos: Vec::new(),
            choices: Vec::new(),
            spent,
        }
    }

    /// A referrer has chosen what to earn, or chosen the usual reward again.
    pub fn choose(&mut self, owner: &Pseudonym, choice: Option<Reward>) {
        self.choices.retain(|(person, _)| person != owner);
        self.choices.push((owner.clone(), choice));
    }

    /// A reward was really earned before.
    pub fn remember(&mut self, reward: Imagined) {
        self.rewards.get_mut().push(reward);
    }

    /// An order really converted before, and so many later ones of its subscription have earned since.
    pub fn remember_order(&mut self, past: Past, renewals: u32) {
        let referrer = past.decision.referrer.clone();
        self.orders.push(Known {
            past: Rc::new(past),
            referrer,
            renewals,
        });
    }

    /// What an order has earned since the imagination began.
    pub fn earned_by(&self, order: &ExternalId) -> Vec<Imagined> {
        let rewards = self.rewards.borrow();
        let own = rewards
            .iter()
            .filter(|one| !one.is_before && one.order == *order);
        own.cloned().collect()
    }

    /// Orders of before the imagination by which somebody has reached a milestone in it.
    pub fn reached_before(&self) -> Vec<ExternalId> {
        let rewards = self.rewards.borrow();
        let reached = rewards.iter().filter(|one| {
            let conversion = (&one.order, Cause::Conversion);
            let is_first = |other: &Imagined| (&other.order, other.cause.0) == conversion;
            !one.is_before
                && one.cause.0 == Cause::Milestone
                && rewards
                    .iter()
                    .any(|other| other.is_before && is_first(other))
        });
        reached.map(|one| one.order.clone()).collect()
    }

    /// Whether nothing of an order, or of what its conversion has earned its referrer, can come back.
    pub(super) fn is_lost(&self, order: &Past) -> Result<bool, MoneyError> {
        let left = remaining(order.amounts.total, &self.undos_of(&order.id))?;
        let is_lost = |one: &Imagined| {
            one.order == order.id && one.cause.0 == Cause::Conversion && one.reward.is_lost()
        };
        Ok(left.at_best == 0 || self.rewards.borrow().iter().any(is_lost))
    }

    /// What an order earns, with what its referrer reaches by it.
    pub(super) fn book<E: From<MoneyError>>(
        &self,
        past: &Past,
        earned: Vec<Earned>,
        twins: &[Twin],
        now: Millis,
    ) -> Result<(), E> {
        let mut approved = None;
        for one in earned {
            if one.cause == Cause::Conversion && one.change.approves() {
                approved = Some(one.change.after.owner.clone());
            }
            self.add(one, past, twins, now);
        }
        approved.map_or(Ok(()), |owner| self.reach::<E>(&past.id, &owner, now))
    }

    /// Time passes: what does not wait for what really happened is approved when its hold is over.
    pub fn until<E: From<MoneyError>>(&self, now: Millis) -> Result<(), E> {
        loop {
            let due = self.first(&|one| {
                let reward = &one.reward;
                !one.follows
                    && reward.state == RewardState::Pending
                    && !reward.frozen
                    && reward.payable_at <= now
            });
            let Some((index, one)) = due else {
                return Ok(());
            };
            self.approve::<E>(index, &one, one.reward.payable_at)?;
        }
    }

    /// A reward was really approved: so is the same one here, if it waits for that.
    pub fn approved<E: From<MoneyError>>(&self, of: Named<'_>, now: Millis) -> Result<(), E> {
        match self.first(&|one| one.follows && one.is(of)) {
            Some((index, one)) => self.approve::<E>(index, &one, now),
            None => Ok(()),
        }
    }

    /// Nobody has really collected a reward in time: nor the same one here, if it could be collected for as long.
    pub fn expired<E: From<MoneyError>>(&self, of: Named<'_>, now: Millis) -> Result<(), E> {
        if let Some((index, one)) = self.first(&|one| one.is(of))
            && let Some(change) = expire(&one.reward, now)?
        {
            self.apply(index, change);
        }
        Ok(())
    }

    /// The merchant has said something of a reward: it holds for the same one here, where it can.
    pub fn stepped<E: From<MoneyError>>(
        &self,
        of: Named<'_>,
        step: MerchantStep,
        now: Millis,
    ) -> Result<(), E> {
        if let Some((index, one)) = self.first(&|one| !one.is_before && one.is(of)) {
            let owed = self.debt(&one.reward.owner, one.reward.amount.currency())?;
            if let Ok(Stepped::Changed(change)) = merchant_step(&one.reward, step, owed, now)? {
                self.changed::<E>(index, &one, *change, now)?;
            }
        }
        Ok(())
    }

    /// An order is taken back, before or after it is known.
    pub fn undone<E: From<MoneyError>>(
        &mut self,
        order: &ExternalId,
        fact: UndoKind,
        now: Millis,
    ) -> Result<(), E> {
        self.undos.push((order.clone(), fact));
        let Some(past) = self.past(order) else {
            return Ok(());
        };
        let left = remaining(past.amounts.total, &self.undos_of(order))?;
        let is_own = |one: &Imagined| !one.is_before && one.order == *order;
        let rewards = self.rewards.borrow();
        let own = rewards.iter().enumerate().filter(|(_, one)| is_own(one));
        let own: Vec<(usize, Imagined)> = own.map(|(index, one)| (index, one.clone())).collect();
        drop(rewards);
        for (index, one) in own {
            let owed = self.debt(&one.reward.owner, one.reward.amount.currency())?;
            if let Some(change) = reverse(&one.reward, left, owed, now)? {
                self.changed::<E>(index, &one, change, now)?;
            }
        }
        Ok(())
    }

    /// The terms in the currency of an order, if they have one.
    pub(super) fn terms_for(&self, past: &Past) -> Option<Rc<Program>> {
        self.terms.in_currency(past.amounts.total.currency())
    }

    /// An order as it is now, about to earn something by the terms in its currency.
    pub(super) fn earnings<'a, E: From<MoneyError>>(
        &'a self,
        past: &'a Past,
        terms: &'a Program,
        waits: bool,
        now: Millis,
    ) -> Result<Earnings<'a, E>, E> {
        Ok(Earnings {
            books: self,
            terms,
            bought: Bought {
                amounts: past.amounts,
                lines: past.decision.bought(),
                left: remaining(past.amounts.total, &self.undos_of(&past.id))?,
            },
            waits,
            now,
        })
    }

    /// An order that is known.
    pub fn past(&self, id: &ExternalId) -> Option<Rc<Past>> {
        let known = self.orders.iter().find(|known| known.past.id == *id);
        known.map(|known| Rc::clone(&known.past))
    }

    fn undos_of(&self, order: &ExternalId) -> Vec<UndoKind> {
        let own = self.undos.iter().filter(|(of, _)| of == order);
        own.map(|(_, fact)| fact.clone()).collect()
    }

    fn first(&self, is: &dyn Fn(&Imagined) -> bool) -> Option<(usize, Imagined)> {
        let rewards = self.rewards.borrow();
        let found = rewards.iter().enumerate().filter(|(_, one)| is(one));
        let found = found.min_by_key(|(_, one)| one.reward.payable_at);
        found.map(|(index, one)| (index, one.clone()))
    }

    fn approve<E: From<MoneyError>>(
        &self,
        index: usize,
        one: &Imagined,
        now: Millis,
    ) -> Result<(), E> {
        let mut reward = one.reward.clone();
        // Whoever follows has the merchant's word, and nobody else waits for it.
        reward.review = Review::None;
        let owed = self.debt(&reward.owner, reward.amount.currency())?;
        match mature(&reward, owed, now)? {
            Some(change) => self.changed::<E>(index, one, change, now),
            None => Ok(()),
        }
    }

    fn changed<E: From<MoneyError>>(
        &self,
        index: usize,
        before: &Imagined,
        change: Change,
        now: Millis,
    ) -> Result<(), E> {
        let counts = before.cause.0 == Cause::Conversion
            && !before.reward.is_approved()
            && change.after.is_approved();
        self.apply(index, change);
        if counts {
            self.reach::<E>(&before.order, &before.reward.owner, now)?;
        }
        Ok(())
    }

    fn reach<E: From<MoneyError>>(
        &self,
        order: &ExternalId,
        owner: &Pseudonym,
        now: Millis,
    ) -> Result<(), E> {
        let Some(past) = self.past(order) else {
            return Ok(());
        };
        let Some(terms) = self.terms_for(&past) else {
            return Ok(());
        };
        self.earnings::<E>(&past, &terms, false, now)?
            .reach(owner, &mut |_, decided| {
                if let Ok(earned) = decided {
                    self.add(earned, &past, &[], now);
                }
                Ok(())
            })
    }

    fn add(&self, earned: Earned, past: &Past, twins: &[Twin], now: Millis) {
        let Earned {
            cause,
            milestone,
            change,
            ..
        } = earned;
        let mut reward = change.after;
        let is_same = |twin: &Twin| {
            let here = (&reward.owner, reward.payable_at, reward.is_under_review());
            (&twin.owner, twin.payable_at, twin.waited) == here
        };
        let follows = twins.iter().any(is_same);
        if !follows {
            reward.review = Review::None;
        }
        self.owe(&change.postings);
        self.rewards.borrow_mut().push(Imagined {
            reward,
            order: past.id.clone(),
            cause: (cause, milestone),
            earned_at: now,
            is_before: false,
            follows,
        });
    }

    fn apply(&self, index: usize, change: Change) {
        if let Some(one) = self.rewards.borrow_mut().get_mut(index) {
            one.reward = change.after;
        }
        self.owe(&change.postings);
    }

    fn owe(&self, postings: &[Posting]) {
        let mut debts = self.debts.borrow_mut();
        for posting in postings {
            let currency = posting.amount.currency();
            let mut add = |account: &Account, minor: i64| {
                if let Account::Receivable(owner) = account {
                    debts.push((owner.clone(), currency, minor));
                }
            };
            add(&posting.debit, posting.amount.minor().saturating_neg());
            add(&posting.credit, posting.amount.minor());
        }
    }

    pub(super) fn debt(&self, owner: &Pseudonym, currency: Currency) -> Result<Money, MoneyError> {
        let debts = self.debts.borrow();
        let own = debts
            .iter()
            .filter(|(person, of, _)| person == owner && *of == currency);
        let balance: i64 = own.map(|(_, _, minor)| minor).sum();
        Money::new(balance.min(0).saturating_neg(), currency)
    }
}

impl Imagined {
    /// A reward as it stands now, and as far as that is known stood at a time after it had been earned: whatever has become of
    /// it, its hold was not over before it was.
    pub fn before(
        mut reward: StoredReward,
        order: ExternalId,
        cause: (Cause, u32),
        earned_at: Millis,
        since: Millis,
    ) -> Self {
        if reward.payable_at > since && reward.is_approved() {
            let nothing = Money::zero(reward.amount.currency());
            (reward.granted, reward.due) = (nothing, nothing);
            reward.state = RewardState::Pending;
        }
        Self {
            reward,
            order,
            cause,
            earned_at,
            is_before: true,
            follows: true,
        }
    }

    fn is(&self, of: Named<'_>) -> bool {
        (&self.order, &self.reward.owner, self.cause) == (of.order, of.owner, of.cause)
    }
}
