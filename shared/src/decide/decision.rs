//! A decision as it is kept with its order, for good, with all that it was made of.
//!
//! The rule is pure, so that what is kept is enough to make the decision again: to prove that it was right, or to see what
//! other terms would have decided.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::judge::Judged;
use super::order::{BuyerFacts, OrderDecision, OrderSnapshot, Purchase, Reason, decide_order};
use crate::attribution::{Candidate, Considered};
use crate::cart::Line;
use crate::event::Seen;
use crate::id::{ExternalId, Pseudonym};
use crate::json::Read;
use crate::money::Money;
use crate::program::Program;
use crate::time::Millis;

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~StoredDecision")]
pub struct StoredDecision {
    /// Why.
    pub reason: Reason,
    /// Why there is no reward although the order converted.
    pub no_reward: Option<Reason>,
    /// Version of the terms that held.
    pub version: u32,
    /// Whose referral.
    pub referrer: Option<Pseudonym>,
    /// Every piece of evidence with its verdict.
    pub considered: Vec<Considered>,
    /// What else it follows from; absent when nothing named a referrer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The first order of the subscription that this one renews: its decision is what this one follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<ExternalId>,
    /// What was bought by an order that renews another, if the shop said so; of all other orders it is in the basis.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// How the referral was judged, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Judged>,
    /// Whether what a renewal earns waits for the merchant's word: because what it renews does, or somebody is on a block-list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// What a decision follows from besides the evidence and the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Basis")]
pub struct Basis {
    /// The version in force at the order's own time.
    pub rules: u32,
    /// Whether the program ran.
    pub running: bool,
    /// What was known of the buyer.
    pub buyer: BuyerFacts,
    /// When the checkout began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_at: Option<Millis>,
    /// What was bought, if the shop said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// Events of the buyer, where an event was decided on and not an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Seen>>,
}

/// Whether a decision that is made again is the one that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recomputed {
    /// The same, evidence by evidence.
    Agrees,
    /// Another one: what is kept was tampered with, or the rule has changed.
    Differs,
    /// It was kept before decisions were kept whole.
    NotKept,
}

impl StoredDecision {
    /// The decision to keep.
    pub fn new(
        decision: &OrderDecision,
        no_reward: Option<Reason>,
        version: u32,
        basis: Basis,
    ) -> Self {
        let conversion = decision.conversion.as_ref();
        Self {
            reason: decision.reason,
            no_reward,
            version: conversion.map_or(version, |conversion| conversion.terms.version),
            referrer: conversion.map(|conversion| conversion.referrer.clone()),
            considered: decision.considered.clone(),
            basis: (!decision.considered.is_empty()).then_some(basis),
            renews: None,
            lines: Vec::new(),
            risk: decision.risk.clone(),
            waits: false,
        }
    }

    /// The decision to keep of a later order of a subscription: it belongs to whom the first one does, under its terms, whatever
    /// it carries.
    pub fn renewal(
        first: &ExternalId,
        referrer: &Pseudonym,
        version: u32,
        no_reward: Option<Reason>,
        lines: &[Line],
    ) -> Self {
        Self {
            reason: Reason::Renewal,
            no_reward,
            version,
            referrer: Some(referrer.clone()),
            considered: Vec::new(),
            basis: None,
            renews: Some(first.clone()),
            lines: lines.to_vec(),
            risk: None,
            waits: false,
        }
    }

    /// Whether what it earns waits for the merchant's word.
    pub fn waits(&self) -> bool {
        self.waits || self.risk.as_ref().is_some_and(Judged::waits)
    }

    /// What was bought, as far as it was kept.
    pub fn bought(&self) -> &[Line] {
        self.basis
            .as_ref()
            .map_or(&self.lines, |basis| &basis.lines)
    }

