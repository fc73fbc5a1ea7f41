//! A paid order: to whom does it belong, and what is earned?

use serde::{Deserialize, Serialize};

use crate::attribution::{Candidate, Considered, Evidence, Identity, Verdict, attribute};
use crate::id::Pseudonym;
use crate::order::Order;
use crate::program::Program;
use crate::reward::Remaining;
use crate::time::Millis;

/// What the ledger knows when an order arrives that it has not seen.
#[derive(Clone, Debug)]
pub struct OrderSnapshot<'a> {
    /// The program now: whether it runs at all.
    pub program: &'a Program,
    /// The buyer: what the order says of them, and what was known before.
    pub buyer: &'a [Identity],
    /// Earlier orders of the buyer.
    pub buyer_orders: u32,
    /// Evidence that came with the order.
    pub candidates: Vec<Candidate>,
    /// How much of the order is left, from facts that arrived before it.
    pub remaining: Remaining,
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
    /// Nothing on the order names a referrer.
    NoEvidence,
    /// What names a referrer is unknown, forged, expired, or was used by another order.
    UnresolvedEvidence,
    /// The merchant has stopped the program.
    ProgramEnded,
    /// The order names no buyer, so nobody can tell whether they are new, or the referrer.
    UnnamedBuyer,
    /// The buyer has bought before.
    ExistingCustomer,
    /// The buyer is the referrer.
    SelfReferral,
    /// The click was too long ago.
    WindowPassed,
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
    pub terms: Program,
    /// When the link was clicked, or the code typed.
    pub touched_at: Millis,
}

impl OrderDecision {
    /// The decision on a later order of a subscription: it belongs to whom the first one does, whatever it carries.
    pub const fn renewal() -> Self {
        Self {
            reason: Reason::Renewal,
            considered: Vec::new(),
            conversion: None,
        }
    }
}

