//! Attribution: which referrer an order belongs to, and why.
//!
//! Every piece of evidence becomes a [`Candidate`], whether it came with the order or was stored before: the program's order
//! of evidence decides between kinds, and within a kind the last touch or the first. All candidates are kept with what was
//! known of them and their verdict, so that "why did Jane get this?" is answered by reading, and the decision can be made
//! again from what is stored.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::id::{ExternalId, Pseudonym};
use crate::json::Read;
use crate::keyed_hash::EmailHashes;
use crate::program::Program;
use crate::sorted::sorted_by;
use crate::time::Millis;

/// Kinds of evidence, strongest first as long as a program does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The click token travelled with the cart.
    SignedToken,
    /// A single-use discount code that a claim had minted.
    DiscountCode,
    /// A referral code that the buyer typed.
    ReferralCode,
    /// The buyer was bound to a referral code before: a claim or a registration named them.
    Bound,
    /// The merchant's staff entered the referral, with a reason.
    Staff,
}

/// Which touch wins among several of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum TouchModel {
    /// The latest.
    #[default]
    LastTouch,
    /// The earliest.
    FirstTouch,
}

/// What is known of a person when two records are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The shop's customer id.
    pub customer: Option<ExternalId>,
    /// Keyed hashes of the e-mail.
    pub email: Option<EmailHashes>,
}

/// By what two records are the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum SameBy {
    /// The same customer id.
    CustomerId,
    /// The same e-mail.
    Email,
    /// Two aliases of one mailbox.
    EmailAlias,
}

/// One piece of evidence, resolved as far as it goes.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its kind.
    pub evidence: Evidence,
    /// Click id, discount code or referral code.
    pub key: String,
    /// Whom it names; `None` when it could not be resolved.
    pub named: Option<Named>,
    /// Whether another order has used this very click or discount: a click is one person's.
    pub used: bool,
}

/// The referrer whom a piece of evidence names.
#[derive(Clone, Debug)]
pub struct Named {
    /// The referrer.
    pub referrer: Pseudonym,
    /// By what the referrer is the buyer, if they are.
    pub same_as_buyer: Option<SameBy>,
    /// When the link was clicked, the code typed, the buyer bound, or the referral entered.
    pub touched_at: Millis,
    /// Whether the offer was claimed: the window has then been kept.
    pub claimed: bool,
    /// The terms that hold for it.
    pub terms: Rc<Program>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The order is its referrer's.
    Chosen,
    /// Stronger evidence, or another touch of its kind, won.
    Outranked,
    /// It names nobody: unknown, forged, expired or revoked.
    Unresolved,
    /// Another order has used this click or discount, so it names nobody for this one.
    Used,
    /// The touch came after the checkout had begun.
    AfterCheckout,
    /// The touch was too long before the order.
    WindowPassed,
    /// The referrer is the buyer.
    SelfReferral,
    /// The buyer is another referrer's already.
    AlreadyReferred,
}

/// A candidate as the decision keeps it: with everything that its verdict follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Considered")]
pub struct Considered {
    /// Its kind.
    pub evidence: Evidence,
    /// Click id, discount code or referral code.
    pub key: String,
    /// Whom it named.
    pub referrer: Option<Pseudonym>,
    /// What became of it.
    pub verdict: Verdict,
    /// When the touch was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched_at: Option<Millis>,
    /// Whether the offer was claimed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub claimed: bool,
    /// The version of the terms that hold for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Until when the touch counts, unless it was claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_ends: Option<Millis>,
    /// By what the referrer is the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as_buyer: Option<SameBy>,
    /// Whether another order had used it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub used: bool,
}

/// The outcome over all candidates.
#[derive(Clone, Debug)]
pub struct Attribution {
    /// The candidate to whom the order belongs.
    pub chosen: Option<Chosen>,
    /// Every candidate with its verdict, strongest first.
    pub considered: Vec<Considered>,
}

/// The evidence that won.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its kind.
    pub evidence: Evidence,
    /// Click id, discount code or referral code.
    pub key: String,
    /// Whom it names.
    pub named: Named,
}

/// What the candidates of one order are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The version whose order of evidence, and first or last touch, hold.
    pub rules: &'a Program,
    /// When the order was paid.
    pub order_at: Millis,
    /// When its checkout began, if the shop says so: later touches do not count.
    pub checkout_at: Option<Millis>,
    /// The referrer whose the buyer is already.
    pub buyer_referrer: Option<&'a Pseudonym>,
}

