//! `cargo xtask dev`: everything at once, and nothing left when it ends.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use super::clone::{Clone, said};
use super::running::{Running, free_port, get};

/// A second start compiles nothing.
const A_MINUTE: Duration = Duration::from_mins(1);

struct Ports {
    edge: u16,
    store: u16,
}

#[tokio::test]
async fn dev_starts_all_of_it_and_ctrl_c_ends_all_of_it_and_the_state_stays() {
    let clone = Clone::enter().await;
    let ports = Ports {
        edge: free_port(),
        store: free_port(),
    };
    let first = dev(&clone, &ports, &["--fresh"]).await;
    let printed = first.printed();
    for line in [
        format!("http://localhost:{}/", ports.store),
        format!("http://localhost:{}/", ports.edge),
        "npx wrangler kv key get".to_owned(),
    ] {
        assert!(printed.contains(&line), "no {line} in {printed}");
    }
    let page = get(&format!("http://localhost:{}/", ports.store)).await;
    assert!(page.expect("the store").contains("data-program=\"demo\""));
    let code = guest_code(&ports).await;
    first
        .interrupt(&clone.folder, &[ports.edge, ports.store])
        .await;

    let began = Instant::now();
    let second = dev(&clone, &ports, &[]).await;
    assert!(began.elapsed() < A_MINUTE, "{}", second.printed());
    assert_eq!(guest_code(&ports).await, code);
    second
        .interrupt(&clone.folder, &[ports.edge, ports.store])
        .await;

    let anew = dev(&clone, &ports, &["--fresh"]).await;
    assert_ne!(guest_code(&ports).await, code);
    anew.interrupt(&clone.folder, &[ports.edge, ports.store])
        .await;
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_flag_that_chooses_another() {
    let clone = Clone::enter().await;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    for (flag, what) in [("--edge-port", "edge"), ("--store-port", "demo store")] {
        let other = if flag == "--edge-port" {
            "--store-port"
        } else {
            "--edge-port"
        };
        let free = free_port().to_string();
        let refused = clone.xtask(&["dev", flag, &port, other, &free]).await;
        assert!(!refused.status.success());
        let expected = format!("error: port {port} is in use, and the {what} needs it");
        let told = said(&refused);
        let line = told.lines().find(|line| line.starts_with(&expected));
        assert!(line.is_some_and(|line| line.contains(flag)), "{told}");
    }
}

async fn dev(clone: &Clone, ports: &Ports, more: &[&str]) -> Running {
    let mut command = clone.command("cargo");
    command.args(["xtask", "dev", "--edge-port", &ports.edge.to_string()]);
    command
        .args(["--store-port", &ports.store.to_string()])
        .args(more);
    let mut dev = Running::start(command, &clone.folder.join("dev.log"));
    dev.until_printed("Open the demo store").await;
    let healthy = format!("http://localhost:{}/healthz", ports.edge);
    dev.until_answered(&healthy).await;
    dev
}

/// The code of one and the same guest.
async fn guest_code(ports: &Ports) -> String {
    let url = format!("http://localhost:{}/v1/programs/demo/referrers", ports.edge);
    let body = json!({ "email": "gil@example.com" }).to_string();
    let answer = Client::new()
        .post(url)
        .body(body)
        .send()
        .await
        .expect("an answer");
    let guest: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
    guest["code"]
        .as_str()
        .unwrap_or_else(|| panic!("no code in {guest}"))
        .to_owned()
}
