//! A paid order: to whom does it belong, and what is earned?

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::attribution::{
    Attribution, Candidate, Circumstances, Considered, Evidence, Verdict, attribute,
};
use crate::cart::Cart;
use crate::id::Pseudonym;
use crate::money::{Money, MoneyError};
use crate::order::Order;
use crate::program::Program;
use crate::program::offer::NoBenefit;
use crate::reward::{Change, Remaining, RewardState, StoredReward, earn};
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
}

/// What is known of a buyer when their order is decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The subtotal before discounts.
    pub before_discount: Money,
}

/// Why an order was, or was not, rewarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The touch was too long ago.
    WindowPassed,
    /// The touch came after the checkout had begun.
    AfterCheckout,
    /// The order is below the smallest that qualifies.
    BelowMinimum,
    /// The referrer has earned as much this year as the program allows.
    CapReached,
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
    /// The terms that hold for it, for good.
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
        (None, Some(chosen)) if is_too_small(purchase, &chosen.named.terms) => {
            (Reason::BelowMinimum, None)
        }
        (None, Some(chosen)) => {
            let conversion = Conversion {
                evidence: chosen.evidence,
                key: chosen.key,
                referrer: chosen.named.referrer,
                terms: chosen.named.terms,
                touched_at: chosen.named.touched_at,
            };
            (Reason::from(chosen.evidence), Some(conversion))
        }
    };
    OrderDecision {
        reason,
        considered,
        conversion,
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

fn is_too_small(purchase: &Purchase, terms: &Program) -> bool {
    purchase.before_discount.minor() < terms.settings.minimum_order
}

/// What the referrer's account looks like when a conversion is rewarded.
#[derive(Clone, Copy, Debug)]
pub struct RewardSnapshot {
    /// Rewards of the last 365 days that were not taken back.
    pub rewards_this_year: u32,
    /// What the referrer owes after clawbacks.
    pub owed: Money,
    /// How much of the order is left.
    pub remaining: Remaining,
}

/// The reward of a conversion, or why there is none.
pub fn decide_reward(
    conversion: &Conversion,
    order: &Order,
    snapshot: &RewardSnapshot,
    id: Pseudonym,
    now: Millis,
) -> Result<Result<Change, Reason>, MoneyError> {
    let settings = &conversion.terms.settings;
    if snapshot.rewards_this_year >= settings.rewards_per_year_max {
        return Ok(Err(Reason::CapReached));
    }
    let before_discount = order.subtotal.plus(order.discount)?;
    let cart = Cart {
        subtotal: before_discount,
        lines: &order.lines,
    };
    let offered = match settings.benefit(&cart) {
        Ok(benefit) => benefit.amount,
        Err(NoBenefit::Money(error)) => return Err(error),
        Err(NoBenefit::NothingMatches | NoBenefit::ItemMissing) => {
            Money::zero(before_discount.currency())
        }
    };
    let amount = settings.reward.worth(order.subtotal, offered)?;
    if amount.minor() <= 0 {
        return Ok(Err(Reason::WorthNothing));
    }
    let reward = StoredReward {
        id,
        owner: conversion.referrer.clone(),
        amount,
        reversed: Money::zero(amount.currency()),
        state: RewardState::Pending,
        payable_at: now.plus_days(settings.hold_days),
        frozen: snapshot.remaining.frozen,
    };
    earn(reward, snapshot.remaining, snapshot.owed, now).map(Ok)
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
            Self::WindowPassed => "The click was longer ago than the program's window.",
            Self::AfterCheckout => "The click came after the checkout had begun.",
            Self::BelowMinimum => "The order is below the smallest one that qualifies.",
            Self::CapReached => {
                "The referrer had already earned as many rewards in 365 days as the program allows."
            }
            Self::WorthNothing => "The reward comes to nothing on an order of this size.",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{
        BuyerFacts, OrderDecision, OrderSnapshot, Purchase, Reason, RewardSnapshot, decide_order,
        decide_reward,
    };
    use crate::attribution::{Candidate, Evidence, Named, SameBy};
    use crate::decide::testing::{eur, program};
    use crate::id::{ExternalId, Pseudonym};
    use crate::order::{Buyer, Order};
    use crate::reward::{Remaining, RewardState};
    use crate::time::Millis;

    const WHOLE: Remaining = Remaining {
        left: 1_700,
        whole: 1_700,
        frozen: false,
    };

    fn order(subtotal: i64, discount: i64) -> Order {
        Order {
            id: ExternalId::parse("1001").expect("id"),
            at: Millis(1_000),
            checkout_at: None,
            buyer: Buyer::default(),
            subtotal: eur(subtotal),
            discount: eur(discount),
            total: eur(subtotal),
            discount_codes: Vec::new(),
            referral_code: None,
            token: None,
            lines: Vec::new(),
        }
    }

    fn purchase(before_discount: i64) -> Purchase {
        Purchase {
            at: Millis(1_000),
            checkout_at: None,
            before_discount: eur(before_discount),
        }
    }

    fn by(evidence: Evidence, referrer: &str) -> Candidate {
        Candidate {
            evidence,
            key: "COFFEE".into(),
            named: Some(Named {
                referrer: Pseudonym(referrer.into()),
                same_as_buyer: (referrer == "ann").then_some(SameBy::Email),
                touched_at: Millis(1_000),
                claimed: false,
                terms: Rc::new(program()),
            }),
            used: false,
        }
    }

    /// Ann buys for the first time.
    fn snapshot(candidates: Vec<Candidate>) -> OrderSnapshot {
        OrderSnapshot {
            running: true,
            rules: Rc::new(program()),
            buyer: BuyerFacts {
                named: true,
                ..BuyerFacts::default()
            },
            candidates,
        }
    }

    fn decided(snapshot: OrderSnapshot) -> OrderDecision {
        decide_order(snapshot, &purchase(2_000))
    }

    fn typed() -> Vec<Candidate> {
        vec![by(Evidence::ReferralCode, "jane")]
    }

    #[test]
    fn each_kind_of_evidence_converts_and_is_the_reason() {
        let reasons = Evidence::ALL.map(|kind| decided(snapshot(vec![by(kind, "jane")])).reason);
        assert_eq!(
            reasons,
            [
                Reason::SignedToken,
                Reason::ClaimedDiscount,
                Reason::TypedCode,
                Reason::BoundCustomer,
                Reason::StaffEntry
            ]
        );
    }

    #[test]
    fn each_obstacle_has_its_reason_by_precedence() {
        let unresolved = Candidate {
            named: None,
            ..by(Evidence::DiscountCode, "x")
        };
        let mut snapshot = OrderSnapshot {
            running: false,
            buyer: BuyerFacts {
                named: false,
                orders: 1,
                referrer: Some(Pseudonym("omar".into())),
            },
            ..snapshot(Vec::new())
        };
        let reason = |snapshot: &OrderSnapshot| decided(snapshot.clone()).reason;
        assert_eq!(reason(&snapshot), Reason::NoEvidence);
        snapshot.candidates = vec![unresolved];
        assert_eq!(reason(&snapshot), Reason::ProgramEnded);
        snapshot.running = true;
        assert_eq!(reason(&snapshot), Reason::UnnamedBuyer);
        snapshot.buyer.named = true;
        assert_eq!(reason(&snapshot), Reason::AlreadyReferred);
        snapshot.buyer.referrer = None;
        assert_eq!(reason(&snapshot), Reason::ExistingCustomer);
        snapshot.buyer.orders = 0;
        assert_eq!(reason(&snapshot), Reason::UnresolvedEvidence);
        snapshot.candidates.push(by(Evidence::SignedToken, "ann"));
        assert_eq!(reason(&snapshot), Reason::SelfReferral);
    }

    #[test]
    fn an_offer_for_the_first_orders_converts_until_they_are_over() {
        let mut snapshot = snapshot(typed());
        let mut terms = program();
        terms.settings.first_orders = 3;
        if let Some(named) = &mut snapshot.candidates[0].named {
            named.terms = Rc::new(terms);
        }
        for (orders, reason) in [(2, Reason::TypedCode), (3, Reason::ExistingCustomer)] {
            snapshot.buyer.orders = orders;
            assert_eq!(decided(snapshot.clone()).reason, reason);
        }
    }

    #[test]
    fn touches_that_come_too_late_or_are_used_convert_nothing() {
        let late = decide_order(
            snapshot(typed()),
            &Purchase {
                checkout_at: Some(Millis(999)),
                ..purchase(2_000)
            },
        );
        assert_eq!(late.reason, Reason::AfterCheckout);
        let used = Candidate {
            used: true,
            ..by(Evidence::SignedToken, "jane")
        };
        assert_eq!(
            decided(snapshot(vec![used])).reason,
            Reason::UnresolvedEvidence
        );
    }

    #[test]
    fn an_order_counts_by_what_it_cost_before_discounts() {
        let reason = |amount| decide_order(snapshot(typed()), &purchase(amount)).reason;
        assert_eq!(reason(999), Reason::BelowMinimum);
        assert_eq!(reason(1_000), Reason::TypedCode);
    }

    #[test]
    fn the_cap_stops_the_reward_and_not_the_attribution() {
        let order = order(1_700, 300);
        let conversion = decided(snapshot(typed())).conversion.expect("a conversion");
        let reward = |rewards_this_year| {
            let account = RewardSnapshot {
                rewards_this_year,
                owed: eur(0),
                remaining: WHOLE,
            };
            decide_reward(
                &conversion,
                &order,
                &account,
                Pseudonym("r".into()),
                Millis(1_000),
            )
            .expect("fits")
        };
        assert_eq!(reward(25), Err(Reason::CapReached));
        let change = reward(24).expect("a reward");
        assert_eq!(
            (change.after.amount, change.after.state),
            (eur(500), RewardState::Issued)
        );
    }
}
