//! Reads the edge's KV namespace as a merchant does: with wrangler, from the outside.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::edge::{Edge, root};
use super::eventually::within;
use super::program::Program;
use crate::store::ids::session_id;

/// Each call starts a Node and a runtime: one at a time.
static TURN: Semaphore = Semaphore::const_new(1);

/// Wrangler takes seconds for an answer, and waits for its turn.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

/// Times that wrangler is asked: on a busy machine it may find the database locked.
const TRIES: usize = 5;

impl Edge {
    /// The value of a key, `None` when there is none.
    pub async fn kv_get(&self, key: &str) -> Option<String> {
        let value = self.kv(&["key", "get", key, "--text"]).await;
        (!value.contains("Value not found")).then_some(value)
    }

    /// The values of these keys, `None` where there is none.
    pub async fn kv_get_all(&self, keys: &[String]) -> Vec<Option<String>> {
        let folder = self.config.parent().expect("a folder");
        let file = folder.join(format!("keys-{}.json", session_id()));
        std::fs::write(&file, json!(keys).to_string()).expect("a file of our own");
        let said = self.kv(&["bulk", "get", &file.to_string_lossy()]).await;
        let (found, _) = said.rsplit_once("Success!").expect("an end");
        let found: Value = serde_json::from_str(found).expect("JSON");
        let value = |key: &String| found[key]["value"].as_str().map(str::to_owned);
        keys.iter().map(value).collect()
    }

    /// Every key with this prefix.
    pub async fn kv_keys(&self, prefix: &str) -> Vec<String> {
        let list = self.kv(&["key", "list", "--prefix", prefix]).await;
        let list: Value = serde_json::from_str(&list).expect("JSON");
        let names = list.as_array().expect("a list").iter();
        names
            .filter_map(|key| key["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// What wrangler says.
    async fn kv(&self, arguments: &[&str]) -> String {
        let _turn = TURN.acquire().await.expect("never closed");
        let mut said = String::new();
        for _ in 0..TRIES {
            let output = self.wrangler(arguments).await;
            if output.status.success() {
                return String::from_utf8_lossy(&output.stdout).into_owned();
            }
            said = format!("{output:?}");
        }
        panic!("kv {arguments:?}: {said}")
    }

    async fn wrangler(&self, arguments: &[&str]) -> Output {
        Command::new(root().join("node_modules/.bin/wrangler"))
            .arg("kv")
            .args(arguments)
            .args(["--local", "--binding", "GOODWORD", "--persist-to"])
            .arg(&self.state)
            .arg("--config")
            .arg(&self.config)
            .current_dir(root())
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .env("CI", "1")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("wrangler is installed")
    }
}

impl Program {
    /// The attribution record of an order in KV, as soon as `fits`.
    pub async fn record(&self, order: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let key = format!("attribution:{}:{order}", self.id);
        within(PATIENCE, &format!("{key} in KV"), async || {
            let text = self.edge.kv_get(&key).await?;
            let record = serde_json::from_str(&text).ok()?;
            fits(&record).then_some(record)
        })
        .await
    }
}