    /// Whether a renewal is the one that follows from the decision on the first order of its subscription.
    pub fn renews(&self, first: &Self) -> Recomputed {
        let id = self.renews.as_ref();
        let again = id.zip(first.referrer.as_ref()).map(|(id, referrer)| Self {
            waits: self.waits,
            risk: self.risk.clone(),
            ..Self::renewal(id, referrer, first.version, self.no_reward, &self.lines)
        });
        Recomputed::from(again.as_ref() == Some(self))
    }

    /// Makes the decision again from what was kept. `terms` finds a version of the program; whoever answers another one than
    /// was asked for learns what that one would have decided. `None` when it was not kept whole.
    pub fn again<E>(
        &self,
        at: Millis,
        before_discount: Money,
        terms: impl Fn(u32) -> Result<Rc<Program>, E>,
    ) -> Result<Option<OrderDecision>, E> {
        let Some(basis) = &self.basis else {
            return Ok(None);
        };
        let mut candidates: Vec<Candidate> = Vec::with_capacity(self.considered.len());
        for considered in &self.considered {
            let terms = considered.version.map(&terms).transpose()?;
            let Some(candidate) = considered.candidate(terms) else {
                return Ok(None);
            };
            candidates.push(candidate);
        }
        let snapshot = OrderSnapshot {
            running: basis.running,
            rules: terms(basis.rules)?,
            buyer: basis.buyer.clone(),
            candidates,
            seen: basis.events.clone().unwrap_or_default(),
        };
        let purchase = Purchase {
            at,
            checkout_at: basis.checkout_at,
            before_discount: basis.events.is_none().then_some(before_discount),
        };
        let decision = decide_order(snapshot, &purchase);
        Ok(Some(match &self.risk {
            Some(Judged {
                referrer, evidence, ..
            }) => decision.judged(referrer, evidence.clone()),
            None => decision,
        }))
    }

    /// Whether the decision, made again, is the one that was kept.
    pub fn recomputed<E>(
        &self,
        at: Millis,
        before_discount: Money,
        terms: impl Fn(u32) -> Result<Rc<Program>, E>,
    ) -> Result<Recomputed, E> {
        if self.considered.is_empty() {
            let agrees = self.reason == Reason::NoEvidence && self.referrer.is_none();
            return Ok(Recomputed::from(agrees));
        }
        let Some(decision) = self.again(at, before_discount, terms)? else {
            return Ok(Recomputed::NotKept);
        };
        let basis = self.basis.clone();
        let again = basis.map(|basis| Self::new(&decision, self.no_reward, self.version, basis));
        Ok(Recomputed::from(again.as_ref() == Some(self)))
    }
}

