//! The outbox as the merchant sees it.

use serde_json::{Value, json};

use super::answer::Answer;
use super::program::Program;

impl Program {
    /// What waits, or was given up, oldest first.
    pub async fn deliveries(&self, state: &str) -> Vec<Value> {
        let tail = format!("/deliveries?state={state}");
        let page = self.merchant("GET", &tail).send().await.expect(200);
        page["deliveries"].as_array().expect("a list").clone()
    }

    /// How many of those are on a lane that begins like this.
    pub async fn count_deliveries(&self, state: &str, lane: &str) -> usize {
        let all = self.deliveries(state).await;
        let on_lane = |one: &&Value| {
            one["endpoint"]
                .as_str()
                .is_some_and(|end| end.starts_with(lane))
        };
        all.iter().filter(on_lane).count()
    }

    /// Has all sent again that was given up.
    pub async fn replay_all(&self) -> Answer {
        let call = self.merchant("POST", "/deliveries/replay");
        call.json(&json!({ "since": 0 })).send().await
    }
}

impl super::edge::Edge {
    /// Runs the cron, as the platform does once an hour.
    pub async fn run_cron(&self) {
        let answer = self.call("GET", "/cdn-cgi/handler/scheduled").send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}
