//! Why an order is whose it is, and what that came to, in sentences that a merchant understands.
//!
//! Everything is said from what was stored with the decision and the terms that held: nothing is decided here.

use serde::Serialize;

use crate::attribution::{Considered, Evidence, SameBy, TouchModel, Verdict};
use crate::cart::Cart;
use crate::decide::decision::StoredDecision;
use crate::decide::judge::Judged;
use crate::decide::reward::Cause;
use crate::event::Seen;
use crate::id::{ExternalId, Pseudonym};
use crate::money::Money;
use crate::order::{Amounts, DisputeState, UndoKind};
use crate::program::reward::Reward;
use crate::program::{Program, Settings};
use crate::reward::{RewardState, Side, StoredReward};
use crate::time::Millis;

/// What is to be explained.
pub struct Case<'a> {
    /// The order's id.
    pub order: &'a ExternalId,
    /// When it was paid.
    pub at: Millis,
    /// What it comes to.
    pub amounts: Amounts,
    /// The decision that was kept.
    pub decision: &'a StoredDecision,
    /// The terms that held.
    pub terms: &'a Program,
    /// Names a referrer: by name and code as far as they are known.
    pub name: &'a dyn Fn(&Pseudonym) -> String,
    /// What staff said when it entered the referral of this code.
    pub staff_reason: &'a dyn Fn(&str) -> Option<String>,
    /// What the buyer did, oldest first, where that converted and no order.
    pub steps: &'a [Step],
    /// Facts that took the order back, with their times.
    pub undos: &'a [(Millis, UndoKind)],
    /// The rewards as they stand.
    pub rewards: &'a [Given<'a>],
    /// When staff took a step with a reward, which, and what it said.
    pub notes: &'a [(Millis, String, String)],
    /// What the merchant said of the referral, oldest first.
    pub reviews: &'a [Review],
}

/// Something that a customer did on the way to a conversion by events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What, and when.
    pub seen: Seen,
    /// Who vouched for it, if somebody did and that is still kept.
    pub vouched_by: Option<String>,
}

/// A review that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Whether the referral was approved, or rejected.
    pub approved: bool,
    /// When.
    pub at: Millis,
    /// On whose rewards; on those of both without it.
    pub side: Option<Side>,
    /// What the merchant noted, if it is still kept.
    pub note: Option<String>,
}

/// A reward and for what it was given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// As it stands.
    pub reward: &'a StoredReward,
    /// For what.
    pub cause: Cause,
    /// For so many approved referrals, if it is for those.
    pub milestone: u32,
    /// The thing, if it is one.
    pub description: Option<&'a str>,
    /// How many points.
    pub quantity: Option<u32>,
}

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The whole of it, sentence by sentence.
    pub text: Vec<String>,
    /// What the buyer did, where that converted and no order.
    pub events: Vec<Line>,
    /// Each piece of evidence, strongest first.
    pub evidence: Vec<Line>,
    /// What spoke against the referral: the verdict, and each signal with its points.
    pub risk: Vec<Line>,
    /// The terms that held.
    pub terms: Vec<Line>,
    /// How the amounts came about.
    pub amounts: Vec<Line>,
    /// What has happened since.
    pub since: Vec<Line>,
}

/// A sentence, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// A stable name: a kind of evidence, a setting, a step, a fact, a state.
    pub about: String,
    /// The sentence.
    pub text: String,
    /// The amount it comes to, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// Explains a decision.
pub fn explain(case: &Case<'_>) -> Explanation {
    let evidence: Vec<Line> = case
        .decision
        .considered
        .iter()
        .map(|considered| evidence_line(case, considered))
        .collect();
    let events: Vec<Line> = case.steps.iter().map(event_line).collect();
    let risk = risk_lines(case);
    let terms = terms_lines(case.terms);
    let amounts = amount_lines(case);
    let since = since_lines(case);
    let mut text = vec![order_sentence(case), belongs_sentence(case)];
    for lines in [&events, &evidence, &risk, &terms, &amounts, &since] {
        text.extend(lines.iter().map(|line| line.text.clone()));
    }
    Explanation {
        text,
        events,
        evidence,
        risk,
        terms,
        amounts,
        since,
    }
}

