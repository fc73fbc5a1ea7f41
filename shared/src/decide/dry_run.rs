//! What other terms would have decided on a past order, and what that would have cost.
//!
//! The rule is run once more on what was stored with the decision, with every touch under the other terms. The buyer is
//! judged by what was known of them then: an order that would have converted changes nothing for later ones.

use std::convert::Infallible;
use std::rc::Rc;

use serde::Serialize;

use super::decision::StoredDecision;
use super::order::Reason;
use crate::cart::Cart;
use crate::id::Pseudonym;
use crate::money::{Money, MoneyError};
use crate::program::Program;
use crate::time::Millis;

/// An order that was decided on.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// What was decided.
    pub decision: &'a StoredDecision,
    /// When it was paid.
    pub at: Millis,
    /// After discounts.
    pub subtotal: Money,
    /// What discounts took off.
    pub discount: Money,
}

/// A decision as far as a comparison asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Why.
    pub reason: Reason,
    /// Why there is no reward although the order converted.
    pub no_reward: Option<Reason>,
    /// Whose referral.
    pub referrer: Option<Pseudonym>,
    /// What the referrer earns, minor units.
    pub amount: i64,
}

/// What these terms would have decided; `None` when the decision was not kept whole, or renewed another one: whether there
/// would have been anything to renew is a matter of that one. `this_year` counts what a referrer had
/// earned in the 365 days before the order.
pub fn would<E: From<MoneyError>>(
    past: &Past<'_>,
    terms: &Rc<Program>,
    this_year: impl Fn(&Pseudonym) -> Result<u32, E>,
) -> Result<Option<Outcome>, E> {
    let nothing = |reason| Outcome {
        reason,
        no_reward: None,
        referrer: None,
        amount: 0,
    };
    if past.decision.reason == Reason::Renewal {
        return Ok(None);
    }
    if past.decision.considered.is_empty() {
        return Ok(Some(nothing(Reason::NoEvidence)));
    }
    let mut decision = past.decision.clone();
    if let Some(basis) = &mut decision.basis {
        basis.running = terms.settings.active;
    }
    let before_discount = past.subtotal.plus(past.discount)?;
    let same = |_| Ok::<_, Infallible>(Rc::clone(terms));
    let Ok(Some(again)) = decision.again(past.at, before_discount, same) else {
        return Ok(None);
    };
    let Some(conversion) = again.conversion else {
        return Ok(Some(nothing(again.reason)));
    };
    let settings = &conversion.terms.settings;
    let lines = decision.basis.map(|basis| basis.lines).unwrap_or_default();
    let cart = Cart {
        subtotal: before_discount,
        lines: &lines,
    };
    let offered = settings.offered(&cart)?;
    let amount = settings.reward.worth(past.subtotal, offered)?.minor();
    let no_reward = if this_year(&conversion.referrer)? >= settings.rewards_per_year_max {
        Some(Reason::CapReached)
    } else if amount <= 0 {
        Some(Reason::WorthNothing)
    } else {
        None
    };
    Ok(Some(Outcome {
        reason: again.reason,
        no_reward,
        referrer: Some(conversion.referrer),
        amount: if no_reward.is_some() { 0 } else { amount },
    }))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::{Outcome, Past, would};
    use crate::attribution::{Candidate, Evidence, Named};
    use crate::decide::decision::{Basis, StoredDecision};
    use crate::decide::order::{BuyerFacts, OrderSnapshot, Purchase, Reason, decide_order};
    use crate::decide::testing::{eur, program};
    use crate::id::Pseudonym;
    use crate::money::MoneyError;
    use crate::program::Program;
    use crate::time::Millis;

    /// Ann's first order of 20.00 by a code of Jane's, decided under the terms of the tests.
    fn decided() -> StoredDecision {
        let snapshot = OrderSnapshot {
            running: true,
            rules: Rc::new(program()),
            buyer: BuyerFacts {
                named: true,
                ..BuyerFacts::default()
            },
            candidates: vec![Candidate {
                evidence: Evidence::ReferralCode,
                key: "COFFEE".into(),
                named: Some(Named {
                    referrer: Pseudonym("jane".into()),
                    same_as_buyer: None,
                    touched_at: Millis(5),
                    claimed: false,
                    terms: Rc::new(program()),
                }),
                used: false,
            }],
            seen: Vec::new(),
        };
        let basis = Basis {
            rules: 1,
            running: true,
            buyer: snapshot.buyer.clone(),
            checkout_at: None,
            lines: Vec::new(),
            events: None,
        };
        let purchase = Purchase {
            at: Millis(5),
            checkout_at: None,
            before_discount: Some(eur(2_000)),
        };
        StoredDecision::new(&decide_order(snapshot, &purchase), None, 1, basis)
    }

    fn under(change: impl FnOnce(&mut Program), decision: &StoredDecision) -> Option<Outcome> {
        let mut terms = program();
        change(&mut terms);
        let past = Past {
            decision,
            at: Millis(5),
            subtotal: eur(1_700),
            discount: eur(300),
        };
        would(&past, &Rc::new(terms), |_| Ok::<_, MoneyError>(3)).expect("fits")
    }

    fn outcome(change: impl FnOnce(&mut Program)) -> (Reason, Option<Reason>, i64) {
        let outcome = under(change, &decided()).expect("kept whole");
        (outcome.reason, outcome.no_reward, outcome.amount)
    }

    #[test]
    fn the_same_terms_decide_the_same() {
        assert_eq!(outcome(|_| {}), (Reason::TypedCode, None, 500));
    }

    #[test]
    fn other_terms_decide_otherwise_and_cost_otherwise() {
        let reward = json!({"kind": "credit", "value": {"rule": "match_discount"}});
        let dearer = |terms: &mut Program| {
            terms.settings.reward = serde_json::from_value(reward).expect("a reward");
        };
        assert_eq!(outcome(dearer), (Reason::TypedCode, None, 300));
        assert_eq!(
            outcome(|terms| terms.settings.minimum_order = 2_001),
            (Reason::BelowMinimum, None, 0)
        );
        assert_eq!(
            outcome(|terms| terms.settings.active = false),
            (Reason::ProgramEnded, None, 0)
        );
        assert_eq!(
            outcome(|terms| terms.settings.rewards_per_year_max = 3),
            (Reason::TypedCode, Some(Reason::CapReached), 0)
        );
    }

    #[test]
    fn what_was_not_kept_whole_is_not_guessed() {
        let mut old = decided();
        old.basis = None;
        assert_eq!(under(|_| {}, &old), None);
        old.considered.clear();
        let nobody = under(|_| {}, &old).expect("nothing to decide");
        assert_eq!((nobody.reason, nobody.referrer), (Reason::NoEvidence, None));
    }
}
