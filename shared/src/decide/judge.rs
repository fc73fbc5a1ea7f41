//! Judges the referral that an order would convert: what is blocked converts nothing, what is to be reviewed waits.
//!
//! Attribution comes first, because the evidence is about one buyer and one referrer. Who may not refer whom at all
//! (themselves, an old customer) has been said there and is not counted again here.

use serde::{Deserialize, Serialize};

use super::order::{OrderDecision, Reason};
use crate::id::Pseudonym;
use crate::json::Read;
use crate::risk::{Assessment, RiskEvidence, RiskVerdict, Thresholds, assess_without};

/// A judgement with what it follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Judged")]
pub struct Judged {
    /// Whose referral it is, or would have been.
    pub referrer: Pseudonym,
    /// What was known of it.
    pub evidence: RiskEvidence,
    /// The thresholds that held.
    pub thresholds: Thresholds,
    /// What that came to.
    pub assessment: Assessment,
}

impl OrderDecision {
    /// The decision after its referral was judged; unchanged where it converts none of this referrer's.
    #[must_use]
    pub fn judged(mut self, referrer: &Pseudonym, evidence: RiskEvidence) -> Self {
        let own = self.conversion.as_ref();
        let Some(own) = own.filter(|conversion| conversion.referrer == *referrer) else {
            return self;
        };
        let risk = &own.terms.settings.risk;
        let thresholds = risk.thresholds();
        let assessment = assess_without(&evidence, thresholds, &risk.off);
        if assessment.verdict == RiskVerdict::Block {
            self.reason = Reason::BlockedByRisk;
            self.conversion = None;
        }
        self.risk = Some(Judged {
            referrer: referrer.clone(),
            evidence,
            thresholds,
            assessment,
        });
        self
    }

    /// Whether what it earns waits for the merchant's word.
    pub fn waits(&self) -> bool {
        self.risk.as_ref().is_some_and(Judged::waits)
    }
}

impl Judged {
    /// Whether it is to be reviewed.
    pub fn waits(&self) -> bool {
        self.assessment.verdict == RiskVerdict::Review
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use crate::decide::order::{OrderDecision, Purchase, Reason, decide_order};
    use crate::decide::testing::{eur, program_with, referred};
    use crate::id::Pseudonym;
    use crate::risk::evidence::{Listed, Shared};
    use crate::risk::{RiskEvidence, RiskVerdict};
    use crate::time::Millis;
    use serde_json::{Value, json};

    fn judged(settings: &Value, of: &str, evidence: RiskEvidence) -> OrderDecision {
        let terms = Rc::new(program_with(settings));
        let purchase = Purchase {
            at: Millis(5),
            checkout_at: None,
            before_discount: Some(eur(2_000)),
        };
        let decision = decide_order(referred("jane", &terms, Millis(1)), &purchase);
        decision.judged(&Pseudonym(of.into()), evidence)
    }

    fn same_card() -> RiskEvidence {
        RiskEvidence {
            payment: Shared {
                referrer: true,
                ..Shared::default()
            },
            ..RiskEvidence::default()
        }
    }

    #[test]
    fn what_is_reviewed_converts_and_waits_and_what_is_blocked_does_neither() {
        let reviewed = judged(&json!({}), "jane", same_card());
        assert!(reviewed.waits() && reviewed.conversion.is_some());
        let listed = RiskEvidence {
            listed: vec![Listed::Buyer],
            ..RiskEvidence::default()
        };
        let blocked = judged(&json!({}), "jane", listed);
        assert_eq!(blocked.reason, Reason::BlockedByRisk);
        assert!(blocked.conversion.is_none() && !blocked.waits());
        let usual = judged(&json!({}), "jane", RiskEvidence::default());
        assert!(usual.conversion.is_some() && !usual.waits());
    }

    #[test]
    fn a_program_has_its_own_thresholds_and_may_leave_signals_out() {
        let verdict = |settings: Value| {
            let judged = judged(&settings, "jane", same_card());
            judged.risk.map(|risk| risk.assessment.verdict)
        };
        let strict = json!({"risk": {"review": 20, "block": 60}});
        assert_eq!(verdict(strict), Some(RiskVerdict::Block));
        let mild = json!({"risk": {"review": 61}});
        assert_eq!(verdict(mild), Some(RiskVerdict::Allow));
        let off = json!({"risk": {"off": ["same_payment"]}});
        assert_eq!(verdict(off), Some(RiskVerdict::Allow));
    }

    #[test]
    fn evidence_about_another_referrer_judges_nothing() {
        assert_eq!(judged(&json!({}), "omar", same_card()).risk, None);
    }
}