impl From<bool> for Recomputed {
    fn from(agrees: bool) -> Self {
        if agrees { Self::Agrees } else { Self::Differs }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::rc::Rc;

    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::{collection::vec, option};

    use super::{Recomputed, StoredDecision};
    use crate::attribution::{Candidate, Evidence, Named, SameBy, TouchModel};
    use crate::cart::Line;
    use crate::decide::judge::Judged;
    use crate::decide::order::{BuyerFacts, OrderSnapshot, Purchase, Reason};
    use crate::decide::testing::{eur, kept, program, referred};
    use crate::id::{ExternalId, Pseudonym};
    use crate::program::Program;
    use crate::risk::{RiskEvidence, RiskVerdict, Thresholds, assess_without};
    use crate::time::{DAY_MS, Millis};

    /// Version 1 has the defaults, version 2 the opposite of each.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "what finds a version may fail elsewhere"
    )]
    fn version(number: u32) -> Result<Rc<Program>, Infallible> {
        let mut terms = program();
        terms.version = number;
        if number == 2 {
            terms.settings.attribution = TouchModel::FirstTouch;
            terms.settings.evidence_order.reverse();
            terms.settings.window_days = 10;
            terms.settings.minimum_order = 0;
        }
        Ok(Rc::new(terms))
    }

    fn referrer() -> impl Strategy<Value = Pseudonym> {
        prop_oneof![Just("jane"), Just("omar")].prop_map(|name| Pseudonym(name.into()))
    }

    fn terms() -> impl Strategy<Value = Rc<Program>> {
        (1_u32..=2).prop_map(|number| version(number).unwrap_or_else(|never| match never {}))
    }

    fn named() -> impl Strategy<Value = Named> {
        (
            referrer(),
            option::of(Just(SameBy::Email)),
            0..100 * DAY_MS,
            any::<bool>(),
            terms(),
        )
            .prop_map(|(referrer, same_as_buyer, at, claimed, terms)| Named {
                referrer,
                same_as_buyer,
                touched_at: Millis(at),
                claimed,
                terms,
            })
    }

    fn candidate() -> impl Strategy<Value = Candidate> {
        (
            0..5_usize,
            "[a-c]",
            option::weighted(0.8, named()),
            any::<bool>(),
        )
            .prop_map(|(kind, key, named, used)| Candidate {
                evidence: Evidence::ALL[kind],
                key,
                named,
                used,
            })
    }

    fn snapshot() -> impl Strategy<Value = OrderSnapshot> {
        let buyer = (any::<bool>(), 0..2_u32, option::of(referrer())).prop_map(
            |(named, orders, referrer)| BuyerFacts {
                named,
                orders,
                referrer,
            },
        );
        (any::<bool>(), terms(), buyer, vec(candidate(), 0..6)).prop_map(
            |(running, rules, buyer, candidates)| OrderSnapshot {
                running,
                rules,
                buyer,
                candidates,
                seen: Vec::new(),
            },
        )
    }

    proptest! {
        #[test]
        fn every_decision_is_made_again_from_what_is_kept(
            snapshot in snapshot(),
            at in 0..100 * DAY_MS,
            checkout_at in option::of(0..100 * DAY_MS),
            amount in 0_i64..3_000,
        ) {
            let purchase = Purchase { at: Millis(at), checkout_at: checkout_at.map(Millis), before_discount: Some(eur(amount)) };
            let json = serde_json::to_string(&kept(snapshot, &purchase)).expect("json");
            let kept: StoredDecision = crate::json::parse(&json).expect("a decision");
            let found = kept.recomputed(purchase.at, eur(amount), version);
            prop_assert_eq!(found, Ok(Recomputed::Agrees));
        }

        #[test]
        fn no_order_of_reading_the_evidence_decides_otherwise(snapshot in snapshot(), at in 0..100 * DAY_MS) {
            let purchase = Purchase { at: Millis(at), checkout_at: None, before_discount: Some(eur(2_000)) };
            let mut turned = snapshot.clone();
            turned.candidates.reverse();
            let (one, other) = (kept(snapshot, &purchase), kept(turned, &purchase));
            // Equal touches may still name two referrers: then either may stand first, and the keys decide.
            let keys = |kept: &StoredDecision| {
                let mut keys: Vec<_> = kept.considered.iter().map(|c| (c.evidence, c.key.clone(), c.touched_at)).collect();
                keys.sort();
                keys.dedup();
                keys.len() == kept.considered.len()
            };
            if keys(&one) {
                prop_assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn a_changed_decision_is_found() {
        let snapshot = referred("jane", &Rc::new(program()), Millis(1));
        let purchase = Purchase {
            at: Millis(5),
            checkout_at: None,
            before_discount: Some(eur(2_000)),
        };
        let kept = kept(snapshot, &purchase);
        let judged = |kept: &StoredDecision| {
            kept.recomputed(purchase.at, eur(2_000), version)
                .unwrap_or_else(|never| match never {})
        };
        assert_eq!(judged(&kept), Recomputed::Agrees);
        let mut other = kept.clone();
        other.referrer = Some(Pseudonym("omar".into()));
        assert_eq!(judged(&other), Recomputed::Differs);
        other = kept.clone();
        other.reason = Reason::SignedToken;
        assert_eq!(judged(&other), Recomputed::Differs);
        other = kept;
        other.basis = None;
        assert_eq!(judged(&other), Recomputed::NotKept);
    }

    fn renewal(lines: &[Line]) -> StoredDecision {
        let first = ExternalId::parse("1001").expect("an id");
        StoredDecision::renewal(&first, &Pseudonym("jane".into()), 2, None, lines)
    }

    /// What makes an order wait.
    fn looked_at() -> Judged {
        let (evidence, thresholds) = (RiskEvidence::default(), Thresholds::default());
        let mut assessment = assess_without(&evidence, thresholds, &[]);
        assessment.verdict = RiskVerdict::Review;
        Judged {
            referrer: Pseudonym("jane".into()),
            evidence,
            thresholds,
            assessment,
        }
    }

    #[test]
    fn what_an_order_earns_waits_if_that_was_said_or_its_risk_is_looked_at() {
        let usual = renewal(&[]);
        assert!(!usual.waits());
        let mut said = usual.clone();
        said.waits = true;
        assert!(said.waits());
        let mut judged = usual;
        judged.risk = Some(looked_at());
        assert!(judged.waits());
    }

    #[test]
    fn what_was_bought_is_kept_where_a_decision_has_evidence_and_where_it_has_none() {
        let mug = Line {
            product: ExternalId::parse("mug").expect("an id"),
            collections: Vec::new(),
            quantity: 2,
            subtotal: 1_800,
        };
        let renewed = renewal(std::slice::from_ref(&mug));
        assert_eq!(renewed.bought(), std::slice::from_ref(&mug));
        let purchase = Purchase {
            at: Millis(5),
            checkout_at: None,
            before_discount: Some(eur(2_000)),
        };
        let mut decided = kept(referred("jane", &Rc::new(program()), Millis(1)), &purchase);
        let basis = decided.basis.as_mut().expect("evidence");
        basis.lines = vec![mug.clone()];
        assert_eq!(decided.bought(), [mug]);
    }

    #[test]
    fn a_renewal_follows_from_the_decision_on_the_first_order() {
        let first = StoredDecision {
            reason: Reason::TypedCode,
            no_reward: None,
            version: 2,
            referrer: Some(Pseudonym("jane".into())),
            considered: Vec::new(),
            basis: None,
            renews: None,
            lines: Vec::new(),
            risk: None,
            waits: false,
        };
        let kept = renewal(&[]);
        assert_eq!(kept.renews(&first), Recomputed::Agrees);
        let held = StoredDecision {
            waits: true,
            risk: Some(looked_at()),
            ..kept.clone()
        };
        assert_eq!(held.renews(&first), Recomputed::Agrees);
        let (mut other, mut older) = (kept.clone(), kept);
        other.referrer = Some(Pseudonym("omar".into()));
        older.version = 1;
        for wrong in [other, older, first.clone()] {
            assert_eq!(wrong.renews(&first), Recomputed::Differs);
        }
    }

    #[test]
    fn what_is_kept_of_an_unreferred_order_is_as_short_as_it_was() {
        let json = r#"{"reason":"no_evidence","no_reward":null,"version":1,"referrer":null,"considered":[]}"#;
        let kept: StoredDecision = crate::json::parse(json).expect("the first form");
        assert_eq!(serde_json::to_string(&kept).expect("json"), json);
        let judged = |kept: &StoredDecision| kept.recomputed(Millis(5), eur(1), version);
        assert_eq!(judged(&kept), Ok(Recomputed::Agrees));
        let mut someones = kept.clone();
        someones.referrer = Some(Pseudonym("jane".into()));
        assert_eq!(judged(&someones), Ok(Recomputed::Differs));
        let mut typed = kept;
        typed.reason = Reason::TypedCode;
        assert_eq!(judged(&typed), Ok(Recomputed::Differs));
    }
}
