//! Commands about risk: what is told and kept, what waits, and what is blocked.

use serde_json::{Value, json};

use super::{Action, Case, Stage, keyed};
use crate::call::{Act, Call};
use crate::model::DAY_MS;
use crate::violation::Check;

/// A page's id of its browser.
const BROWSER: &str = "tab-0123456789abcdef";

/// All of them.
pub const CASES: [Case; 10] = [
    ("enrol, in a browser on a network", 0, |stage| {
        Ok(Action::Call(stage.jane_comes()))
    }),
    ("claim, where the referrer was", 0, |stage| {
        let jane = stage.jane_comes();
        stage.world.call(&jane)?.done()?;
        stage.world.clock += 15 * DAY_MS;
        Ok(Action::Call(stage.claim_here()))
    }),
    ("order, with all that a shop tells", 0, |stage| {
        stage.first(Act::Report(Stage::own()))?;
        let claim = stage.claim_here();
        stage.world.call(&claim)?.done()?;
        Ok(Act::Report(stage.told()).into())
    }),
    ("order, that waits on both sides", 14, |stage| {
        stage.reward_both()?;
        stage.first(Act::Report(Stage::own()))?;
        Ok(keyed(Act::Report(stage.told())))
    }),
    ("order, that is blocked", 0, |stage| {
        stage.first(Act::Merchant(blocks()))?;
        Ok(Act::Report(stage.told()).into())
    }),
    ("a referral is approved, with a key", 0, |stage| {
        Ok(keyed(stage.word(true)?))
    }),
    ("a referral is rejected", 14, |stage| {
        Ok(stage.word(false)?.into())
    }),
    ("one side of a referral is rejected", 14, |stage| {
        Ok(stage.word_on("invitee", false)?.into())
    }),
    ("an entry is blocked no more, with a key", 0, |stage| {
        let listed = stage.first(Act::Merchant(blocks()))?;
        let id = listed["blocks"][0]["id"].clone();
        Ok(keyed(Act::Merchant(json!({ "RemoveBlock": { "id": id } }))))
    }),
    ("entries are blocked, with a key", 0, |_| {
        Ok(keyed(Act::Merchant(blocks())))
    }),
];

fn blocks() -> Value {
    json!({"AddBlocks": {"entries": [
        {"kind": "payment", "value": "card1"}, {"kind": "email", "value": "c1@mail.example"},
        {"kind": "network", "value": "198.51.100.0/24"},
    ]}})
}

fn risk() -> Value {
    json!({
        "payment_fingerprint": "card1", "ip": "198.51.100.7",
        "shipping_address": {"country": "GB", "postal_code": "SW1A 2AB", "lines": "14 High Street"},
    })
}

impl Stage {
    /// The referrer is signed in.
    fn jane_comes(&self) -> Call {
        let jane = super::buyer("jane");
        let token = self.world.shop.customer_token(&jane, self.world.clock);
        here(json!({"Enrol": {"customer_token": token, "browser": BROWSER}}))
    }

    /// The click is claimed in the same browser.
    fn claim_here(&self) -> Call {
        here(json!({"Claim": {
            "token": self.click.token, "browser": BROWSER, "cart": true, "referrer": "https://deals.example/x",
        }}))
    }

    /// The referrer's own order.
    fn own() -> Value {
        let mut own = super::order(None, &[]);
        own["order_id"] = json!("own");
        own["customer"] = json!({"id": "jane"});
        own["risk"] = risk();
        own
    }

    /// An order by the click, of which everything is told.
    fn told(&self) -> Value {
        let mut order = self.referred();
        order["risk"] = risk();
        order
    }

    fn reward_both(&mut self) -> Check {
        let terms = super::Terms {
            invitee: Some(200),
            ..super::terms(14)
        };
        self.first(Act::Settings(terms.to_json())).map(drop)
    }

    /// The merchant's word on one side of a referral that waits on both.
    fn word_on(&mut self, side: &str, approved: bool) -> Check<Act> {
        let mut word = self.word(approved)?;
        if let Act::Merchant(command) = &mut word {
            command["Review"]["side"] = json!(side);
        }
        Ok(word)
    }

    /// The merchant's word on a referral that waits on both sides.
    pub fn word(&mut self, approved: bool) -> Check<Act> {
        self.reward_both()?;
        self.first(Act::Report(Self::own()))?;
        let referral = self.first(Act::Report(self.told()))?["referral"].clone();
        Ok(Act::Merchant(json!({"Review": {
            "referral": referral, "approved": approved, "note": "we have called them",
        }})))
    }
}

/// A command of nobody in particular, from a network.
fn here(command: Value) -> Call {
    Call {
        source: Some("198.51.100".into()),
        ..Call::from(Act::Read(command, false))
    }
}
