use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::{option, sample};

use super::arrival::Ad;
use super::evidence::{Arrival, Listed, Pace, Shared};
use super::mailbox::Mailbox;
use super::signal::{CODE_MAX, HOUSEHOLD_MAX, PLACE_MAX};
use super::{Group, RiskEvidence, RiskVerdict, Signal, Thresholds, Weighed, assess};
use crate::attribution::SameBy;

fn score(evidence: &RiskEvidence) -> u32 {
    assess(evidence, Thresholds::default()).score
}

fn verdict(evidence: &RiskEvidence) -> RiskVerdict {
    assess(evidence, Thresholds::default()).verdict
}

fn shared() -> impl Strategy<Value = Shared> {
    (any::<bool>(), 0..6_u32, 0..6_u32).prop_map(|(referrer, invitees, others)| Shared {
        referrer,
        invitees,
        others,
        invited_elsewhere: 0,
    })
}

fn listed() -> impl Strategy<Value = Listed> {
    sample::select(vec![
        Listed::Buyer,
        Listed::Referrer,
        Listed::Payment,
        Listed::Domain,
        Listed::Network,
    ])
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let ad = prop_oneof![Just(Ad::Paid), Just(Ad::Social)];
    (any::<bool>(), option::of(ad), any::<bool>(), 0..5_u32).prop_map(
        |(coupon_site, ad, late, codes_tried)| Arrival {
            coupon_site,
            ad,
            late,
            codes_tried,
        },
    )
}

fn pace() -> impl Strategy<Value = Pace> {
    vec(0..80_u32, 8).prop_map(|n| Pace {
        conversions_day: n[0],
        conversions: n[1],
        undone: n[2].min(n[1]),
        uses_day: n[3],
        uses_month: n[4],
        coupon_month: n[5],
        paid_month: n[6],
        late_month: n[7],
    })
}

fn evidence() -> impl Strategy<Value = RiskEvidence> {
    let same = sample::select(vec![SameBy::CustomerId, SameBy::Email, SameBy::EmailAlias]);
    let mailboxes = vec![
        Mailbox::Unknown,
        Mailbox::Usual,
        Mailbox::Relay,
        Mailbox::Disposable,
    ];
    (
        (option::weighted(0.2, same), any::<bool>()),
        (shared(), shared(), shared(), shared()),
        sample::select(mailboxes),
        arrival(),
        pace(),
        vec(listed(), 0..3),
    )
        .prop_map(|(who, with, mailbox, arrival, pace, listed)| RiskEvidence {
            same_as_referrer: who.0,
            payment: with.0,
            address: with.1,
            network: with.2,
            browser: with.3,
            mailbox,
            arrival,
            pace,
            existing_customer: who.1,
            listed,
        })
}

proptest! {
    #[test]
    fn the_points_of_the_signals_add_up_to_the_score_and_the_verdict_follows(evidence in evidence()) {
        let usual = Thresholds::default();
        let found = assess(&evidence, usual);
        prop_assert_eq!(found.score, found.signals.iter().map(|weighed| weighed.points).sum::<u32>());
        prop_assert_eq!(found.verdict == RiskVerdict::Block, found.score >= 100);
        prop_assert_eq!(found.verdict == RiskVerdict::Allow, found.score < 50);
        prop_assert_eq!(found.words(usual).len(), found.signals.len() + 1);
        let each: HashSet<Signal> = found.signals.iter().map(|weighed| weighed.signal).collect();
        prop_assert!(each.len() == found.signals.len() || !evidence.listed.is_empty());
    }

    #[test]
    fn where_people_live_or_work_never_asks_for_a_review_however_strict_a_program_is(
        address in shared(),
        network in shared(),
        listed in any::<bool>(),
        (review, more) in (1..200_u32, 0..200_u32),
    ) {
        let evidence = RiskEvidence {
            address,
            network,
            listed: listed.then_some(Listed::Network).into_iter().collect(),
            ..RiskEvidence::default()
        };
        let found = assess(&evidence, Thresholds { review, block: review + more });
        prop_assert_eq!(found.verdict, RiskVerdict::Allow);
    }

    #[test]
    fn with_anything_else_the_verdict_follows_from_whatever_thresholds_there_are(
        evidence in evidence(),
        (review, more) in (1..200_u32, 0..200_u32),
    ) {
        let thresholds = Thresholds { review, block: review + more };
        let found = assess(&evidence, thresholds);
        let elsewhere = |weighed: &Weighed| weighed.points > 0 && weighed.signal.group() != Group::Place;
        let wanted = match found.score {
            _ if !found.signals.iter().any(elsewhere) => RiskVerdict::Allow,
            score if score >= thresholds.block => RiskVerdict::Block,
            score if score >= review => RiskVerdict::Review,
            _ => RiskVerdict::Allow,
        };
        prop_assert_eq!(found.verdict, wanted);
        prop_assert_eq!(found.words(thresholds).len(), found.signals.len() + 1);
    }

    #[test]
    fn what_a_household_shares_never_blocks_by_itself(
        address in shared(),
        network in shared(),
        mut payment in shared(),
        mut browser in shared(),
    ) {
        // Crowds of three and more are no household.
        payment.invitees = payment.invitees.min(1);
        browser.invitees = browser.invitees.min(1);
        let evidence = RiskEvidence { payment, address, network, browser, ..RiskEvidence::default() };
        prop_assert!(verdict(&evidence) != RiskVerdict::Block);
    }

    #[test]
    fn evidence_is_judged_alike_after_it_was_stored(evidence in evidence()) {
        let text = serde_json::to_string(&evidence).expect("json");
        let read: RiskEvidence = crate::json::parse(&text).expect("evidence");
        prop_assert_eq!(assess(&read, Thresholds::default()), assess(&evidence, Thresholds::default()));
    }
}