/// Decides to whom an order belongs.
pub fn decide_order(snapshot: OrderSnapshot<'_>, order: &Order) -> OrderDecision {
    let before_discount = order
        .subtotal
        .plus(order.discount)
        .unwrap_or(order.subtotal);
    let attribution = attribute(snapshot.candidates, snapshot.buyer, order.at);
    let refused = |reason, considered| OrderDecision {
        reason,
        considered,
        conversion: None,
    };
    let considered = attribution.considered;
    if considered.is_empty() {
        return refused(Reason::NoEvidence, considered);
    }
    if !snapshot.program.settings.active {
        return refused(Reason::ProgramEnded, considered);
    }
    // Money fails closed: without a buyer neither "new customers only" nor "nobody refers themselves" can be checked.
    let nobody = Identity::default();
    if snapshot.buyer.iter().all(|identity| *identity == nobody) {
        return refused(Reason::UnnamedBuyer, considered);
    }
    if snapshot.buyer_orders > 0 {
        return refused(Reason::ExistingCustomer, considered);
    }
    let Some((evidence, named)) = attribution.chosen else {
        let reason = strongest_obstacle(&considered);
        return refused(reason, considered);
    };
    if before_discount.minor() < named.terms.settings.minimum_order {
        return refused(Reason::BelowMinimum, considered);
    }
    let key = considered
        .iter()
        .find(|candidate| candidate.verdict == Verdict::Chosen)
        .map(|candidate| candidate.key.clone())
        .unwrap_or_default();
    OrderDecision {
        reason: match evidence {
            Evidence::SignedToken => Reason::SignedToken,
            Evidence::DiscountCode => Reason::ClaimedDiscount,
            Evidence::ReferralCode => Reason::TypedCode,
        },
        considered,
        conversion: Some(Conversion {
            evidence,
            key,
            referrer: named.referrer,
            terms: named.terms,
            touched_at: named.touched_at,
        }),
    }
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
    } else {
        Reason::UnresolvedEvidence
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
            Self::NoEvidence => "Nothing on the order names a referrer.",
            Self::UnresolvedEvidence => {
                "What the order carries names no referrer: the code or click is unknown, forged, expired, or was used by another order."
            }
            Self::ProgramEnded => "The program was stopped when the order arrived.",
            Self::UnnamedBuyer => {
                "The order names no buyer, so it cannot be told whether they are new."
            }
            Self::ExistingCustomer => {
                "The buyer had bought before; the program is for new customers."
            }
            Self::SelfReferral => "The buyer is the referrer.",
            Self::WindowPassed => "The click was longer ago than the program's window.",
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
mod tests {
    use super::{OrderSnapshot, Reason, decide_order};
    use crate::attribution::{Candidate, Evidence, Identity, Named};
    use crate::decide::testing::{eur, identity, program};
    use crate::id::{ExternalId, Pseudonym};
    use crate::order::{Buyer, Order};
    use crate::reward::Remaining;
    use crate::time::Millis;

    const WHOLE: Remaining = Remaining {
        left: 1_700,
        at_best: 1_700,
        whole: 1_700,
        frozen: false,
    };

    fn order(subtotal: i64, discount: i64) -> Order {
        Order {
            id: ExternalId::parse("1001").expect("id"),
            at: Millis(1_000),
            buyer: Buyer::default(),
            subtotal: eur(subtotal),
            discount: eur(discount),
            total: eur(subtotal),
            discount_codes: Vec::new(),
            referral_code: None,
            token: None,
            subscription: None,
        }
    }

    fn typed(referrer: &str) -> Vec<Candidate> {
        vec![Candidate {
            evidence: Evidence::ReferralCode,
            key: "COFFEE".into(),
            named: Some(Named {
                referrer: Pseudonym(referrer.into()),
                identity: identity(referrer),
                touched_at: Millis(1_000),
                claimed: false,
                terms: program(),
            }),
            used: false,
        }]
    }

    fn reason(
        candidates: Vec<Candidate>,
        buyer: &Identity,
        buyer_orders: u32,
        order: &Order,
    ) -> Reason {
        let program = program();
        let snapshot = OrderSnapshot {
            program: &program,
            buyer: std::slice::from_ref(buyer),
            buyer_orders,
            candidates,
            remaining: WHOLE,
        };
        decide_order(snapshot, order).reason
    }

    #[test]
    fn each_reason_has_its_case() {
        let (ann, jane) = (identity("ann"), identity("jane"));
        let unknown = vec![Candidate {
            evidence: Evidence::DiscountCode,
            key: "X".into(),
            named: None,
            used: false,
        }];
        assert_eq!(
            reason(Vec::new(), &ann, 0, &order(1_700, 300)),
            Reason::NoEvidence
        );
        assert_eq!(
            reason(unknown, &ann, 0, &order(1_700, 300)),
            Reason::UnresolvedEvidence
        );
        assert_eq!(
            reason(typed("jane"), &ann, 1, &order(1_700, 300)),
            Reason::ExistingCustomer
        );
        assert_eq!(
            reason(typed("jane"), &jane, 0, &order(1_700, 300)),
            Reason::SelfReferral
        );
        assert_eq!(
            reason(typed("jane"), &Identity::default(), 0, &order(699, 300)),
            Reason::UnnamedBuyer
        );
        let by_mail = Identity {
            customer: None,
            ..ann.clone()
        };
        assert_eq!(
            reason(typed("jane"), &by_mail, 0, &order(1_700, 300)),
            Reason::TypedCode
        );
        let mut used = typed("jane");
        for candidate in &mut used {
            candidate.used = true;
        }
        assert_eq!(
            reason(used, &ann, 0, &order(1_700, 300)),
            Reason::UnresolvedEvidence
        );
        assert_eq!(
            reason(typed("jane"), &ann, 0, &order(699, 300)),
            Reason::BelowMinimum
        );
        assert_eq!(
            reason(typed("jane"), &ann, 0, &order(1_700, 300)),
            Reason::TypedCode
        );
    }

    #[test]
    fn a_stopped_program_rewards_nothing_whoever_bought() {
        let (mut stopped, nobody) = (program(), Identity::default());
        stopped.settings.active = false;
        let snapshot = OrderSnapshot {
            program: &stopped,
            buyer: &[nobody],
            buyer_orders: 1,
            candidates: typed("jane"),
            remaining: WHOLE,
        };
        assert_eq!(
            decide_order(snapshot, &order(1_700, 300)).reason,
            Reason::ProgramEnded
        );
    }

    #[test]
    fn a_buyer_is_the_referrer_by_whatever_is_known_of_them() {
        let program = program();
        let by_id = Identity {
            email: None,
            ..identity("other")
        };
        let snapshot = OrderSnapshot {
            program: &program,
            buyer: &[by_id, identity("jane")],
            buyer_orders: 0,
            candidates: typed("jane"),
            remaining: WHOLE,
        };
        assert_eq!(
            decide_order(snapshot, &order(1_700, 300)).reason,
            Reason::SelfReferral
        );
    }
}
