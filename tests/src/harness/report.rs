//! Signed reports of the shop's server, good and bad.

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::noted::note_people;
use super::program::Program;
use crate::store::ids::session_id;
use crate::store::signing::sign;

/// A report in the making, signed when it is sent.
#[derive(Debug)]
#[must_use = "a report does nothing until it is sent"]
pub struct Report<'a> {
    program: &'a Program,
    body: String,
    route: &'static str,
    id: String,
    timestamp: i64,
    key: String,
    signature: Option<String>,
    changes: Vec<(String, Option<String>)>,
}

impl Program {
    /// A report with this body, signed with the orders key now.
    pub fn report(&self, body: &Value) -> Report<'_> {
        note_people(body);
        self.report_text(body.to_string())
    }

    /// A report with whatever body, signed with the orders key now.
    pub fn report_text(&self, body: String) -> Report<'_> {
        Report {
            program: self,
            body,
            route: "/orders",
            id: format!("msg_{}", session_id()),
            timestamp: self.now_ms() / 1000,
            key: self.keys.orders.clone(),
            signature: None,
            changes: Vec::new(),
        }
    }
}

impl Report<'_> {
    /// Goes to another route than that of orders.
    pub fn to(mut self, route: &'static str) -> Self {
        self.route = route;
        self
    }

    /// Signs with another key.
    pub fn key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// Says another `webhook-id`.
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Says, and signs, a time so many seconds from now.
    pub fn seconds_off(mut self, seconds: i64) -> Self {
        self.timestamp += seconds;
        self
    }

    /// Sends this signature instead of a good one.
    pub fn signature(mut self, signature: &str) -> Self {
        self.signature = Some(signature.to_owned());
        self
    }

    /// Sets a header after signing.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.changes.push((name.to_owned(), Some(value.to_owned())));
        self
    }

    /// Leaves a header out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.changes.push((name.to_owned(), None));
        self
    }

    /// Makes the ledger fail after its statement of this number, or `hang`.
    pub fn fault(self, fault: &str) -> Self {
        self.header("x-goodword-fault", fault)
    }

    /// The signature of `id.timestamp.body`.
    pub fn signed(&self) -> String {
        sign(&self.key, &self.id, self.timestamp, &self.body).expect("an orders key")
    }

    /// The call that carries it.
    pub fn call(self) -> Call {
        let signature = self.signature.clone().unwrap_or_else(|| self.signed());
        let mut call = self
            .program
            .call("POST", self.route)
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", &self.timestamp.to_string())
            .header("webhook-signature", &signature)
            .body(self.body);
        for (name, value) in &self.changes {
            call = match value {
                Some(value) => call.header(name, value),
                None => call.without_header(name),
            };
        }
        call
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        self.call().send().await
    }
}
