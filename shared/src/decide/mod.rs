//! Decisions: `(snapshot, command, now) -> decision | rejection`.
//!
//! The ledger loads a snapshot, asks here, and applies the answer in one transaction. Nothing in this folder reads or
//! writes anything, so every decision can be replayed from what was stored with it.

pub mod check;
pub mod claim;
pub mod decision;
pub mod dry_run;
pub mod order;
pub mod reward;
pub mod undo;

#[cfg(test)]
pub(crate) mod testing {
    //! A program and people for the tests of the rules.

    use crate::attribution::Identity;
    use crate::id::{ExternalId, ProgramId};
    use crate::keyed_hash::{EmailHashes, KeyedHash};
    use crate::money::{Currency, Money};
    use crate::program::address::AddressPolicy;
    use crate::program::{InvalidSetting, Program, Settings};
    use serde_json::{Value, json};

    pub(crate) fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("EUR")).expect("fits")
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

    pub(crate) fn identity(name: &str) -> Identity {
        Identity {
            customer: ExternalId::parse(&format!("customer-{name}")).ok(),
            email: Some(EmailHashes {
                exact: KeyedHash(format!("exact-{name}")),
                canonical: KeyedHash(format!("canonical-{name}")),
            }),
        }
    }
}
