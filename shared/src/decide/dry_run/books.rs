//! What the rules ask of an imagined history, as they ask it of the ledger's books.

use super::history::{History, Imagined};
use crate::decide::earn::Books;
use crate::decide::reward::Cause;
use crate::id::Pseudonym;
use crate::money::{Currency, Money, MoneyError};
use crate::program::limits::CapUse;
use crate::program::reward::Reward;
use crate::time::Millis;

impl<E: From<MoneyError>> Books<E> for History {
    fn fresh_id(&self) -> Pseudonym {
        Pseudonym(String::new())
    }

    fn cap_use(&self, owner: &Pseudonym, since: Millis, currency: Currency) -> Result<CapUse, E> {
        let mut used = CapUse { count: 0, value: 0 };
        let rewards = self.rewards.borrow();
        for one in rewards.iter().filter(|one| one.is_counted(owner, since)) {
            let is_counted = one.cause.0 != Cause::Milestone;
            used.count = used.count.saturating_add(u32::from(is_counted));
            if one.reward.amount.currency() == currency {
                used.value = used.value.saturating_add(one.reward.at_best());
            }
        }
        Ok(used)
    }

    fn approved(&self, owner: &Pseudonym) -> Result<u32, E> {
        let counts = |one: &&Imagined| {
            one.cause.0 == Cause::Conversion
                && one.reward.is_approved()
                && one.reward.owner == *owner
        };
        let count = self.rewards.borrow().iter().filter(counts).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn choice(&self, owner: &Pseudonym) -> Result<Option<Reward>, E> {
        let mut choices = self.choices.iter();
        let own = choices.find(|(person, _)| person == owner);
        Ok(own.and_then(|(_, choice)| choice.clone()))
    }

    fn has_milestone(&self, owner: &Pseudonym, at: u32) -> Result<bool, E> {
        let is_own =
            |one: &Imagined| one.cause == (Cause::Milestone, at) && one.reward.owner == *owner;
        Ok(self.rewards.borrow().iter().any(is_own))
    }

    fn spent_after(&self, currency: Currency, day: i64) -> Result<i64, E> {
        let rewards = self.rewards.borrow();
        let here = rewards.iter().filter(|one| {
            !one.is_before && one.reward.amount.currency() == currency && one.earned_at.day() > day
        });
        let here: i64 = here.map(|one| one.reward.at_best()).sum();
        let mut before = self.spent.iter();
        let before = before
            .by_ref()
            .filter(|(of, on, _)| *of == currency && *on > day);
        Ok(before.fold(here, |sum, (_, _, more)| sum.saturating_add(*more)))
    }

    fn owed(&self, owner: &Pseudonym, currency: Currency) -> Result<Money, E> {
        Ok(self.debt(owner, currency)?)
    }
}

impl Imagined {
    /// Whether it counts under the caps of a referrer.
    fn is_counted(&self, owner: &Pseudonym, since: Millis) -> bool {
        let can_come_back = !self.reward.is_lost() && self.cause.0 != Cause::Invitee;
        can_come_back && self.earned_at > since && self.reward.owner == *owner
    }
}
