//! What other terms would have decided on past orders, and what that would have cost: a history that is imagined.
//!
//! Past orders are decided on once more, in the order in which they arrived, from what was stored with their decisions, with
//! every touch under the other terms. Rewards, tiers, milestones, caps, budget and debts are those of the imagined history
//! ([`history`]), which the rules ask as they ask the ledger's books. Refunds, disputes and the merchant's word come in when
//! they really came; under the terms that really held, everything happens as it did.
//!
//! Taken as it was known then, because what would have been can only be guessed:
//!
//! - who the buyers were, how many orders they had, which clicks were used, and which of them came at all;
//! - whose a buyer was made under another name, such as by an order of a guest with the same address;
//! - which orders belong to a subscription: only those that really earned as renewals are known, and which of those waited for
//!   the merchant's word;
//! - what spoke against a referral: under other thresholds it is judged by the same evidence, as long as it is the same
//!   referrer's, and what was not judged then is not judged now;
//! - the merchant's word: a reward that would have been the same, and held as long, is approved, vetoed, handed over or
//!   expired when it really was; any other is approved when its hold is over, whether or not it would have been reviewed, and
//!   collected in time;
//! - what was decided before decisions were kept whole: it is left out, and so are its renewals;
//! - what referrers chose to earn, where earlier versions logged that they chose and not what.

mod books;
pub mod history;

use std::convert::Infallible;
use std::rc::Rc;

use self::history::{History, Known, Past, Twin};
use super::order::Reason;
use super::reward::Cause;
use crate::id::Pseudonym;
use crate::money::MoneyError;
use crate::time::Millis;

/// A decision as far as a comparison asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why.
    pub reason: Reason,
    /// Why there is no reward although the order converted.
    pub no_reward: Option<Reason>,
    /// Whose referral.
    pub referrer: Option<Pseudonym>,
}

impl Outcome {
    const fn nothing(reason: Reason) -> Self {
        Self {
            reason,
            no_reward: None,
            referrer: None,
        }
    }
}

impl History {
    /// The next order has arrived. What is decided on it, and `None` when that cannot be told. `twins` are the rewards that
    /// it has really earned, as long as they waited for the same.
    pub fn order<E: From<MoneyError>>(
        &mut self,
        past: Past,
        twins: &[Twin],
        now: Millis,
    ) -> Result<Option<Outcome>, E> {
        let past = Rc::new(past);
        let Some((mut outcome, waits)) = self.decided(&past)? else {
            return Ok(None);
        };
        // Whatever converts has terms in its currency: an order of nothing, by events, is in the program's own.
        let terms = self.terms_for(&past);
        let converts = outcome.referrer.clone();
        let cause = match outcome.reason {
            Reason::Renewal => Cause::Renewal,
            _ => Cause::Conversion,
        };
        self.orders.push(Known {
            past: Rc::clone(&past),
            referrer: converts.clone().filter(|_| cause == Cause::Conversion),
            renewals: 0,
        });
        if let Some((referrer, terms)) = converts.zip(terms) {
            let (earned, no_reward) = self.earnings::<E>(&past, &terms, waits, now)?.earn(
                &referrer,
                past.buyer.as_ref(),
                cause,
            )?;
            outcome.no_reward = no_reward;
            self.book::<E>(&past, earned, twins, now)?;
        }
        Ok(Some(outcome))
    }

    /// What is decided on an order, and whether what it earns waits for the merchant's word.
    fn decided(&mut self, past: &Past) -> Result<Option<(Outcome, bool)>, MoneyError> {
        if past.decision.reason == Reason::Renewal {
            let waits = past.decision.waits;
            return Ok(self.renewed(past)?.map(|outcome| (outcome, waits)));
        }
        if past.decision.considered.is_empty() {
            return Ok(Some((Outcome::nothing(Reason::NoEvidence), false)));
        }
        let mut decision = past.decision.clone();
        if let Some(basis) = &mut decision.basis {
            basis.running = self.terms.settings.active;
            let known = basis.buyer.referrer.take();
            basis.buyer.referrer = self.referrer_of(past.buyer.as_ref(), known);
        }
        let before_discount = past.amounts.before_discounts()?;
        let same = |_| Ok::<_, Infallible>(Rc::clone(&self.terms));
        let Ok(Some(again)) = decision.again(past.at, before_discount, same) else {
            return Ok(None);
        };
        let waits = again.waits();
        let outcome = Outcome {
            reason: again.reason,
            no_reward: None,
            referrer: again.conversion.map(|conversion| conversion.referrer),
        };
        Ok(Some((outcome, waits)))
    }

    /// Whose a buyer is: whom an order has made it here, unless it was made so by an order that does not convert here.
    fn referrer_of(
        &self,
        buyer: Option<&Pseudonym>,
        known: Option<Pseudonym>,
    ) -> Option<Pseudonym> {
        let own = || {
            let orders = self.orders.iter();
            orders.filter(|known| buyer.is_some() && known.past.buyer.as_ref() == buyer)
        };
        let here = own().find_map(|known| known.referrer.clone());
        // A renewal is somebody's because its first order is, whoever has paid for it: it makes nobody anybody's.
        let is_gone = |really: &Pseudonym| {
            let mut makers = own().filter(|one| one.past.decision.reason != Reason::Renewal);
            makers.any(|one| one.past.decision.referrer.as_ref() == Some(really))
        };
        here.or_else(|| known.filter(|really| !is_gone(really)))
    }

    /// A later order of a subscription: it earns as long as its first order has converted here, and the schedule lasts. `None`
    /// when the first order is unknown.
    fn renewed(&mut self, past: &Past) -> Result<Option<Outcome>, MoneyError> {
        let Some(first) = &past.decision.renews else {
            return Ok(None);
        };
        if self.terms_for(past).is_none() {
            return Ok(Some(Outcome::nothing(Reason::CurrencyNotOffered)));
        }
        let Some(began) = self.past(first) else {
            return Ok(None);
        };
        let is_lost = self.is_lost(&began)?;
        let settings = &self.terms.settings;
        let mut orders = self.orders.iter_mut();
        let Some(known) = orders.find(|one| one.past.id == *first) else {
            return Ok(None);
        };
        let Some(referrer) = known.referrer.clone() else {
            // Without its subscription it is an order that names nobody.
            return Ok(Some(Outcome::nothing(Reason::NoEvidence)));
        };
        if !settings.active {
            return Ok(Some(Outcome::nothing(Reason::ProgramEnded)));
        }
        let schedule = settings.reward_schedule;
        if is_lost || !schedule.includes(known.past.at, known.renewals, past.at) {
            return Ok(Some(Outcome::nothing(Reason::AlreadyReferred)));
        }
        known.renewals = known.renewals.saturating_add(1);
        Ok(Some(Outcome {
            reason: Reason::Renewal,
            no_reward: None,
            referrer: Some(referrer),
        }))
    }
}

#[cfg(test)]
mod tests;
