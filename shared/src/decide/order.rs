//! A paid order: to whom does it belong, and what is earned?

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::judge::Judged;
use crate::attribution::{
    Attribution, Candidate, Circumstances, Considered, Evidence, Named, Verdict, attribute,
};
use crate::event::Seen;
use crate::id::Pseudonym;
use crate::json::Read;
use crate::money::Money;
use crate::program::Program;
use crate::time::Millis;

/// What the ledger knows when an order arrives that it has not seen.
#[derive(Clone, Debug)]
pub struct OrderSnapshot {
    /// Whether the program runs now.
    pub running: bool,
    /// The version in force at the order's own time.
    pub rules: Rc<Program>,
    /// Who buys.
    pub buyer: BuyerFacts,
    /// All evidence: what came with the order, and what was stored before.
    pub candidates: Vec<Candidate>,
    /// Events of the buyer.
    pub seen: Vec<Seen>,
}

/// What is known of a buyer when their order is decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~BuyerFacts")]
pub struct BuyerFacts {
    /// Whether the order names anybody.
    pub named: bool,
    /// Earlier orders.
    pub orders: u32,
    /// The referrer whose they are already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Pseudonym>,
}

/// What is decided on: when it was bought, and for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// When it was paid.
    pub at: Millis,
    /// When its checkout began, if the shop says so.
    pub checkout_at: Option<Millis>,
    /// The subtotal before discounts; nothing was bought where an event is decided on.
    pub before_discount: Option<Money>,
}

/// Why an order was, or was not, rewarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// By the click token.
    SignedToken,
    /// By the discount that the invitee had claimed.
    ClaimedDiscount,
    /// By the referral code that the buyer typed.
    TypedCode,
    /// By the referral code to which the buyer had been bound.
    BoundCustomer,
    /// By the referral that the merchant's staff had entered.
    StaffEntry,
    /// Nothing on the order names a referrer.
    NoEvidence,
    /// What names a referrer is unknown, forged, expired, or was used by another order.
    UnresolvedEvidence,
    /// The merchant has stopped the program.
    ProgramEnded,
    /// The order names no buyer, so nobody can tell whether they are new, or the referrer.
    UnnamedBuyer,
    /// The buyer is a referrer's already: for good.
    AlreadyReferred,
    /// The buyer has bought before.
    ExistingCustomer,
    /// The buyer is the referrer.
    SelfReferral,
    /// Too much speaks against the referral.
    BlockedByRisk,
    /// The touch was too long ago.
    WindowPassed,
    /// The touch came after the checkout had begun.
    AfterCheckout,
    /// What the program rewards has not happened yet: it rewards orders and this is none, or events that are missing.
    NotQualified,
    /// The program has no amounts in the order's currency.
    CurrencyNotOffered,
    /// The order is below the smallest that qualifies.
    BelowMinimum,
    /// A later order of a subscription whose first order converted.
    Renewal,
    /// The referrer has earned as much as the program allows.
    CapReached,
    /// The program has spent its budget.
    BudgetReached,
    /// The reward comes to nothing on this order.
    WorthNothing,
}

/// The decision on an order.
#[derive(Clone, Debug)]
pub struct OrderDecision {
    /// Why.
    pub reason: Reason,
    /// Every piece of evidence with its verdict.
    pub considered: Vec<Considered>,
    /// The referral, if the order converted one.
    pub conversion: Option<Conversion>,
    /// How it was judged, if it was.
    pub risk: Option<Judged>,
}

/// An order that qualified for a referral.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// By what.
    pub evidence: Evidence,
    /// Click id, discount code or referral code.
    pub key: String,
    /// Whose referral.
    pub referrer: Pseudonym,
    /// The terms that hold for it, for good, in the currency of the order.
    pub terms: Rc<Program>,
    /// When the touch was.
    pub touched_at: Millis,
}

/// Decides to whom an order belongs.
pub fn decide_order(snapshot: OrderSnapshot, purchase: &Purchase) -> OrderDecision {
    let OrderSnapshot {
        running,
        rules,
        buyer,
        candidates,
        seen,
    } = snapshot;
    let by = Circumstances {
        rules: &rules,
        order_at: purchase.at,
        checkout_at: purchase.checkout_at,
        buyer_referrer: buyer.referrer.as_ref(),
    };
    let Attribution { chosen, considered } = attribute(candidates, &by);
    let terms = chosen.as_ref().map_or(&rules, |chosen| &chosen.named.terms);
    let obstacle = obstacle(running, &buyer, terms, &considered);
    let (reason, conversion) = match (obstacle, chosen) {
        (Some(reason), _) => (reason, None),
        (None, None) => (strongest_obstacle(&considered), None),
        (None, Some(chosen)) => match terms_for(purchase, &chosen.named, &seen) {
            Err(reason) => (reason, None),
            Ok(terms) => {
                let conversion = Conversion {
                    evidence: chosen.evidence,
                    key: chosen.key,
                    referrer: chosen.named.referrer,
                    terms,
                    touched_at: chosen.named.touched_at,
                };
                (Reason::from(chosen.evidence), Some(conversion))
            }
        },
    };
    OrderDecision {
        reason,
        considered,
        conversion,
        risk: None,
    }
}

