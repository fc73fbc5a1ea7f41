//! What the merchant reads: the log, an order's decision, settings, keys, counts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::Call;
use super::eventually::eventually;
use super::noted::{Noted, note};
use super::person::Person;
use super::program::{Program, text};

/// Lines of the log in one answer.
const LOG_PAGE: usize = 200;

impl Program {
    /// The whole activity log, oldest line first.
    pub async fn log(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        loop {
            let after = lines
                .last()
                .map_or(json!(0), |line: &Value| line["seq"].clone());
            let page = self
                .merchant("GET", &format!("/log?after={after}"))
                .send()
                .await;
            let page = page.expect(200)["lines"].as_array().expect("lines").clone();
            let is_last = page.len() < LOG_PAGE;
            lines.extend(page);
            if is_last {
                return lines;
            }
        }
    }

    /// The log without the lines that only tell that somebody has read something: reading this adds one of them.
    pub async fn happened(&self) -> Vec<Value> {
        let mut log = self.log().await;
        log.retain(|line| line["kind"] != "data.read");
        log
    }

    /// Sequence number of the newest of these lines: the same before and after means that nothing was decided in between.
    /// Checkpoints, which the clock alone brings about, do not count.
    pub async fn last_seq(&self) -> i64 {
        let log = self.happened().await;
        let decided = log.iter().rfind(|line| line["kind"] != "log.checkpoint");
        decided.map_or(0, |line| line["seq"].as_i64().expect("a number"))
    }

    /// The data of all lines of a kind, oldest first.
    pub async fn logged(&self, kind: &str) -> Vec<Value> {
        let log = self.log().await;
        let of_kind = log.into_iter().filter(|line| line["kind"] == kind);
        of_kind.map(|line| line["data"].clone()).collect()
    }

    /// How many lines of a kind there are.
    pub async fn count_logged(&self, kind: &str) -> usize {
        self.logged(kind).await.len()
    }

    /// An order with its decision.
    pub async fn read_order(&self, id: &str) -> Value {
        let tail = format!("/orders/{id}");
        self.merchant("GET", &tail).send().await.expect(200)
    }

    /// How the referral of an order was judged: verdict, score, and the signals that were found, heaviest first.
    pub async fn judged(&self, order: &str) -> (String, i64, Vec<String>) {
        let risk = self.read_order(order).await["risk"].clone();
        let signals = risk["signals"].as_array().expect("signals");
        (
            text(&risk["verdict"]),
            risk["score"].as_i64().expect("a score"),
            signals.iter().map(|found| text(&found["signal"])).collect(),
        )
    }

    /// Referrals that wait for the merchant's word.
    pub async fn reviews(&self) -> Vec<Value> {
        let listed = self.merchant("GET", "/reviews").send().await.expect(200);
        listed["reviews"].as_array().expect("a list").clone()
    }

    /// Adds entries to the block-lists.
    pub async fn block(&self, entries: Value) -> Value {
        let call = self.merchant("POST", "/blocks");
        let added = call.json(&json!({ "entries": entries })).send().await;
        added.expect(201)
    }

    /// Everything that an order has earned, by its cause.
    pub async fn rewards_of(&self, order: &str) -> Vec<Value> {
        let record = self.read_order(order).await;
        record["rewards"].as_array().expect("rewards").clone()
    }

    /// The one reward of an order for a cause.
    pub async fn reward_of(&self, order: &str, cause: &str) -> Value {
        let rewards = self.rewards_of(order).await;
        let mut found = rewards
            .into_iter()
            .filter(|reward| reward["cause"] == cause);
        let reward = found
            .next()
            .unwrap_or_else(|| panic!("no {cause} of {order}"));
        assert_eq!(found.next(), None, "one reward for one cause");
        reward
    }

    /// What the merchant says of a reward, not yet sent.
    pub fn step(&self, reward: &Value, step: &str) -> Call {
        let id = text(&reward["id"]);
        self.merchant("POST", &format!("/rewards/{id}/{step}"))
    }

