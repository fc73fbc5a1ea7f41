//! Forms that others read, or that are read again by a later version, stay as they are: what is added is added here too.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

/// The value with everything in it that is another each time called by what it is.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(mask(text)),
        Value::Number(number) if number.as_i64().is_some_and(|n| n > 1_000_000_000_000) => {
            json!("time")
        }
        Value::Array(all) => all.iter().map(masked).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), masked(value)))
            .collect(),
        other => other.clone(),
    }
}

fn mask(text: &str) -> String {
    let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    match text.len() {
        32 if is_hex => "pseudonym".into(),
        64 if is_hex => "hash".into(),
        24 if is_hex => "click".into(),
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
    let mut told = masked(&event.verified(&shop.keys.webhooks));
    for (place, word) in [
        ("/data/program", "program"),
        ("/data/referrer/code", "code"),
        ("/data/share/link", "link"),
        ("/data/share/message", "message"),
    ] {
        *told.pointer_mut(place).expect("there") = json!(word);
    }
    assert_eq!(told, json!(null));
    let record = eventually("the record", async || {
        shop.edge
            .kv_get(&format!("attribution:{}:1001", shop.id))
            .await
    })
    .await;
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(masked(&record), json!(null));
    let page = shop.merchant("GET", "/exports/orders").send().await;
    let stored = &page.expect(200)["rows"][0]["decision"];
    assert_eq!(masked(stored), json!(null));
}
