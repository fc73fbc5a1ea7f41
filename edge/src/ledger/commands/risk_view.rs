//! How a referral was judged, as a merchant reads it: each signal with its points, and in words.

use goodword_shared::attribution::Verdict;
use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::order::Reason;
use goodword_shared::risk::{Assessment, RiskEvidence, RiskVerdict, Signal, Thresholds, assess};
use serde::Serialize;

/// A judgement.
#[derive(Serialize)]
pub(crate) struct RiskView {
    verdict: RiskVerdict,
    score: u32,
    review: u32,
    block: u32,
    signals: Vec<SignalView>,
    /// What was known, as it was judged.
    evidence: RiskEvidence,
}

#[derive(Serialize)]
struct SignalView {
    signal: Signal,
    points: u32,
    weight: u32,
    text: &'static str,
}

impl RiskView {
    /// The judgement that is kept with a decision. Whoever refers themselves is refused before anything else is asked, and is
    /// shown with the signal that says so.
    pub(crate) fn of(decision: &StoredDecision) -> Option<Self> {
        if let Some(judged) = &decision.risk {
            return Some(Self::new(
                judged.evidence.clone(),
                judged.thresholds,
                &judged.assessment,
            ));
        }
        if decision.reason != Reason::SelfReferral {
            return None;
        }
        let mut own = decision.considered.iter();
        let own = own.find(|one| one.verdict == Verdict::SelfReferral)?;
        let evidence = RiskEvidence {
            same_as_referrer: own.same_as_buyer,
            ..RiskEvidence::default()
        };
        let usual = Thresholds::default();
        let assessment = assess(&evidence, usual);
        Some(Self::new(evidence, usual, &assessment))
    }

    fn new(evidence: RiskEvidence, thresholds: Thresholds, found: &Assessment) -> Self {
        let signals = found.signals.iter().map(|found| SignalView {
            signal: found.signal,
            points: found.points,
            weight: found.signal.weight(),
            text: found.signal.words(),
        });
        Self {
            verdict: found.verdict,
            score: found.score,
            review: thresholds.review,
            block: thresholds.block,
            signals: signals.collect(),
            evidence,
        }
    }
}