fn line(about: &str, text: String) -> Line {
    Line {
        about: about.to_owned(),
        text,
        amount: None,
    }
}

fn order_sentence(case: &Case<'_>) -> String {
    let basis = case.decision.basis.as_ref();
    if basis.is_some_and(|basis| basis.events.is_some()) {
        let at = case.at.in_words();
        return format!("The last of the events that this program rewards was seen on {at}.");
    }
    format!(
        "Order {} was paid on {}: {} after discounts of {}, {} in all.",
        case.order,
        case.at.in_words(),
        case.amounts.subtotal,
        case.amounts.discount,
        case.amounts.total
    )
}

fn event_line(step: &Step) -> Line {
    let Seen { kind, at } = &step.seen;
    let vouched = step.vouched_by.as_ref();
    let vouched = vouched.map(|name| format!(", for which {name} vouched"));
    let text = format!(
        "The event {} was reported for {}{}.",
        kind.as_str(),
        at.in_words(),
        vouched.unwrap_or_default()
    );
    line("event", text)
}

fn belongs_sentence(case: &Case<'_>) -> String {
    let decision = case.decision;
    let words = decision.reason.words();
    match &decision.referrer {
        None => format!("It is nobody's referral. {words}"),
        Some(referrer) => {
            let renewed = decision.renews.as_ref();
            let renewed = renewed.map(|first| format!(" It renews order {first}."));
            format!(
                "It is the referral of {}. {words}{}",
                (case.name)(referrer),
                renewed.unwrap_or_default()
            )
        }
    }
}

fn evidence_line(case: &Case<'_>, considered: &Considered) -> Line {
    let what = match considered.evidence {
        Evidence::SignedToken => "A click travelled with the cart",
        Evidence::DiscountCode => "A discount code from an invitation was on the order",
        Evidence::ReferralCode => "The buyer typed a referral code",
        Evidence::Bound => "The buyer had been bound to a referral code",
        Evidence::Staff => "Staff had entered a referral",
    };
    let whose = considered.referrer.as_ref();
    let whose = whose.map(|referrer| format!(", of {}", (case.name)(referrer)));
    let at = considered.touched_at;
    let at = at.map(|at| format!(", on {}", at.in_words()));
    let terms = considered.version;
    let terms = terms.map(|version| format!(", under version {version} of the terms"));
    let reason = Some(considered)
        .filter(|considered| considered.evidence == Evidence::Staff)
        .and_then(|considered| (case.staff_reason)(&considered.key))
        .map(|reason| format!(" Staff gave the reason \u{201c}{reason}\u{201d}."));
    let text = format!(
        "{what}{}{}{}: {}.{}",
        whose.unwrap_or_default(),
        at.unwrap_or_default(),
        terms.unwrap_or_default(),
        verdict_words(considered),
        reason.unwrap_or_default()
    );
    line(evidence_name(considered.evidence), text)
}

const fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::SignedToken => "signed_token",
        Evidence::DiscountCode => "discount_code",
        Evidence::ReferralCode => "referral_code",
        Evidence::Bound => "bound",
        Evidence::Staff => "staff",
    }
}

