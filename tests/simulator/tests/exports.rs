//! Every table can be taken out, row by row, and what was encrypted is opened for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use goodword_simulator::call::Act;
use goodword_simulator::cases::Stage;
use goodword_simulator::violation::Check;
use serde_json::{Value, json};

const TABLES: [&str; 15] = [
    "referrers",
    "touches",
    "bindings",
    "events",
    "orders",
    "undos",
    "referrals",
    "rewards",
    "notes",
    "reviews",
    "journal",
    "credits",
    "takings",
    "log",
    "facts",
];

fn page(stage: &mut Stage, table: &str, after: Option<&str>) -> Check<Value> {
    let command = json!({"Export": {"table": table, "after": after}});
    let call = Act::Read(command, true).into();
    Ok(stage.world.call(&call)?.done()?.1)
}

#[test]
fn every_table_is_read_to_its_end_with_what_was_encrypted() -> Check {
    let mut stage = Stage::new(0)?;
    stage.first(Act::Touch(stage.staff()))?;
    stage.first(Act::Event(stage.event("registered")))?;
    let order = stage.first(Act::Report(stage.referred()))?;
    let reward = order["reward"]["id"].clone();
    let step = json!({"id": reward, "step": "redeem", "reason": null, "note": "Omar called"});
    stage.first(Act::Merchant(json!({ "StepReward": step })))?;
    let take = json!({"take_id": "t1", "customer_id": "jane", "amount": 100, "currency": "EUR"});
    stage.first(Act::Merchant(json!({ "TakeCredit": take })))?;
    let refund = json!({
        "kind": "refund", "order_id": "o1", "refund_id": "r1", "amount": 100, "currency": "EUR",
    });
    stage.first(Act::Report(refund))?;
    let mut reviewed = Stage::new(0)?;
    let word = reviewed.word(true)?;
    reviewed.first(word)?;
    for table in TABLES {
        let stage = match table {
            "reviews" => &mut reviewed,
            _ => &mut stage,
        };
        let whole = page(stage, table, None)?;
        let rows = whole["rows"].as_array().expect("rows");
        assert!(!rows.is_empty(), "{table}: {whole}");
        for said in match table {
            "referrers" => &["c1@mail.example", "Ann"][..],
            "bindings" => &["told us on the phone"],
            "events" => &["Omar"],
            "notes" => &["Omar called"],
            "reviews" => &["we have called them"],
            _ => &[],
        } {
            assert!(whole.to_string().contains(said), "{table}: {whole}");
        }
    }
    Ok(())
}

#[test]
fn an_export_goes_on_after_a_key_of_any_form() -> Check {
    let mut stage = Stage::new(0)?;
    stage.first(Act::Touch(stage.staff()))?;
    stage.first(Act::Report(stage.referred()))?;
    for (table, before, after) in [
        ("log", "[1]", "[9999]"),
        ("orders", "[\"\"]", "[\"z\"]"),
        ("bindings", "[\"\",0,\"\",\"\"]", "[\"z\",0,\"\",\"\"]"),
        ("credits", "[\"\",\"\"]", "[\"z\",\"\"]"),
    ] {
        let rows = |page: Value| page["rows"].as_array().map_or(0, Vec::len);
        let [before, after] = [before, after].map(|key| URL_SAFE_NO_PAD.encode(key));
        assert!(rows(page(&mut stage, table, Some(&before))?) > 0, "{table}");
        assert_eq!(rows(page(&mut stage, table, Some(&after))?), 0, "{table}");
    }
    Ok(())
}
