//! A program in which something of everything has happened: what the pictures of each version show.

use serde_json::{Value, json};

use crate::call::{Act, Call};
use crate::cases::{Stage, order, terms};
use crate::model::DAY_MS;
use crate::violation::Check;

/// On hold: `held` (refunded in part) and `frozen` (in dispute); granted: `granted`, taken back: `undone`; looked at and
/// rejected: `shared`. A discount is claimed and not used, a refund waits for its order, an answer is kept, and the outbox is full.
pub fn busy() -> Check<Stage> {
    let mut stage = Stage::new(14)?;
    stage.first(Act::Guest("guest@mail.example".into()))?;
    let claim = Call::from(stage.claim()).keyed("claim");
    stage.world.call(&claim)?.done()?;
    let code = stage.click.code.clone();
    stage.first(Act::Claim {
        token: None,
        code: Some(code.clone()),
        visitor: None,
        claim_id: Some("the-only-typed-claim".into()),
    })?;
    for id in ["held", "frozen"] {
        stage.first(Act::Report(buys(id, &code)))?;
    }
    stage.first(Act::Settings(terms(0).to_json()))?;
    for id in ["granted", "undone"] {
        stage.world.clock += DAY_MS;
        stage.first(Act::Report(buys(id, &code)))?;
    }
    stage.first(Act::Report(order(None, &[])))?;
    let undo = |kind: &str, id: &str| json!({ "kind": kind, "order_id": id });
    let mut refund = undo("refund", "held");
    refund["refund_id"] = json!("r1");
    refund["amount"] = json!(1_000);
    refund["currency"] = json!("EUR");
    stage.first(Act::Report(refund.clone()))?;
    refund["order_id"] = json!("early");
    stage.first(Act::Report(refund))?;
    let mut dispute = undo("dispute", "frozen");
    dispute["dispute_id"] = json!("d1");
    dispute["state"] = json!("opened");
    stage.first(Act::Report(dispute))?;
    stage.first(Act::Report(undo("cancellation", "undone")))?;
    let card = json!({ "payment_fingerprint": "card_1" });
    let mut own = buys("own", "");
    own["referral_code"] = Value::Null;
    own["customer"] = json!({ "id": "jane" });
    own["risk"] = card.clone();
    stage.first(Act::Report(own))?;
    let mut shared = buys("shared", &code);
    shared["risk"] = card;
    let referral = stage.first(Act::Report(shared))?["referral"].clone();
    let word = json!({ "referral": referral, "approved": false, "note": "Ann did not answer" });
    stage.first(Act::Merchant(json!({ "Review": word })))?;
    let key = Call::from(Act::CreateKey("tokens".into())).keyed("key");
    stage.world.call(&key)?.done()?;
    stage
        .world
        .ledger
        .query(
            "INSERT INTO dead_letters (kind, lane, target, payload, attempts, error, created_at, died_at)
                SELECT kind, lane, target, payload, 10, 'status 500', created_at, created_at FROM outbox
                WHERE id = (SELECT min(id) FROM outbox WHERE kind = 'webhook')",
        )?;
    stage.world.ledger.query(
        "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE kind = 'webhook')",
    )?;
    stage
        .world
        .ledger
        .query("INSERT INTO meta (key, value) VALUES ('checkpoint', '3:1750000000000')")?;
    Ok(stage)
}

fn buys(id: &str, code: &str) -> Value {
    let mut report = order(None, &[]);
    report["order_id"] = json!(id);
    report["customer"] = json!({ "id": id, "email": format!("{id}@mail.example"), "name": "Ann" });
    report["referral_code"] = json!(code);
    report
}
