//! What only reads: nothing is changed but the log, which tells who has read.

use serde_json::{Value, json};

use super::{Action, Case, Stage, buyer};
use crate::call::Act;
use crate::violation::Check;

/// All of them.
pub const CASES: [Case; 27] = [
    ("read the settings", 0, |_| merchants(json!("ReadSettings"))),
    ("ask who may read counts", 0, |_| {
        merchants(json!("ReadTally"))
    }),
    ("list versions", 0, |_| {
        merchants(json!({ "ListVersions": { "after": 0 } }))
    }),
    ("read a version", 0, |_| {
        merchants(json!({ "ReadVersion": { "number": 1 } }))
    }),
    ("a dry run", 0, |stage| {
        stage.sold()?;
        let settings = super::terms(7).to_json();
        merchants(json!({ "DryRun": { "settings": settings, "after": null } }))
    }),
    ("list keys", 0, |_| merchants(json!("ListKeys"))),
    ("list referrers", 0, |_| {
        merchants(json!({ "ListReferrers": { "after": "" } }))
    }),
    ("list referrals", 0, |stage| {
        stage.sold()?;
        merchants(json!({ "ListReferrals": { "state": null, "after": "" } }))
    }),
    ("list touches", 0, |_| {
        merchants(json!({ "ListTouches": { "customer_id": "c1", "after": 0 } }))
    }),
    ("check a discount", 0, |stage| {
        let claimed = stage.first(stage.claim())?;
        merchants(json!({ "CheckDiscount": {
            "discount_code": claimed["discount_code"], "currency": "EUR", "subtotal": 3_000, "lines": [],
        } }))
    }),
    ("count the codes of the shop", 0, |_| {
        merchants(json!("ReadCodes"))
    }),
    ("read an order", 0, |stage| {
        stage.sold()?;
        merchants(json!({ "ReadOrder": { "id": "o1" } }))
    }),
    ("explain an order", 0, |stage| {
        stage.sold()?;
        merchants(json!({ "ExplainOrder": { "id": "o1" } }))
    }),
    ("read the log", 0, |_| {
        merchants(json!({ "ReadLog": { "after": 0 } }))
    }),
    ("read facts", 0, |_| {
        merchants(json!({ "ReadFacts": { "after": 0 } }))
    }),
    ("take out a table", 0, |stage| {
        stage.sold()?;
        merchants(json!({ "Export": { "table": "orders", "after": null } }))
    }),
    ("list deliveries", 0, |_| {
        merchants(json!({ "ListDeliveries": { "dead": false, "after": 0 } }))
    }),
    ("list rewards", 0, |stage| {
        stage.sold()?;
        merchants(json!({ "ListRewards": { "state": null, "after": null } }))
    }),
    ("read a reward", 0, |stage| {
        let id = stage.sold()?["reward"]["id"].clone();
        merchants(json!({ "ReadReward": { "id": id } }))
    }),
    ("list reviews", 0, |_| {
        merchants(json!({ "ListReviews": { "after": "" } }))
    }),
    ("list what is blocked", 0, |_| {
        merchants(json!({ "ListBlocks": { "after": "" } }))
    }),
    ("read credit", 0, |stage| {
        stage.first(Act::Enrol(buyer("c1")))?;
        merchants(json!({ "ReadCredit": { "customer_id": "c1" } }))
    }),
    ("read the record that KV carries", 0, |_| {
        Ok(Act::Read(json!("ProgramRecord"), false).into())
    }),
    ("look after what is due", 14, |stage| {
        stage.sold()?;
        Ok(Act::Read(json!("Wake"), false).into())
    }),
    ("look up a code", 0, |stage| {
        let code = stage.click.code.clone();
        Ok(Act::Read(json!({ "Resolve": { "code": code } }), false).into())
    }),
    ("look at an invitation", 0, |stage| {
        let token = stage.click.token.clone();
        let asked = json!({ "ReadInvitation": { "token": token, "customer_token": null } });
        Ok(Act::Read(asked, false).into())
    }),
    ("look at one's own progress", 0, |stage| {
        let jane = buyer("c1");
        stage.first(Act::Enrol(jane.clone()))?;
        let token = stage.world.shop.customer_token(&jane, stage.world.clock);
        let asked = json!({ "ReadReferrer": { "customer_token": token } });
        Ok(Act::Read(asked, false).into())
    }),
];

#[expect(clippy::unnecessary_wraps, reason = "as the table of cases wants it")]
fn merchants(command: Value) -> Check<Action> {
    Ok(Act::Read(command, true).into())
}

impl Stage {
    /// A referred order, and what was answered.
    fn sold(&mut self) -> Check<Value> {
        self.first(Act::Report(self.referred()))
    }
}
