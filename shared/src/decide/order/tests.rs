//! Whose an order is, obstacle by obstacle.

use std::rc::Rc;

use serde_json::json;

use super::{BuyerFacts, OrderDecision, OrderSnapshot, Purchase, Reason, decide_order};
use crate::attribution::{Candidate, Evidence, Named, SameBy};
use crate::decide::testing::{eur, program, program_with};
use crate::id::Pseudonym;
use crate::money::{Currency, Money};
use crate::time::Millis;

fn purchase(before_discount: i64) -> Purchase {
    Purchase {
        at: Millis(1_000),
        checkout_at: None,
        before_discount: Some(eur(before_discount)),
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
        seen: Vec::new(),
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
fn a_program_that_rewards_events_converts_when_all_of_them_were_seen() {
    let mut terms = program();
    terms.settings.qualifies_by =
        serde_json::from_str(r#"{"events":["registered","lead_qualified"]}"#).expect("events");
    let mut snapshot = snapshot(vec![by(Evidence::Bound, "jane")]);
    if let Some(named) = &mut snapshot.candidates[0].named {
        named.terms = Rc::new(terms);
    }
    let event = Purchase {
        before_discount: None,
        ..purchase(0)
    };
    let reason =
        |snapshot: &OrderSnapshot, purchase| decide_order(snapshot.clone(), purchase).reason;
    let order = purchase(2_000);
    assert_eq!(reason(&snapshot, &order), Reason::NotQualified);
    for (name, wanted) in [
        ("registered", Reason::NotQualified),
        ("lead_qualified", Reason::BoundCustomer),
    ] {
        let json = format!(r#"{{"kind":"{name}","at":1000}}"#);
        snapshot
            .seen
            .push(serde_json::from_str(&json).expect("an event"));
        assert_eq!(reason(&snapshot, &event), wanted);
    }
    let orders_only = self::snapshot(typed());
    assert_eq!(reason(&orders_only, &event), Reason::NotQualified);
}

#[test]
fn an_order_counts_by_what_it_cost_before_discounts() {
    let reason = |amount| decide_order(snapshot(typed()), &purchase(amount)).reason;
    assert_eq!(reason(999), Reason::BelowMinimum);
    assert_eq!(reason(1_000), Reason::TypedCode);
}

#[test]
fn an_order_in_a_currency_without_amounts_converts_nothing() {
    let bought = |code, minor| {
        let amount = Money::new(minor, Currency::parse(code).expect(code)).expect("fits");
        let mut candidates = typed();
        if let Some(named) = &mut candidates[0].named {
            let listed =
                json!({"currencies": [{"currency": "KWD", "reward": 700, "minimum_order": 3_000}]});
            named.terms = Rc::new(program_with(&listed));
        }
        let purchase = Purchase {
            before_discount: Some(amount),
            ..purchase(0)
        };
        let decision = decide_order(snapshot(candidates), &purchase);
        let terms = decision.conversion.map(|conversion| conversion.terms);
        (
            decision.reason,
            terms.map(|terms| terms.currency.to_string()),
        )
    };
    assert_eq!(bought("JPY", 9_000), (Reason::CurrencyNotOffered, None));
    assert_eq!(bought("KWD", 2_999), (Reason::BelowMinimum, None));
    assert_eq!(
        bought("KWD", 3_000),
        (Reason::TypedCode, Some("KWD".into()))
    );
    assert_eq!(
        bought("EUR", 1_000),
        (Reason::TypedCode, Some("EUR".into()))
    );
}
