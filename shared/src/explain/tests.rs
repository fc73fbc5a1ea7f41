//! An explanation, sentence by sentence.

use super::{Case, Given, explain};
use crate::attribution::{Considered, Evidence, SameBy, Verdict};
use crate::decide::decision::StoredDecision;
use crate::decide::order::Reason;
use crate::decide::reward::Cause;
use crate::decide::testing::{comes_to, eur, program, program_with};
use crate::id::{ExternalId, Pseudonym};
use crate::order::UndoKind;
use crate::program::Program;
use crate::program::reward::RewardKind;
use crate::reward::{Review, RewardState, StoredReward};
use crate::time::{DAY_MS, Millis};
use serde_json::json;

const AT: Millis = Millis(20_000 * DAY_MS);

fn considered(evidence: Evidence, referrer: &str, verdict: Verdict) -> Considered {
    Considered {
        evidence,
        key: "COFFEE".into(),
        referrer: Some(Pseudonym(referrer.into())),
        verdict,
        touched_at: Some(Millis(AT.0 - DAY_MS)),
        claimed: false,
        version: Some(1),
        window_ends: Some(AT.plus_days(89)),
        same_as_buyer: (verdict == Verdict::SelfReferral).then_some(SameBy::Email),
        used: false,
    }
}

/// A reward for the order, of which a refund has taken back nothing yet.
fn reward(owner: &str, amount: i64) -> StoredReward {
    StoredReward {
        id: Pseudonym("r".into()),
        owner: Pseudonym(owner.into()),
        kind: RewardKind::Credit,
        amount: eur(amount),
        reversed: eur(0),
        lost: eur(0),
        granted: eur(amount),
        due: eur(0),
        state: RewardState::Issued,
        payable_at: AT,
        frozen: false,
        review: Review::None,
        redeemed: false,
        collect_days: None,
        expires_at: None,
    }
}

fn given(reward: &StoredReward, cause: Cause) -> Given<'_> {
    Given {
        reward,
        cause,
        milestone: 0,
        description: None,
        quantity: None,
    }
}

