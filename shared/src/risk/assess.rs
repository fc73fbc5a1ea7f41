//! The rule: which signals there are, what they come to, and what follows.

use serde::{Deserialize, Serialize};

use super::arrival::Ad;
use super::evidence::{Arrival, Listed, Pace, RiskEvidence, Shared};
use super::mailbox::Mailbox;
use super::signal::{CODE_MAX, Group, HOUSEHOLD_MAX, PLACE_MAX, Signal};
use crate::attribution::SameBy;
use crate::json::Read;
use crate::sorted::sorted_by;

/// Other friends who share a card or a browser that make a crowd: with the buyer they are three.
const CROWD: u32 = 2;
/// The same for an address or a network, which honest people share more widely.
const PLACE_CROWD: u32 = 3;
/// Conversions of one referrer within a day that make a burst.
const CONVERSIONS_BURST: u32 = 10;
/// Uses of one code within a day that make a burst.
const USES_BURST: u32 = 50;
/// From so many cases on a share of them says something about a code.
const TELLING: u32 = 3;
/// Conversions undone that say something: fewer is how people return shoes.
const UNDONE: u32 = 2;

/// From which score on what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Thresholds")]
pub struct Thresholds {
    /// Held for review.
    pub review: u32,
    /// Refused.
    pub block: u32,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum RiskVerdict {
    /// Nothing: the reward goes its way.
    Allow,
    /// The reward waits for the merchant's word, for as long as it takes.
    Review,
    /// There is no reward.
    Block,
}

/// A signal and what it added to the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Weighed")]
pub struct Weighed {
    /// Which.
    pub signal: Signal,
    /// Points added: its weight, or what the limit of its group had left.
    pub points: u32,
}

/// The outcome. The points of its signals add up to its score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Assessment")]
pub struct Assessment {
    /// What follows.
    pub verdict: RiskVerdict,
    /// The sum.
    pub score: u32,
    /// Every signal that was found, heaviest first.
    pub signals: Vec<Weighed>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            review: 50,
            block: 100,
        }
    }
}

/// Judges a referral.
pub fn assess(evidence: &RiskEvidence, thresholds: Thresholds) -> Assessment {
    assess_without(evidence, thresholds, &[])
}

/// Judges a referral without some of the signals.
pub fn assess_without(
    evidence: &RiskEvidence,
    thresholds: Thresholds,
    off: &[Signal],
) -> Assessment {
    let mut found = Vec::new();
    identity(evidence, &mut found);
    household(evidence, &mut found);
    provenance(evidence, &mut found);
    arrival(evidence.arrival, &mut found);
    pace(evidence, &mut found);
    found.extend(evidence.listed.iter().map(|listed| Signal::from(*listed)));
    found.retain(|signal| !off.contains(signal));
    let signals = weigh(found);
    let score = signals
        .iter()
        .fold(0_u32, |sum, weighed| sum.saturating_add(weighed.points));
    // Where somebody lives or works is no reason alone, however strict a program is.
    let is_place =
        |weighed: &Weighed| weighed.points == 0 || weighed.signal.group() == Group::Place;
    let verdict = if signals.iter().all(is_place) {
        RiskVerdict::Allow
    } else if score >= thresholds.block {
        RiskVerdict::Block
    } else if score >= thresholds.review {
        RiskVerdict::Review
    } else {
        RiskVerdict::Allow
    };
    Assessment {
        verdict,
        score,
        signals,
    }
}

fn identity(evidence: &RiskEvidence, found: &mut Vec<Signal>) {
    found.extend(evidence.same_as_referrer.map(|by| match by {
        SameBy::CustomerId => Signal::SameCustomer,
        SameBy::Email => Signal::SameEmail,
        SameBy::EmailAlias => Signal::SameMailbox,
    }));
    if evidence.existing_customer {
        found.push(Signal::ExistingCustomer);
    }
}

fn household(evidence: &RiskEvidence, found: &mut Vec<Signal>) {
    use Signal::{
        AddressCrowd, BrowserCrowd, BrowserPair, KnownAddress, KnownBrowser, KnownPayment,
        NetworkCrowd, PaymentCrowd, PaymentPair, SameAddress, SameBrowser, SameNetwork,
        SamePayment,
    };
    let mut push = |holds: bool, signal| {
        if holds {
            found.push(signal);
        }
    };
    let mut personal = |shared: Shared, same, pair, crowd, known| {
        push(shared.referrer, same);
        push((1..CROWD).contains(&shared.invitees), pair);
        push(shared.invitees >= CROWD, crowd);
        // Whoever shares it with the referrer or their friends is known by that already.
        let unexplained = !shared.referrer && shared.invitees == 0;
        push(unexplained && shared.others > 0, known);
    };
    personal(
        evidence.payment,
        SamePayment,
        PaymentPair,
        PaymentCrowd,
        KnownPayment,
    );
    personal(
        evidence.browser,
        SameBrowser,
        BrowserPair,
        BrowserCrowd,
        KnownBrowser,
    );
    push(evidence.address.referrer, SameAddress);
    let elsewhere = evidence.address.invited_elsewhere > 0;
    push(elsewhere && !evidence.address.referrer, KnownAddress);
    push(evidence.address.invitees >= PLACE_CROWD, AddressCrowd);
    push(evidence.network.referrer, SameNetwork);
    push(evidence.network.invitees >= PLACE_CROWD, NetworkCrowd);
}

