//! `npx wrangler dev`, after `npm ci` and nothing else.

use std::fs;

use serde_json::Value;

use super::clone::{Clone, said};
use super::running::{Running, free_port, get};

#[tokio::test]
async fn plain_wrangler_dev_builds_and_serves_everything() {
    let clone = Clone::enter().await;
    let port = free_port();
    let mut command = clone.command("npx");
    command.args(["wrangler", "dev", "--port", &port.to_string()]);
    command.args([
        "--inspector-port",
        "0",
        "--show-interactive-dev-session=false",
        // A state of its own, because the demo program is to be made here.
        "--persist-to",
        ".wrangler/plain",
    ]);
    let mut edge = Running::start(command, &clone.folder.join("plain.log"));
    let url = format!("http://localhost:{port}");
    edge.until_answered(&format!("{url}/healthz")).await;

    let secrets = fs::read_to_string(clone.folder.join(".dev.vars")).expect("secrets");
    let secret = secrets.split('"').nth(1).unwrap_or_default();
    assert!(secret.len() == 64 && secret.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let loader = get(&format!("{url}/widget.js")).await.expect("the loader");
    assert!(loader.contains("goodword"), "{loader}");
    let contract = get(&format!("{url}/openapi.yaml"))
        .await
        .expect("the contract");
    assert!(contract.starts_with("openapi: 3.1"), "{contract}");

    for expected in ["was made", "is there"] {
        let seed = ["seed", "--edge", &url, "--store", "http://localhost:8080"];
        let seeded = clone.xtask(&seed).await;
        assert!(seeded.status.success(), "{}", said(&seeded));
        assert!(said(&seeded).contains(expected), "{}", said(&seeded));
    }
    let offer = get(&format!("{url}/v1/programs/demo"))
        .await
        .expect("the demo program");
    let offer: Value = serde_json::from_str(&offer).expect("JSON");
    assert_eq!(offer["name"], "Ember & Oak");
    edge.interrupt(&clone.folder, &[port]).await;
}