/// Why nothing can convert, whatever the evidence.
fn obstacle(
    running: bool,
    buyer: &BuyerFacts,
    terms: &Program,
    considered: &[Considered],
) -> Option<Reason> {
    if considered.is_empty() {
        Some(Reason::NoEvidence)
    } else if !running {
        Some(Reason::ProgramEnded)
    } else if !buyer.named {
        // Money fails closed: without a buyer neither "new customers only" nor "nobody refers themselves" can be checked.
        Some(Reason::UnnamedBuyer)
    } else if buyer.referrer.is_some() {
        Some(Reason::AlreadyReferred)
    } else if !terms.settings.is_for(buyer.orders) {
        Some(Reason::ExistingCustomer)
    } else {
        None
    }
}

/// Whether this is what the terms reward: an order, or the last of the events.
fn is_qualified(purchase: &Purchase, named: &Named, seen: &[Seen]) -> bool {
    let qualifies = &named.terms.settings.qualifies_by;
    if purchase.before_discount.is_some() {
        return qualifies.on.is_some();
    }
    let done = qualifies.steps_done(seen, named.touched_at, named.window_ends());
    qualifies.on.is_none() && done == qualifies.events.len()
}

/// The terms in the currency of what was bought, if it is what they reward.
fn terms_for(purchase: &Purchase, named: &Named, seen: &[Seen]) -> Result<Rc<Program>, Reason> {
    if !is_qualified(purchase, named, seen) {
        return Err(Reason::NotQualified);
    }
    let Some(amount) = purchase.before_discount else {
        return Ok(Rc::clone(&named.terms));
    };
    let terms = named.terms.in_currency(amount.currency());
    let terms = terms.ok_or(Reason::CurrencyNotOffered)?;
    // Where nothing was bought there is no paid order, whatever the terms.
    if amount.minor() < terms.settings.minimum_order.max(1) {
        return Err(Reason::BelowMinimum);
    }
    Ok(terms)
}

fn strongest_obstacle(considered: &[Considered]) -> Reason {
    let any = |verdict| {
        considered
            .iter()
            .any(|candidate| candidate.verdict == verdict)
    };
    if any(Verdict::SelfReferral) {
        Reason::SelfReferral
    } else if any(Verdict::WindowPassed) {
        Reason::WindowPassed
    } else if any(Verdict::AfterCheckout) {
        Reason::AfterCheckout
    } else {
        Reason::UnresolvedEvidence
    }
}

impl From<Evidence> for Reason {
    fn from(evidence: Evidence) -> Self {
        match evidence {
            Evidence::SignedToken => Self::SignedToken,
            Evidence::DiscountCode => Self::ClaimedDiscount,
            Evidence::ReferralCode => Self::TypedCode,
            Evidence::Bound => Self::BoundCustomer,
            Evidence::Staff => Self::StaffEntry,
        }
    }
}

impl Reason {
    /// The reason in words a merchant understands.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SignedToken => {
                "The buyer came through the referrer's link: the signed click travelled with the cart."
            }
            Self::ClaimedDiscount => {
                "The buyer used the single-use discount that they had claimed through the referrer's link."
            }
            Self::TypedCode => "The buyer typed the referrer's code.",
            Self::BoundCustomer => {
                "The buyer had been bound to the referrer's code before: a claim or a registration named them."
            }
            Self::StaffEntry => "The merchant's staff had entered this referral.",
            Self::NoEvidence => "Nothing names a referrer for this order.",
            Self::UnresolvedEvidence => {
                "What the order carries names no referrer: the code or click is unknown, forged, expired, or was used by another order."
            }
            Self::ProgramEnded => "The program was stopped when the order arrived.",
            Self::UnnamedBuyer => {
                "The order names no buyer, so it cannot be told whether they are new."
            }
            Self::AlreadyReferred => {
                "The buyer had been referred before; whoever has a referrer stays with them."
            }
            Self::ExistingCustomer => {
                "The buyer had bought before; the program is for new customers."
            }
            Self::SelfReferral => "The buyer is the referrer.",
            Self::BlockedByRisk => "Too much speaks against this referral, so it was blocked.",
            Self::WindowPassed => "The click was longer ago than the program's window.",
            Self::AfterCheckout => "The click came after the checkout had begun.",
            Self::NotQualified => "What the program rewards had not happened.",
            Self::CurrencyNotOffered => "The program has no amounts in the order's currency.",
            Self::BelowMinimum => "The order is below the smallest one that qualifies.",
            Self::Renewal => "The order belongs to a subscription that began with a referral.",
            Self::CapReached => "The referrer had already earned as much as the program allows.",
            Self::BudgetReached => {
                "The program's budget did not leave enough for the whole reward."
            }
            Self::WorthNothing => "The reward comes to nothing on an order of this size.",
        }
    }
}

#[cfg(test)]
mod tests;
