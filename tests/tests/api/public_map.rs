//! What stands in KV, where every data centre reads it: enough to serve, and nothing that is anybody's secret.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};

#[tokio::test]
async fn the_map_holds_program_and_codes_and_no_secret() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let code = shop.code(&Person::new("jane")).await;
    let program = eventually("the program in KV", async || {
        edge.kv_get(&format!("program:{}", shop.id)).await
    })
    .await;
    let record: Value = serde_json::from_str(&program).expect("JSON");
    let offer = shop.call("GET", "").send().await.expect(200);
    assert_eq!(record["offer"], offer);
    assert_eq!(record["allowed_origins"], json!(["https://shop.example"]));
    let secrets = [
        &shop.keys.api,
        &shop.keys.orders,
        &shop.keys.customers,
        &shop.keys.webhooks,
    ];
    for secret in secrets {
        let tail = &secret[secret.len() - 20..];
        assert!(!program.contains(tail), "{program}");
    }
    let codes = edge.kv_keys(&format!("code:{}:", shop.id)).await;
    assert_eq!(codes, [format!("code:{}:{code}", shop.id)]);
    let value = edge.kv_get(&codes[0]).await;
    assert_eq!(
        value.as_deref().map(str::trim),
        Some("1"),
        "nothing about anybody"
    );
}
