use std::rc::Rc;

use super::{
    Candidate, Circumstances, Considered, Evidence, Identity, Named, SameBy, TouchModel, Verdict,
    attribute, same_person,
};
use crate::decide::testing::{identity, program};
use crate::id::Pseudonym;
use crate::program::Program;
use crate::time::{DAY_MS, Millis};

fn candidate(evidence: Evidence, referrer: &str, touched_at: i64) -> Candidate {
    Candidate {
        evidence,
        key: format!("{referrer}-{touched_at}"),
        named: Some(Named {
            referrer: Pseudonym(referrer.into()),
            same_as_buyer: (referrer == "buyer").then_some(SameBy::CustomerId),
            touched_at: Millis(touched_at),
            claimed: false,
            terms: Rc::new(program()),
        }),
        used: false,
    }
}

fn at(rules: &Program, order_at: i64) -> Circumstances<'_> {
    Circumstances {
        rules,
        order_at: Millis(order_at),
        checkout_at: None,
        buyer_referrer: None,
    }
}

fn winner(candidates: Vec<Candidate>, by: &Circumstances<'_>) -> Option<String> {
    let chosen = attribute(candidates, by).chosen;
    chosen.map(|chosen| chosen.named.referrer.0)
}

fn verdicts(candidates: Vec<Candidate>, by: &Circumstances<'_>) -> Vec<Verdict> {
    let considered = attribute(candidates, by).considered;
    considered.iter().map(|one| one.verdict).collect()
}

#[test]
fn stronger_evidence_beats_a_later_touch() {
    let typed = candidate(Evidence::ReferralCode, "omar", 9);
    let token = candidate(Evidence::SignedToken, "jane", 1);
    let won = winner(vec![typed, token], &at(&program(), 10));
    assert_eq!(won.as_deref(), Some("jane"));
}

#[test]
fn only_what_was_not_claimed_has_a_window_to_tell_of() {
    let mut claimed = candidate(Evidence::SignedToken, "jane", 1);
    if let Some(named) = &mut claimed.named {
        named.claimed = true;
    }
    let clicked = candidate(Evidence::SignedToken, "omar", 2);
    let considered = attribute(vec![claimed, clicked], &at(&program(), 10)).considered;
    let windows = |referrer: &str| {
        let mut of = considered.iter();
        let one = of.find(|one| one.referrer == Some(Pseudonym(referrer.into())));
        one.and_then(|one| one.window_ends)
    };
    assert_eq!(windows("jane"), None);
    assert_eq!(windows("omar"), Some(Millis(2 + 90 * DAY_MS)));
}

#[test]
fn a_program_may_rank_evidence_otherwise_and_kinds_it_leaves_out_come_last() {
    let all = Evidence::ALL.map(|kind| candidate(kind, &format!("{kind:?}"), 1));
    let mut rules = program();
    rules.settings.evidence_order = vec![Evidence::Staff, Evidence::ReferralCode];
    let kinds: Vec<Evidence> = attribute(all.to_vec(), &at(&rules, 10))
        .considered
        .iter()
        .map(|one| one.evidence)
        .collect();
    assert_eq!(
        kinds,
        [
            Evidence::Staff,
            Evidence::ReferralCode,
            Evidence::SignedToken,
            Evidence::DiscountCode,
            Evidence::Bound
        ]
    );
}

#[test]
fn within_a_kind_the_last_touch_wins_or_the_first_whatever_the_order_of_reading() {
    let early = candidate(Evidence::SignedToken, "jane", 1);
    let late = candidate(Evidence::SignedToken, "omar", 2);
    let mut rules = program();
    for (model, wanted) in [
        (TouchModel::LastTouch, "omar"),
        (TouchModel::FirstTouch, "jane"),
    ] {
        rules.settings.attribution = model;
        for candidates in [
            vec![early.clone(), late.clone()],
            vec![late.clone(), early.clone()],
        ] {
            let won = winner(candidates, &at(&rules, 10));
            assert_eq!(won.as_deref(), Some(wanted));
        }
    }
}

#[test]
fn a_click_counts_to_the_last_moment_of_its_window() {
    let token = || vec![candidate(Evidence::SignedToken, "jane", 0)];
    let rules = program();
    let last = 90 * DAY_MS;
    assert_eq!(winner(token(), &at(&rules, last)).as_deref(), Some("jane"));
    assert_eq!(winner(token(), &at(&rules, last + 1)), None);
}

#[test]
fn what_comes_after_the_start_of_the_checkout_does_not_count() {
    let rules = program();
    let by = Circumstances {
        checkout_at: Some(Millis(5)),
        ..at(&rules, 10)
    };
    let early = candidate(Evidence::ReferralCode, "jane", 5);
    let late = candidate(Evidence::SignedToken, "omar", 6);
    assert_eq!(
        verdicts(vec![early, late], &by),
        [Verdict::AfterCheckout, Verdict::Chosen]
    );
}

#[test]
fn a_buyer_who_is_somebodys_already_stays_theirs() {
    let (rules, jane) = (program(), Pseudonym("jane".into()));
    let by = Circumstances {
        buyer_referrer: Some(&jane),
        ..at(&rules, 10)
    };
    let stronger = candidate(Evidence::SignedToken, "omar", 5);
    let own = candidate(Evidence::Staff, "jane", 1);
    assert_eq!(
        verdicts(vec![stronger, own], &by),
        [Verdict::AlreadyReferred, Verdict::Chosen]
    );
}

#[test]
fn an_own_link_never_counts_and_does_not_hide_a_friends() {
    let own = candidate(Evidence::SignedToken, "buyer", 5);
    let friend = candidate(Evidence::ReferralCode, "jane", 1);
    assert_eq!(
        verdicts(vec![own, friend], &at(&program(), 10)),
        [Verdict::SelfReferral, Verdict::Chosen]
    );
}

#[test]
fn what_was_kept_before_candidates_were_kept_whole_still_opens() {
    let json = r#"{"evidence":"signed_token","key":"a1","referrer":"jane","verdict":"chosen"}"#;
    let old: Considered = crate::json::parse(json).expect("the first form");
    assert_eq!((old.verdict, old.touched_at), (Verdict::Chosen, None));
    assert!(old.candidate(Some(Rc::new(program()))).is_none());
    let nobody =
        r#"{"evidence":"discount_code","key":"GW","referrer":null,"verdict":"unresolved"}"#;
    let nobody: Considered = crate::json::parse(nobody).expect("the first form");
    assert_eq!(
        serde_json::to_string(&nobody).expect("json"),
        r#"{"evidence":"discount_code","key":"GW","referrer":null,"verdict":"unresolved"}"#
    );
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