fn verdict_words(considered: &Considered) -> String {
    match considered.verdict {
        Verdict::Chosen if considered.claimed => {
            "chosen; the offer was claimed within its window".into()
        }
        Verdict::Chosen => match considered.window_ends {
            Some(ends) => format!("chosen; it counted until {}", ends.in_words()),
            None => "chosen".into(),
        },
        Verdict::Outranked => "other evidence came first".into(),
        Verdict::Unresolved => "it names nobody: unknown, forged, expired or revoked".into(),
        Verdict::Used => "another order had used it, and it serves one order only".into(),
        Verdict::AfterCheckout => "it came after the checkout had begun".into(),
        Verdict::WindowPassed => match considered.window_ends {
            Some(ends) => format!("too long ago; it counted until {}", ends.in_words()),
            None => "too long ago".into(),
        },
        Verdict::SelfReferral => match considered.same_as_buyer {
            Some(SameBy::CustomerId) => "the referrer is the buyer, by customer id".into(),
            Some(SameBy::Email) => "the referrer is the buyer, by e-mail address".into(),
            Some(SameBy::EmailAlias) => {
                "the referrer is the buyer, by another spelling of one mailbox".into()
            }
            None => "the referrer is the buyer".into(),
        },
        Verdict::AlreadyReferred => "the buyer was another referrer's already".into(),
    }
}

/// Whoever refers themselves was told from the evidence, and needs no judgement.
fn risk_lines(case: &Case<'_>) -> Vec<Line> {
    let judged = case.decision.risk.as_ref();
    let mut lines = judged.map(Judged::lines).unwrap_or_default();
    let reviews = case.reviews.iter();
    lines.extend(reviews.map(|review| line("review", review.sentence())));
    lines
}

impl Judged {
    /// The verdict and each signal, a sentence each.
    pub fn lines(&self) -> Vec<Line> {
        let signals = self.assessment.signals.iter();
        let abouts = std::iter::once("verdict").chain(signals.map(|found| found.signal.name()));
        let words = self.assessment.words(self.thresholds);
        abouts
            .zip(words)
            .map(|(about, text)| line(about, text))
            .collect()
    }
}

impl Review {
    fn sentence(&self) -> String {
        let what = if self.approved {
            "approved"
        } else {
            "rejected"
        };
        let at = self.at.in_words();
        let note = self.note.as_ref();
        let note = note.map(|note| format!(" It was noted: \u{201c}{note}\u{201d}."));
        let of = match self.side {
            None => "it",
            Some(Side::Referrer) => "it for the referrer",
            Some(Side::Invitee) => "it for the friend",
        };
        format!(
            "The merchant {what} {of} on {at}.{}",
            note.unwrap_or_default()
        )
    }
}

fn terms_lines(terms: &Program) -> Vec<Line> {
    let settings = &terms.settings;
    let touch = match settings.attribution {
        TouchModel::LastTouch => "last",
        TouchModel::FirstTouch => "first",
    };
    let mut lines = vec![line(
        "version",
        format!(
            "Version {} of the terms held: a touch counts for {}, and of several the {touch} one.",
            terms.version,
            days(settings.window_days)
        ),
    )];
    lines.push(line("first_orders", first_orders(settings)));
    if settings.minimum_order > 0 {
        let minimum = terms.minimum_order();
        lines.push(Line {
            amount: Some(minimum),
            ..line(
                "minimum_order",
                format!("An order qualified from {minimum} before discounts."),
            )
        });
    }
    lines
}

fn first_orders(settings: &Settings) -> String {
    match settings.first_orders {
        1 => "The offer was for new customers only.".into(),
        many => format!("The offer was for a customer's first {many} orders."),
    }
}

fn days(count: u32) -> String {
    match count {
        1 => "1 day".into(),
        many => format!("{many} days"),
    }
}

fn amount_lines(case: &Case<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if case.decision.referrer.is_none() {
        return lines;
    }
    if let Some(reason) = case.decision.no_reward {
        let words = reason.words();
        let text = format!("There is no reward for the referrer. {words}");
        lines.push(line("no_reward", text));
    }
    for given in case.rewards {
        lines.push(Line {
            amount: Some(given.reward.amount),
            ..line("reward", reward_sentence(case, given))
        });
        // A milestone waits for nothing.
        if given.cause != Cause::Milestone {
            lines.push(line("hold", hold_sentence(case, given.reward)));
        }
    }
    lines
}

