//! Who asks for their data, or is erased, with everything that there may be of them.

use serde_json::{Value, json};

use super::{Case, Stage, buyer, keyed, order};
use crate::call::{Act, Call};
use crate::violation::Check;

/// All of them.
pub const CASES: [Case; 11] = [
    (
        "enrol a customer",
        0,
        |_| Ok(Act::Enrol(buyer("c1")).into()),
    ),
    ("enrol a customer, with a key", 0, |_| {
        Ok(keyed(Act::Enrol(buyer("c1"))))
    }),
    ("an inviter says something to friends", 0, |_| {
        Ok(Act::Note(buyer("jane"), "Hello".into()).into())
    }),
    (
        "an inviter takes back what they said, with a key",
        0,
        |stage| {
            stage.first(Act::Note(buyer("jane"), "Hello".into()))?;
            Ok(keyed(Act::Note(buyer("jane"), String::new())))
        },
    ),
    ("ask for a proof of an address, with a key", 0, |stage| {
        stage.first(Act::Guest(GUEST.into()))?;
        Ok(keyed(proof()))
    }),
    ("ask for a proof of nobody's address", 0, |_| {
        Ok(proof().into())
    }),
    ("redeem a proof, with a key", 0, |stage| {
        stage.first(Act::Guest(GUEST.into()))?;
        stage.first(proof())?;
        let secret = json!({ "RedeemProof": { "secret": stage.secret()? } });
        Ok(keyed(Act::Read(secret, false)))
    }),
    ("export a referrer", 14, |stage| {
        stage.busy()?;
        let named = json!({ "ExportPerson": { "customer": stage.referrer()? } });
        Ok(Act::Merchant(named).into())
    }),
    ("erase a referrer, with a key", 14, |stage| {
        stage.busy()?;
        let named = json!({ "ErasePerson": stage.referrer()? });
        Ok(keyed(Act::Merchant(named)))
    }),
    ("erase a buyer, by address", 14, |stage| {
        stage.busy()?;
        let listed = json!({ "entries": [{ "kind": "customer", "value": "c1" }] });
        stage.first(Act::Merchant(json!({ "AddBlocks": listed })))?;
        let named = json!({ "ErasePerson": { "email": "c1@mail.example" } });
        Ok(Act::Merchant(named).into())
    }),
    ("order again, of a buyer who was erased", 14, |stage| {
        stage.busy()?;
        let named = json!({ "ErasePerson": { "id": "c1" } });
        stage.first(Act::Merchant(named))?;
        Ok(Act::Report(stage.referred()).into())
    }),
];

const GUEST: &str = "guest@mail.example";

fn proof() -> Act {
    Act::Read(json!({ "RequestProof": { "email": GUEST } }), false)
}

impl Stage {
    /// The secret of the link that is on its way.
    fn secret(&self) -> Check<String> {
        let entropy = |bytes: &mut [u8]| self.world.entropy.fill(bytes);
        let due = self.world.ledger.due(self.world.clock, &entropy)?;
        let mut told = due.iter().map(|delivery| &delivery.contents);
        let link = told.find_map(|contents| contents.split_once("#gw-proof="));
        let secret = link.map(|(_, rest)| rest.chars().take(64).collect());
        secret.ok_or_else(|| "no link is due".to_owned().into())
    }

    /// A friend of a referrer who is bound twice, has bought, and has asked with a key; another one is on the way.
    fn busy(&mut self) -> Check {
        self.world
            .call(&Call::from(Act::Enrol(buyer("c1"))).keyed("kept"))?;
        self.first(Act::Touch(self.staff()))?;
        self.first(self.claim())?;
        self.first(Act::Report(self.referred()))?;
        let mut other = order(None, &[]);
        other["order_id"] = json!("o2");
        other["customer"] = json!({ "id": "c2" });
        other["referral_code"] = json!(self.click.code);
        self.first(Act::Report(other)).map(drop)
    }

    /// How the merchant names whoever has shared the link.
    fn referrer(&self) -> Check<Value> {
        let code = &self.click.code;
        let query = format!("SELECT customer_id FROM people WHERE code = '{code}'");
        let rows = self.world.ledger.query(&query)?;
        match rows.first().and_then(|row| row.first()) {
            Some(goodword_edge::native::Cell::Text(id)) => Ok(json!({ "id": id })),
            other => Err(format!("whose is {code}? {other:?}").into()),
        }
    }
}
