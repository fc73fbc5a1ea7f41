//! A program and people for the tests of the rules.

use std::rc::Rc;

use super::decision::{Basis, StoredDecision};
use super::order::{BuyerFacts, OrderSnapshot, Purchase, decide_order};
use crate::attribution::{Candidate, Evidence, Identity, Named};
use crate::id::{ExternalId, ProgramId, Pseudonym};
use crate::keyed_hash::{EmailHashes, KeyedHash};
use crate::money::{Currency, Money};
use crate::order::Amounts;
use crate::program::address::AddressPolicy;
use crate::program::{InvalidSetting, Program, Settings};
use crate::time::Millis;
use serde_json::{Value, json};

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("EUR")).expect("fits")
}

/// An order without tax and shipping.
pub(crate) const fn comes_to(subtotal: Money, discount: Money) -> Amounts {
    Amounts {
        subtotal,
        discount,
        total: subtotal,
    }
}

pub(crate) fn program() -> Program {
    program_with(&json!({}))
}

/// The program with other settings.
pub(crate) fn program_with(changes: &Value) -> Program {
    try_program_with(changes).expect("a program")
}

/// The same, perhaps refused.
pub(crate) fn try_program_with(changes: &Value) -> Result<Program, InvalidSetting> {
    let mut settings = json!({
        "name": "Ember & Oak", "store_url": "https://shop.example/", "currency": "EUR",
        "discount": {"kind": "percent", "basis_points": 1500},
        "reward": {"kind": "credit", "value": {"rule": "fixed", "amount": 500, "currency": "EUR"}},
        "hold_days": 0, "minimum_order": 1000
    });
    for (field, value) in changes.as_object().expect("an object") {
        settings[field] = value.clone();
    }
    let settings: Settings = serde_json::from_value(settings).expect("settings");
    let id = ProgramId::parse("acme").expect("id");
    Program::new(id, 1, settings, AddressPolicy::Public)
}

/// A first order by a code of somebody's, typed just now.
pub(crate) fn referred(referrer: &str, terms: &Rc<Program>, at: Millis) -> OrderSnapshot {
    OrderSnapshot {
        running: true,
        rules: Rc::clone(terms),
        buyer: BuyerFacts {
            named: true,
            ..BuyerFacts::default()
        },
        candidates: vec![Candidate {
            evidence: Evidence::ReferralCode,
            key: "COFFEE".into(),
            named: Some(Named {
                referrer: Pseudonym(referrer.into()),
                same_as_buyer: None,
                touched_at: at,
                claimed: false,
                terms: Rc::clone(terms),
            }),
            used: false,
        }],
        seen: Vec::new(),
    }
}

/// What is decided on a snapshot, as it is kept.
pub(crate) fn kept(snapshot: OrderSnapshot, purchase: &Purchase) -> StoredDecision {
    let by_events = purchase.before_discount.is_none();
    let basis = Basis {
        rules: snapshot.rules.version,
        running: snapshot.running,
        buyer: snapshot.buyer.clone(),
        checkout_at: purchase.checkout_at,
        lines: Vec::new(),
        events: by_events.then(|| snapshot.seen.clone()),
    };
    StoredDecision::new(&decide_order(snapshot, purchase), None, 7, basis)
}

pub(crate) fn identity(name: &str) -> Identity {
    Identity {
        customer: ExternalId::parse(&format!("customer-{name}")).ok(),
        email: Some(EmailHashes {
            exact: KeyedHash(format!("exact-{name}")),
            canonical: KeyedHash(format!("canonical-{name}")),
        }),
    }
}