fn provenance(evidence: &RiskEvidence, found: &mut Vec<Signal>) {
    if evidence.mailbox == Mailbox::Disposable {
        found.push(Signal::DisposableMailbox);
    }
    // Either is the same fact once of this buyer and once of the code: told once.
    if evidence.arrival.coupon_site {
        found.push(Signal::CouponSite);
    } else if is_leaked(evidence.pace) {
        found.push(Signal::LeakedCode);
    }
    if evidence.arrival.ad == Some(Ad::Paid) {
        found.push(Signal::PaidAd);
    } else if is_share(evidence.pace.paid_month, evidence.pace.uses_month, 4) {
        found.push(Signal::AdvertisedCode);
    }
}

fn arrival(arrival: Arrival, found: &mut Vec<Signal>) {
    if arrival.ad == Some(Ad::Social) {
        found.push(Signal::SocialAd);
    }
    if arrival.late {
        found.push(Signal::LateClick);
    }
    match arrival.codes_tried {
        0 | 1 => {}
        2 => found.push(Signal::CodesTwo),
        _ => found.push(Signal::CodesMany),
    }
}

fn pace(evidence: &RiskEvidence, found: &mut Vec<Signal>) {
    let Pace {
        conversions_day,
        conversions,
        undone,
        uses_day,
        uses_month,
        late_month,
        ..
    } = evidence.pace;
    if is_share(late_month, uses_month, 3) {
        found.push(Signal::LateCode);
    }
    if conversions_day >= CONVERSIONS_BURST {
        found.push(Signal::ReferrerBurst);
    }
    if uses_day >= USES_BURST {
        found.push(Signal::CodeBurst);
    }
    if undone >= UNDONE && undone.saturating_mul(2) >= conversions {
        found.push(Signal::TakenBack);
    }
}

/// Whether a code is known to pages that collect codes. They are told by name, and no friend comes by one: two
/// visitors of twenty are enough, and one of five.
const fn is_leaked(pace: Pace) -> bool {
    let Pace {
        coupon_month,
        uses_month,
        ..
    } = pace;
    let one_in = if coupon_month > 1 { 10 } else { 5 };
    coupon_month > 0 && coupon_month.saturating_mul(one_in) >= uses_month
}

/// Whether enough cases, and at least one in so many of all, are of a kind.
const fn is_share(cases: u32, all: u32, one_in: u32) -> bool {
    cases >= TELLING && cases.saturating_mul(one_in) >= all
}

/// Gives every signal its points, heaviest first, as far as the limits of the groups reach.
fn weigh(found: Vec<Signal>) -> Vec<Weighed> {
    let found = sorted_by(found, |one, other| other.weight().cmp(&one.weight()));
    let (mut place, mut household, mut code) = (PLACE_MAX, HOUSEHOLD_MAX, CODE_MAX);
    let mut weighed = Vec::with_capacity(found.len());
    for signal in found {
        let weight = signal.weight();
        let points = match signal.group() {
            Group::Free => weight,
            Group::Code => weight.min(code),
            Group::Household => weight.min(household),
            Group::Place => weight.min(place).min(household),
        };
        match signal.group() {
            Group::Free => {}
            Group::Code => code = code.saturating_sub(points),
            Group::Household => household = household.saturating_sub(points),
            Group::Place => {
                household = household.saturating_sub(points);
                place = place.saturating_sub(points);
            }
        }
        weighed.push(Weighed { signal, points });
    }
    weighed
}

impl From<Listed> for Signal {
    fn from(listed: Listed) -> Self {
        match listed {
            Listed::Buyer => Self::ListedBuyer,
            Listed::Referrer => Self::ListedReferrer,
            Listed::Payment => Self::ListedPayment,
            Listed::Domain => Self::ListedDomain,
            Listed::Network => Self::ListedNetwork,
        }
    }
}

impl Assessment {
    /// The verdict and each signal with its points, a sentence each.
    pub fn words(&self, thresholds: Thresholds) -> Vec<String> {
        let Thresholds { review, block } = thresholds;
        let score = self.score;
        let mut sentences = vec![match self.verdict {
            RiskVerdict::Allow if self.signals.is_empty() => {
                "Nothing speaks against this referral.".to_owned()
            }
            RiskVerdict::Allow if score >= review => {
                format!(
                    "Allowed with {score} points: where people live or work never asks for a review by itself."
                )
            }
            RiskVerdict::Allow => {
                format!("Allowed with {score} points; {review} ask for a review.")
            }
            RiskVerdict::Review => {
                format!("Held for review with {score} points; {review} ask for it, {block} block.")
            }
            RiskVerdict::Block => format!("Blocked with {score} points; {block} block."),
        }];
        for Weighed { signal, points } in &self.signals {
            let limited = if *points < signal.weight() {
                format!(", of {}, because its group has a limit", signal.weight())
            } else {
                String::new()
            };
            let words = signal.words().trim_end_matches('.');
            sentences.push(format!("{words}: {points} points{limited}."));
        }
        sentences
    }
}
