//! Attribution: which referrer an order belongs to, and why.
//!
//! Every piece of evidence that came with an order becomes a [`Candidate`]; the strongest kind wins, and within a kind the
//! last touch. All candidates are kept with their verdict, so that "why did Jane get this?" is answered by reading.

use serde::{Deserialize, Serialize};

use crate::id::{ExternalId, Pseudonym};
use crate::keyed_hash::EmailHashes;
use crate::program::Program;
use crate::time::Millis;

/// Kinds of evidence, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The click token travelled with the cart.
    SignedToken,
    /// A single-use discount code that a claim had minted.
    DiscountCode,
    /// A referral code that the buyer typed.
    ReferralCode,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What is known of them.
    pub identity: Identity,
    /// When the link was clicked, or the order's time for a typed code.
    pub touched_at: Millis,
    /// Whether the offer was claimed: the window has then been kept.
    pub claimed: bool,
    /// The terms that hold for it.
    pub terms: Program,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The order is its referrer's.
    Chosen,
    /// Stronger or later evidence won.
    Outranked,
    /// It names nobody: unknown, forged, expired or revoked.
    Unresolved,
    /// Another order has used this click or discount, so it names nobody for this one.
    Used,
    /// The click was too long before the order.
    WindowPassed,
    /// The referrer is the buyer.
    SelfReferral,
}

/// A candidate as the decision keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Its kind.
    pub evidence: Evidence,
    /// Click id, discount code or referral code.
    pub key: String,
    /// Whom it named.
    pub referrer: Option<Pseudonym>,
    /// What became of it.
    pub verdict: Verdict,
}

/// The outcome over all candidates.
#[derive(Clone, Debug)]
pub struct Attribution {
    /// The candidate to whom the order belongs, and by what evidence.
    pub chosen: Option<(Evidence, Named)>,
    /// Every candidate with its verdict, strongest first.
    pub considered: Vec<Considered>,
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

/// Whether somebody is the person of whom all this is known.
pub fn is_among(known: &[Identity], somebody: &Identity) -> bool {
    known
        .iter()
        .any(|identity| same_person(identity, somebody).is_some())
}

/// Chooses among the candidates of one order. The buyer is all that is known of them: what the order says, and what was
/// known before.
pub fn attribute(
    mut candidates: Vec<Candidate>,
    buyer: &[Identity],
    order_at: Millis,
) -> Attribution {
    // Strongest kind first, then the last touch; the key makes the order total, so that no replay decides otherwise.
    candidates.sort_by(|a, b| {
        let touched = |c: &Candidate| c.named.as_ref().map(|named| named.touched_at);
        a.evidence
            .cmp(&b.evidence)
            .then(touched(b).cmp(&touched(a)))
            .then(a.key.cmp(&b.key))
    });
    let mut chosen = None;
    let mut considered = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let verdict = judge(&candidate, buyer, order_at, chosen.is_some());
        considered.push(Considered {
            evidence: candidate.evidence,
            key: candidate.key,
            referrer: candidate.named.as_ref().map(|named| named.referrer.clone()),
            verdict,
        });
        if verdict == Verdict::Chosen {
            chosen = candidate.named.map(|named| (candidate.evidence, named));
        }
    }
    Attribution { chosen, considered }
}

fn judge(candidate: &Candidate, buyer: &[Identity], order_at: Millis, taken: bool) -> Verdict {
    if candidate.used {
        return Verdict::Used;
    }
    let Some(named) = &candidate.named else {
        return Verdict::Unresolved;
    };
    let last_day = named.touched_at.plus_days(named.terms.settings.window_days);
    if !named.claimed && order_at > last_day {
        Verdict::WindowPassed
    } else if is_among(buyer, &named.identity) {
        Verdict::SelfReferral
    } else if taken {
        Verdict::Outranked
    } else {
        Verdict::Chosen
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Evidence, Identity, Named, SameBy, Verdict, attribute, same_person};
    use crate::decide::testing::{identity, program};
    use crate::id::Pseudonym;
    use crate::time::{DAY_MS, Millis};

    fn candidate(evidence: Evidence, referrer: &str, touched_at: i64) -> Candidate {
        Candidate {
            evidence,
            key: format!("{referrer}-{touched_at}"),
            named: Some(Named {
                referrer: Pseudonym(referrer.into()),
                identity: identity(referrer),
                touched_at: Millis(touched_at),
                claimed: false,
                terms: program(),
            }),
            used: false,
        }
    }

    fn winner(candidates: Vec<Candidate>, at: i64) -> Option<String> {
        let attribution = attribute(candidates, &[identity("buyer")], Millis(at));
        attribution.chosen.map(|(_, named)| named.referrer.0)
    }

    #[test]
    fn stronger_evidence_beats_a_later_touch() {
        let typed = candidate(Evidence::ReferralCode, "omar", 9);
        let token = candidate(Evidence::SignedToken, "jane", 1);
        assert_eq!(winner(vec![typed, token], 10).as_deref(), Some("jane"));
    }

    #[test]
    fn within_a_kind_the_last_touch_wins_whatever_the_order_of_reading() {
        let early = candidate(Evidence::SignedToken, "jane", 1);
        let late = candidate(Evidence::SignedToken, "omar", 2);
        for candidates in [vec![early.clone(), late.clone()], vec![late, early]] {
            assert_eq!(winner(candidates, 10).as_deref(), Some("omar"));
        }
    }

    #[test]
    fn a_click_counts_to_the_last_moment_of_its_window() {
        let token = || vec![candidate(Evidence::SignedToken, "jane", 0)];
        assert_eq!(winner(token(), 90 * DAY_MS).as_deref(), Some("jane"));
        assert_eq!(winner(token(), 90 * DAY_MS + 1), None);
    }

    #[test]
    fn an_own_link_never_counts_and_does_not_hide_a_friends() {
        let own = candidate(Evidence::SignedToken, "buyer", 5);
        let friend = candidate(Evidence::ReferralCode, "jane", 1);
        let attribution = attribute(vec![own, friend], &[identity("buyer")], Millis(10));
        let verdicts: Vec<Verdict> = attribution.considered.iter().map(|c| c.verdict).collect();
        assert_eq!(verdicts, [Verdict::SelfReferral, Verdict::Chosen]);
    }

    #[test]
    fn the_same_person_is_known_by_id_mail_or_alias() {
        let jane = identity("jane");
        let by_id = Identity {
            email: None,
            ..jane.clone()
        };
        let by_mail = Identity {
            customer: None,
            ..jane.clone()
        };
        let mut alias = by_mail.clone();
        if let Some(email) = &mut alias.email {
            email.exact = crate::keyed_hash::KeyedHash("other".into());
        }
        assert_eq!(same_person(&jane, &by_id), Some(SameBy::CustomerId));
        assert_eq!(same_person(&jane, &by_mail), Some(SameBy::Email));
        assert_eq!(same_person(&jane, &alias), Some(SameBy::EmailAlias));
        assert_eq!(
            same_person(&Identity::default(), &Identity::default()),
            None
        );
    }
}
