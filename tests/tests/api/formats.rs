//! Forms that others read, or that are read again by a later version, stay as they are: what is added is added here too.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

/// What a referred order is told, stored and published as.
const PINNED: &str = include_str!("../formats/referred-order.json");

/// The value with everything in it that is another each time called by what it is.
fn masked(value: &Value, own: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => json!(mask(text, own)),
        Value::Number(number) if number.as_i64().is_some_and(|n| n > 1_000_000_000_000) => {
            json!("time")
        }
        Value::Array(all) => all.iter().map(|one| masked(one, own)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), masked(value, own)))
            .collect(),
        other => other.clone(),
    }
}

fn mask(text: &str, own: &[(&str, &str)]) -> String {
    if let Some((_, name)) = own.iter().find(|(known, _)| *known == text) {
        return (*name).to_owned();
    }
    let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    match text.len() {
        32 if is_hex => "pseudonym".into(),
        64 if is_hex => "hash".into(),
        _ => text.to_owned(),
    }
}

#[tokio::test]
async fn an_event_a_record_and_a_stored_decision_keep_their_form() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    order.set("subscription", "s1").accepted().await;
    let event = sink.event("reward.earned", "1001").await;
    let mut told = event.verified(&shop.keys.webhooks);
    for (place, word) in [
        ("/data/share/link", "link"),
        ("/data/share/message", "message"),
    ] {
        *told.pointer_mut(place).expect("there") = json!(word);
    }
    let record = shop.record("1001", |_| true).await;
    let page = shop.merchant("GET", "/exports/orders").send().await;
    let decision = page.expect(200)["rows"][0]["decision"].clone();
    let all = json!({ "decision": decision, "event": told, "record": record });
    let pinned: Value = serde_json::from_str(PINNED).expect("JSON");
    let own = [(code.as_str(), "code"), (shop.id.as_str(), "program")];
    assert_eq!(masked(&all, &own), pinned);
}