#[test]
fn what_is_not_known_speaks_against_nobody() {
    let nothing: RiskEvidence = crate::json::parse("{}").expect("evidence");
    let found = assess(&nothing, Thresholds::default());
    assert_eq!((found.verdict, found.score), (RiskVerdict::Allow, 0));
    assert_eq!(
        found.words(Thresholds::default()),
        ["Nothing speaks against this referral."]
    );
}

#[test]
fn what_is_not_known_is_not_written_down() {
    let nothing = serde_json::to_string(&RiskEvidence::default()).expect("json");
    assert_eq!(nothing, "{}");
}

#[test]
fn what_the_referrer_or_a_friend_shares_is_not_told_once_more_as_known() {
    let known = |referrer, invitees| {
        let evidence = RiskEvidence {
            payment: Shared {
                referrer,
                invitees,
                others: 1,
                invited_elsewhere: 0,
            },
            ..RiskEvidence::default()
        };
        let found = assess(&evidence, Thresholds::default()).signals;
        found
            .iter()
            .any(|weighed| weighed.signal == Signal::KnownPayment)
    };
    assert!(known(false, 0));
    assert!(!known(true, 0));
    assert!(!known(false, 1));
}

#[test]
fn one_visitor_of_five_from_coupon_pages_says_something_about_a_code_and_of_more_it_takes_two_of_twenty()
 {
    let is_leaked = |coupon_month, uses_month| {
        let evidence = RiskEvidence {
            pace: Pace {
                uses_month,
                coupon_month,
                ..Pace::default()
            },
            ..RiskEvidence::default()
        };
        let found = assess(&evidence, Thresholds::default()).signals;
        found
            .iter()
            .any(|weighed| weighed.signal == Signal::LeakedCode)
    };
    assert!(is_leaked(1, 5) && !is_leaked(1, 6));
    assert!(is_leaked(2, 20) && !is_leaked(2, 21));
    assert!(!is_leaked(0, 0));
}

#[test]
fn one_account_or_one_mailbox_blocks() {
    for by in [SameBy::CustomerId, SameBy::Email, SameBy::EmailAlias] {
        let evidence = RiskEvidence {
            same_as_referrer: Some(by),
            ..RiskEvidence::default()
        };
        assert_eq!(verdict(&evidence), RiskVerdict::Block, "{by:?}");
    }
}

#[test]
fn one_card_is_always_looked_at_and_says_why() {
    let evidence = RiskEvidence {
        payment: Shared {
            referrer: true,
            ..Shared::default()
        },
        network: Shared {
            referrer: true,
            ..Shared::default()
        },
        mailbox: Mailbox::Relay,
        ..RiskEvidence::default()
    };
    let found = assess(&evidence, Thresholds::default());
    assert_eq!(
        found.words(Thresholds::default()),
        [
            "Held for review with 70 points; 50 ask for it, 100 block.",
            "The order was paid as the referrer pays: 60 points.",
            "Buyer and referrer were on one network: 10 points.",
        ]
    );
}

#[test]
fn a_limit_of_a_group_is_told_where_it_was_reached() {
    let everywhere = Shared {
        referrer: true,
        invitees: 9,
        others: 9,
        invited_elsewhere: 0,
    };
    let evidence = RiskEvidence {
        address: everywhere,
        network: everywhere,
        ..RiskEvidence::default()
    };
    let words = assess(&evidence, Thresholds::default()).words(Thresholds::default());
    assert_eq!(words[0], "Allowed with 45 points; 50 ask for a review.");
    let strict = Thresholds {
        review: 1,
        block: 2,
    };
    assert_eq!(
        assess(&evidence, strict).words(strict)[0],
        "Allowed with 45 points: where people live or work never asks for a review by itself."
    );
    assert_eq!(
        words[4],
        "Several friends of this referrer were on one network: 5 points, of 10, because its group has a limit."
    );
}

#[test]
fn a_mark_that_stands_on_shared_posts_as_well_asks_for_nothing() {
    let mut evidence = RiskEvidence::default();
    evidence.arrival.ad = Some(Ad::Social);
    assert_eq!(verdict(&evidence), RiskVerdict::Allow);
    evidence.arrival.ad = Some(Ad::Paid);
    assert_eq!(verdict(&evidence), RiskVerdict::Review);
}