    /// Takes credit of a customer, or tries to.
    pub fn take(&self, take: &str, customer: &str, amount: i64) -> Call {
        self.merchant("POST", "/credits/take").json(&json!({
            "take_id": take, "customer_id": customer, "amount": amount, "currency": "EUR",
        }))
    }

    /// Why an order is whose it is, in words.
    pub async fn explanation(&self, id: &str) -> Value {
        let tail = format!("/orders/{id}/explanation");
        self.merchant("GET", &tail).send().await.expect(200)
    }

    /// Staff enters a referral of a customer, not yet sent.
    pub fn touch_call(&self, customer: &Person, code: &str, reason: &str) -> Call {
        let body = json!({ "customer": customer.json(), "code": code, "reason": reason });
        self.merchant("POST", "/touches").json(&body)
    }

    /// The settings in force with their version.
    pub async fn settings(&self) -> Value {
        self.merchant("GET", "/settings").send().await.expect(200)
    }

    /// Makes a new version of the settings, in which these fields are others.
    pub async fn change(&self, changes: &Value) -> Value {
        let mut settings = self.settings().await["settings"].clone();
        for (field, value) in changes.as_object().expect("an object") {
            settings[field] = value.clone();
        }
        let call = self.merchant("PUT", "/settings").json(&settings);
        call.send().await.expect(200)
    }

    /// Makes a key of a kind.
    pub async fn make_key(&self, kind: &str) -> Value {
        let call = self
            .merchant("POST", "/keys")
            .json(&json!({ "kind": kind }));
        let made = call.send().await.expect(201);
        if let Some(key) = made["key"].as_str() {
            note(Noted::Secrets, key.as_bytes());
        }
        made
    }

    /// Makes a key of the merchant API with a scope: its id, and as it is printed.
    pub async fn scoped_key(&self, scope: &str) -> (String, String) {
        let body = json!({ "kind": "api", "scope": scope });
        let made = self.merchant("POST", "/keys").json(&body);
        let made = made.send().await.expect(201);
        assert_eq!(made["scope"], scope);
        note(Noted::Secrets, text(&made["key"]).as_bytes());
        (text(&made["id"]), text(&made["key"]))
    }

    /// Ids of the live keys of a kind, oldest first.
    pub async fn live_keys(&self, kind: &str) -> Vec<String> {
        let list = self.merchant("GET", "/keys").send().await.expect(200);
        let mut live: Vec<&Value> = list["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .filter(|key| key["kind"] == kind && key["revoked_at"].is_null())
            .collect();
        live.sort_by_key(|key| key["generation"].as_i64());
        live.iter().map(|key| text(&key["id"])).collect()
    }

    /// Rows that the ledger has written since it was loaded, by table, once nothing is left for it to do: test builds count
    /// them, those of deliveries and alarms as well.
    pub async fn rows_written(&self) -> BTreeMap<String, u64> {
        eventually("a ledger at rest", async || {
            let asked = self.merchant("GET", "/settings").fault("rows");
            let told = asked.send().await.expect(200);
            let written = || serde_json::from_value::<Vec<_>>(told["written"].clone());
            (told["at_rest"] == true).then(|| written().expect("rows by table"))
        })
        .await
        .into_iter()
        .collect()
    }

    /// All rows of a table, as they are taken out page by page.
    pub async fn exported(&self, table: &str) -> Vec<Value> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.merchant("GET", &format!("/exports/{table}{after}"));
            let page = page.send().await.expect(200);
            assert_eq!(page["table"], table);
            let Some(next) = page["next"].as_str() else {
                return rows;
            };
            rows.extend(page["rows"].as_array().expect("rows").clone());
            after = format!("?after={next}");
        }
    }

    /// How often something was counted, over all placements and variants; `channel` narrows it.
    pub async fn counted(&self, kind: &str, channel: Option<&str>) -> i64 {
        let tally = self.merchant("GET", "/tally").send().await.expect(200);
        let counts = tally["counts"].as_array().expect("counts");
        counts
            .iter()
            .filter(|count| count["kind"] == kind)
            .filter(|count| channel.is_none_or(|channel| count["channel"] == channel))
            .filter_map(|count| count["count"].as_i64())
            .sum()
    }
}