fn told(
    decision: &StoredDecision,
    terms: &Program,
    undos: &[(Millis, UndoKind)],
    rewards: &[Given<'_>],
) -> Vec<String> {
    told_with(decision, terms, undos, rewards, &[])
}

/// The same, with what staff has noted.
fn told_with(
    decision: &StoredDecision,
    terms: &Program,
    undos: &[(Millis, UndoKind)],
    rewards: &[Given<'_>],
    notes: &[(Millis, String, String)],
) -> Vec<String> {
    explain(&Case {
        order: &ExternalId::parse("1001").expect("id"),
        at: AT,
        amounts: comes_to(eur(1_700), eur(300)),
        decision,
        terms,
        name: &|id| match id.0.as_str() {
            "j" => "Jane (code COFFEE)".into(),
            _ => "Omar".into(),
        },
        staff_reason: &|_| Some("told us on the phone".into()),
        steps: &[],
        undos,
        rewards,
        reviews: &[],
        notes,
    })
    .text
}

#[test]
fn a_merchant_reads_why_jane_got_it_and_what_became_of_it() {
    let decision = StoredDecision {
        reason: Reason::StaffEntry,
        no_reward: None,
        version: 1,
        referrer: Some(Pseudonym("j".into())),
        considered: vec![
            considered(Evidence::ReferralCode, "o", Verdict::SelfReferral),
            considered(Evidence::Staff, "j", Verdict::Chosen),
        ],
        basis: None,
        renews: None,
        lines: Vec::new(),
        risk: None,
        waits: false,
    };
    let refund = UndoKind::Refund {
        id: ExternalId::parse("r1").expect("id"),
        amount: eur(425),
    };
    let reward = StoredReward {
        reversed: eur(125),
        lost: eur(125),
        state: RewardState::ClawedBack,
        ..reward("j", 500)
    };
    assert_eq!(
        told(
            &decision,
            &program(),
            &[(AT.plus_days(2), refund)],
            &[given(&reward, Cause::Conversion)]
        ),
        [
            "Order 1001 was paid on 2024-10-04 00:00 UTC: 17.00 EUR after discounts of 3.00 EUR, 17.00 EUR in all.",
            "It is the referral of Jane (code COFFEE). The merchant's staff had entered this referral.",
            "The buyer typed a referral code, of Omar, on 2024-10-03 00:00 UTC, under version 1 of the terms: the referrer is the buyer, by e-mail address.",
            "Staff had entered a referral, of Jane (code COFFEE), on 2024-10-03 00:00 UTC, under version 1 of the terms: chosen; it counted until 2025-01-01 00:00 UTC. Staff gave the reason \u{201c}told us on the phone\u{201d}.",
            "Version 1 of the terms held: a touch counts for 90 days, and of several the last one.",
            "The offer was for new customers only.",
            "An order qualified from 10.00 EUR before discounts.",
            "The reward is a fixed 5.00 EUR.",
            "There was no hold.",
            "4.25 EUR was refunded on 2024-10-06 00:00 UTC.",
            "The reward is clawed back. Of 5.00 EUR 1.25 EUR was taken back.",
        ]
    );
}

#[test]
fn what_staff_has_noted_of_a_reward_is_told_with_its_step() {
    let decision = StoredDecision {
        reason: Reason::NoEvidence,
        no_reward: None,
        version: 1,
        referrer: None,
        considered: Vec::new(),
        basis: None,
        renews: None,
        lines: Vec::new(),
        risk: None,
        waits: false,
    };
    let note = (AT, "approve".into(), "Omar called".into());
    let text = told_with(&decision, &program(), &[], &[], &[note]);
    assert_eq!(
        text.last().map(String::as_str),
        Some("Staff noted with approve on 2024-10-04 00:00 UTC: \u{201c}Omar called\u{201d}.")
    );
}

#[test]
fn an_order_that_is_nobodys_says_why() {
    let decision = StoredDecision {
        reason: Reason::NoEvidence,
        no_reward: None,
        version: 1,
        referrer: None,
        considered: Vec::new(),
        basis: None,
        renews: None,
        lines: Vec::new(),
        risk: None,
        waits: false,
    };
    let text = told(&decision, &program(), &[], &[]);
    assert_eq!(
        text.get(1).map(String::as_str),
        Some("It is nobody's referral. Nothing names a referrer for this order.")
    );
}

#[test]
fn each_reward_is_told_with_what_it_is_for_and_how_it_came_about() {
    let fixed = |kind: &str, amount: i64| json!({"kind": kind, "value": {"rule": "fixed", "amount": amount, "currency": "EUR"}});
    let share = json!({"kind": "credit", "value": {"rule": "percent", "basis_points": 1250}});
    let mut thing = fixed("free_product", 300);
    thing["description"] = json!("a bag of coffee");
    let terms = program_with(&json!({
        "tiers": [{"from": 3, "reward": share}], "invitee_reward": thing,
        "milestones": [{"at": 5, "reward": fixed("credit", 1_000)}],
    }));
    let decision = StoredDecision::renewal(
        &ExternalId::parse("1000").expect("id"),
        &Pseudonym("j".into()),
        1,
        None,
        &[],
    );
    let (tier, extra) = (reward("j", 212), reward("j", 1_000));
    let coffee = StoredReward {
        kind: RewardKind::FreeProduct,
        state: RewardState::Pending,
        review: Review::Waits,
        ..reward("a", 300)
    };
    let rewards = [
        given(&tier, Cause::Renewal),
        Given {
            description: Some("a bag of coffee"),
            ..given(&coffee, Cause::Invitee)
        },
        Given {
            milestone: 5,
            ..given(&extra, Cause::Milestone)
        },
    ];
    let edit = UndoKind::Edit {
        id: ExternalId::parse("e1").expect("id"),
        at: AT,
        total: eur(1_500),
    };
    let text = told(&decision, &terms, &[(AT, edit)], &rewards);
    assert_eq!(
        text.get(1).map(String::as_str),
        Some(
            "It is the referral of Jane (code COFFEE). The order belongs to a subscription that began with a referral. It renews order 1000."
        )
    );
    assert_eq!(
        text.get(5..).unwrap_or_default(),
        [
            "The reward is 12.5 % of the subtotal of 17.00 EUR, rounded down: 2.12 EUR.",
            "There was no hold.",
            "The invitee's own reward is a bag of coffee, at a cost of 3.00 EUR.",
            "There was no hold.",
            "The reward for 5 approved referrals is a fixed 10.00 EUR.",
            "The order was edited on 2024-10-04 00:00 UTC, and came to 15.00 EUR.",
            "The reward is issued.",
            "The reward waits for the merchant's word.",
            "The reward is issued.",
        ]
    );
}