#[test]
fn popularity_alone_asks_for_nothing() {
    let mut evidence = RiskEvidence::default();
    evidence.pace.conversions_day = 400;
    evidence.pace.conversions = 4_000;
    evidence.pace.uses_day = 900;
    evidence.pace.uses_month = 9_000;
    // What is popular is also returned, clicked late, and copied to pages for coupons now and then.
    evidence.pace.undone = 900;
    evidence.pace.late_month = 900;
    evidence.pace.coupon_month = 300;
    evidence.arrival.ad = Some(Ad::Social);
    assert_eq!(score(&evidence), 25);
}

#[test]
fn a_program_may_be_stricter_or_looser() {
    let evidence = RiskEvidence {
        mailbox: Mailbox::Disposable,
        ..RiskEvidence::default()
    };
    for (review, block, verdict) in [
        (50, 100, RiskVerdict::Review),
        (51, 100, RiskVerdict::Allow),
        (20, 50, RiskVerdict::Block),
    ] {
        assert_eq!(
            assess(&evidence, Thresholds { review, block }).verdict,
            verdict
        );
    }
}

/// Every way of seeing something, one at a time: each signal must come of one.
#[test]
fn every_signal_is_seen_in_some_evidence() {
    let with = |referrer, invitees, others| Shared {
        referrer,
        invitees,
        others,
        invited_elsewhere: 0,
    };
    let mut cases = Vec::new();
    let mut case = |change: &dyn Fn(&mut RiskEvidence)| {
        let mut evidence = RiskEvidence::default();
        change(&mut evidence);
        cases.push(evidence);
    };
    for by in [SameBy::CustomerId, SameBy::Email, SameBy::EmailAlias] {
        case(&|e| e.same_as_referrer = Some(by));
    }
    for shared in [
        with(true, 0, 0),
        with(false, 1, 0),
        with(false, 3, 0),
        with(false, 0, 1),
    ] {
        case(&|e| e.payment = shared);
        case(&|e| e.browser = shared);
        case(&|e| e.address = shared);
        case(&|e| e.network = shared);
    }
    case(&|e| e.address.invited_elsewhere = 1);
    case(&|e| e.existing_customer = true);
    case(&|e| e.mailbox = Mailbox::Disposable);
    case(&|e| e.arrival.coupon_site = true);
    case(&|e| e.arrival.ad = Some(Ad::Paid));
    case(&|e| e.arrival.ad = Some(Ad::Social));
    case(&|e| e.arrival.late = true);
    case(&|e| e.arrival.codes_tried = 2);
    case(&|e| e.arrival.codes_tried = 3);
    case(&|e| (e.pace.coupon_month, e.pace.uses_month) = (3, 30));
    case(&|e| (e.pace.paid_month, e.pace.uses_month) = (3, 12));
    case(&|e| (e.pace.late_month, e.pace.uses_month) = (3, 6));
    case(&|e| e.pace.conversions_day = 10);
    case(&|e| e.pace.uses_day = 50);
    case(&|e| (e.pace.undone, e.pace.conversions) = (2, 4));
    for listed in [
        Listed::Buyer,
        Listed::Referrer,
        Listed::Payment,
        Listed::Domain,
        Listed::Network,
    ] {
        case(&|e| e.listed = vec![listed]);
    }
    let seen: HashSet<Signal> = cases
        .iter()
        .flat_map(|evidence| assess(evidence, Thresholds::default()).signals)
        .map(|weighed| weighed.signal)
        .collect();
    for signal in Signal::ALL {
        assert!(seen.contains(&signal), "{signal:?}");
        assert!(signal.weight() > 0 && signal.words().ends_with('.'));
    }
}

#[test]
fn a_signal_has_its_own_name_in_words_with_underscores() {
    for (index, signal) in Signal::ALL.into_iter().enumerate() {
        assert_eq!(signal as usize, index);
        let plain = signal.name().replace('_', "");
        assert_eq!(plain, format!("{signal:?}").to_lowercase());
        let json = serde_json::to_string(&signal).expect("JSON");
        assert_eq!(crate::json::parse::<Signal>(&json).ok(), Some(signal));
    }
    assert!(crate::json::parse::<Signal>("\"other\"").is_err());
}

#[test]
fn the_limits_of_the_groups_keep_below_the_usual_thresholds() {
    let usual = Thresholds::default();
    assert!(PLACE_MAX < usual.review && HOUSEHOLD_MAX < usual.block);
    assert_eq!(Signal::ListedNetwork.group(), Group::Place);
}

#[test]
fn what_strangers_do_to_a_code_never_blocks_by_itself() {
    let pace = Pace {
        uses_day: 60,
        uses_month: 3,
        coupon_month: 3,
        paid_month: 3,
        late_month: 3,
        ..Pace::default()
    };
    let evidence = RiskEvidence {
        pace,
        ..RiskEvidence::default()
    };
    let assessed = assess(&evidence, Thresholds::default());
    assert_eq!(assessed.verdict, RiskVerdict::Review);
    assert_eq!(assessed.score, CODE_MAX);
}