impl Evidence {
    /// All kinds in their usual order.
    pub const ALL: [Self; 5] = [
        Self::SignedToken,
        Self::DiscountCode,
        Self::ReferralCode,
        Self::Bound,
        Self::Staff,
    ];
}

/// By what two records are the same person, if they are.
pub fn same_person(one: &Identity, other: &Identity) -> Option<SameBy> {
    if one.customer.is_some() && one.customer == other.customer {
        return Some(SameBy::CustomerId);
    }
    let (one, other) = (one.email.as_ref()?, other.email.as_ref()?);
    if one.exact == other.exact {
        Some(SameBy::Email)
    } else if one.canonical == other.canonical {
        Some(SameBy::EmailAlias)
    } else {
        None
    }
}

/// By what somebody is the person of whom all this is known.
pub fn same_as_any(known: &[Identity], somebody: &Identity) -> Option<SameBy> {
    known
        .iter()
        .find_map(|identity| same_person(identity, somebody))
}

/// Whether somebody is the person of whom all this is known.
pub fn is_among(known: &[Identity], somebody: &Identity) -> bool {
    same_as_any(known, somebody).is_some()
}

/// Chooses among the candidates of one order.
pub fn attribute(candidates: Vec<Candidate>, by: &Circumstances<'_>) -> Attribution {
    // Strongest kind first, then the first or last touch, then whoever names nobody; the key makes the order total, so that
    // no replay decides otherwise.
    let settings = &by.rules.settings;
    let first = settings.attribution == TouchModel::FirstTouch;
    let place = |candidate: &Candidate| {
        let touched = candidate.named.as_ref().map(|named| named.touched_at.0);
        let at = touched.map(|at| if first { at } else { at.saturating_neg() });
        (settings.rank(candidate.evidence), at.is_none(), at)
    };
    let candidates = sorted_by(candidates, |one, other| {
        place(one)
            .cmp(&place(other))
            .then_with(|| one.key.cmp(&other.key))
    });
    let mut chosen = None;
    let mut considered = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let verdict = judge(&candidate, by, chosen.is_some());
        considered.push(keep(&candidate, verdict));
        if let (Verdict::Chosen, Some(named)) = (verdict, candidate.named) {
            chosen = Some(Chosen {
                evidence: candidate.evidence,
                key: candidate.key,
                named,
            });
        }
    }
    Attribution { chosen, considered }
}

fn judge(candidate: &Candidate, by: &Circumstances<'_>, taken: bool) -> Verdict {
    if candidate.used {
        return Verdict::Used;
    }
    let Some(named) = &candidate.named else {
        return Verdict::Unresolved;
    };
    if by.checkout_at.is_some_and(|began| named.touched_at > began) {
        Verdict::AfterCheckout
    } else if !named.claimed && by.order_at > named.window_ends() {
        Verdict::WindowPassed
    } else if named.same_as_buyer.is_some() {
        Verdict::SelfReferral
    } else if by
        .buyer_referrer
        .is_some_and(|referrer| *referrer != named.referrer)
    {
        Verdict::AlreadyReferred
    } else if taken {
        Verdict::Outranked
    } else {
        Verdict::Chosen
    }
}

fn keep(candidate: &Candidate, verdict: Verdict) -> Considered {
    let named = candidate.named.as_ref();
    Considered {
        evidence: candidate.evidence,
        key: candidate.key.clone(),
        referrer: named.map(|named| named.referrer.clone()),
        verdict,
        touched_at: named.map(|named| named.touched_at),
        claimed: named.is_some_and(|named| named.claimed),
        version: named.map(|named| named.terms.version),
        window_ends: named.filter(|named| !named.claimed).map(Named::window_ends),
        same_as_buyer: named.and_then(|named| named.same_as_buyer),
        used: candidate.used,
    }
}

impl Named {
    /// Until when the touch counts.
    pub fn window_ends(&self) -> Millis {
        self.touched_at.plus_days(self.terms.settings.window_days)
    }
}

impl Considered {
    /// The candidate that it was, under these terms; `None` when it was kept before candidates were kept whole.
    pub fn candidate(&self, terms: Option<Rc<Program>>) -> Option<Candidate> {
        let named = match (&self.referrer, self.touched_at, terms) {
            (None, ..) => None,
            (Some(referrer), Some(touched_at), Some(terms)) => Some(Named {
                referrer: referrer.clone(),
                same_as_buyer: self.same_as_buyer,
                touched_at,
                claimed: self.claimed,
                terms,
            }),
            _ => return None,
        };
        Some(Candidate {
            evidence: self.evidence,
            key: self.key.clone(),
            named,
            used: self.used,
        })
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests;