/// Which of the rewards of the terms it was, a tier's or a choice, follows from what it has come to on this order.
fn reward_sentence(case: &Case<'_>, given: &Given<'_>) -> String {
    let earned = given.reward.amount;
    let settings = &case.terms.settings;
    let offered = case.amounts.before_discounts().and_then(|subtotal| {
        settings.offered(&Cart {
            subtotal,
            lines: case.decision.bought(),
        })
    });
    let comes_to = |reward: &Reward| {
        let worth = offered.and_then(|offered| reward.worth(case.amounts, offered));
        worth == Ok(earned)
    };
    let field = match given.cause {
        Cause::Invitee => Some("invitee_reward"),
        Cause::Milestone => Some("milestones"),
        Cause::Conversion | Cause::Renewal => None,
    };
    let found = settings.rewards().find(|(name, reward)| {
        let of_cause = match field {
            Some(field) => *name == field,
            None => !matches!(*name, "invitee_reward" | "milestones"),
        };
        of_cause
            && reward.kind == given.reward.kind
            && reward.description.as_deref() == given.description
            && reward.quantity == given.quantity
            && comes_to(reward)
    });
    let what = match found {
        Some((_, reward)) => reward.arithmetic(case.amounts, earned),
        None => earned.to_string(),
    };
    match given.cause {
        Cause::Conversion | Cause::Renewal => format!("The reward is {what}."),
        Cause::Invitee => format!("The invitee's own reward is {what}."),
        Cause::Milestone => format!(
            "The reward for {} approved referrals is {what}.",
            given.milestone
        ),
    }
}

fn hold_sentence(case: &Case<'_>, reward: &StoredReward) -> String {
    match case.terms.settings.hold_days {
        0 => "There was no hold.".to_owned(),
        many => format!(
            "It was held for {}, until {}.",
            days(many),
            reward.payable_at.in_words()
        ),
    }
}

fn since_lines(case: &Case<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = case
        .undos
        .iter()
        .map(|(at, undo)| undo_line(*at, undo))
        .collect();
    for Given { reward, .. } in case.rewards {
        let stands = match reward.state {
            RewardState::Pending | RewardState::Approved if reward.frozen => {
                "The reward is frozen by a dispute that is open.".to_owned()
            }
            RewardState::Pending if reward.is_under_review() => {
                "The reward waits for the merchant's word.".to_owned()
            }
            state => format!("The reward is {}.", state.name().replace('_', " ")),
        };
        let text = match reward.reversed.minor() {
            0 => stands,
            _ => format!(
                "{stands} Of {} {} was taken back.",
                reward.amount, reward.reversed
            ),
        };
        lines.push(Line {
            amount: reward.net().ok(),
            ..line(reward.state.name(), text)
        });
    }
    for (at, step, note) in case.notes {
        let at = at.in_words();
        lines.push(line(
            "note",
            format!("Staff noted with {step} on {at}: \u{201c}{note}\u{201d}."),
        ));
    }
    lines
}

fn undo_line(at: Millis, undo: &UndoKind) -> Line {
    let at = at.in_words();
    match undo {
        UndoKind::Refund { amount, .. } => Line {
            amount: Some(*amount),
            ..line("refund", format!("{amount} was refunded on {at}."))
        },
        UndoKind::Edit { total, .. } => Line {
            amount: Some(*total),
            ..line(
                "edit",
                format!("The order was edited on {at}, and came to {total}."),
            )
        },
        UndoKind::Cancellation => line("cancellation", format!("The order was cancelled on {at}.")),
        UndoKind::Dispute { state, .. } => {
            let how = match state {
                DisputeState::Opened => "opened",
                DisputeState::Won => "won by the merchant",
                DisputeState::Lost => "lost by the merchant",
            };
            line("dispute", format!("A dispute was {how} on {at}."))
        }
    }
}

#[cfg(test)]
mod tests;
