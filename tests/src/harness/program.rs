//! A program of a test's own, with its keys, its clock, and a network from which its visitors come.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::call::Call;
use super::edge::Edge;
use super::jwt::Jwt;
use super::person::Person;
use super::setup::Setup;
use crate::store::ids::{now_ms, session_id};
use crate::store::keys::Keys;

/// What a person's browser sends.
pub const BROWSER: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/17.5 Mobile/15E148 Safari/604.1";

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// A program.
#[derive(Debug)]
pub struct Program {
    /// Its id.
    pub id: String,
    /// Its keys, as its creation printed them.
    pub keys: Keys,
    /// Where it lives.
    pub edge: Edge,
    /// What it was created with.
    pub setup: Setup,
    network: String,
    offset_ms: AtomicI64,
}

impl Program {
    /// A new program with the settings of [`Setup::default`].
    pub async fn fresh(edge: &Edge) -> Self {
        Setup::default().create(edge).await
    }

    pub(super) fn new(edge: Edge, id: String, keys: Keys, setup: Setup) -> Self {
        Self {
            id,
            keys,
            edge,
            setup,
            network: fresh_network(),
            offset_ms: AtomicI64::new(0),
        }
    }

    /// The same program on another edge: the same one after a restart.
    #[must_use]
    pub fn moved_to(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// The address that its visitors come from.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// A call below `/v1/programs/{program}`, from this program's network.
    pub fn call(&self, method: &str, tail: &str) -> Call {
        let path = format!("/v1/programs/{}{tail}", self.id);
        self.edge.call(method, &path).network(&self.network)
    }

    /// The same with the merchant's key.
    pub fn merchant(&self, method: &str, tail: &str) -> Call {
        self.call(method, tail).bearer(&self.keys.api)
    }

    /// A customer token, as the shop mints it, that can still be spoilt.
    pub fn jwt(&self, person: &Person) -> Jwt {
        let mut claims = json!({ "aud": self.id, "exp": self.now_ms() / 1000 + 900 });
        for (name, value) in [
            ("sub", &person.id),
            ("email", &person.email),
            ("name", &person.name),
        ] {
            if let Some(value) = value {
                claims[name] = json!(value);
            }
        }
        Jwt::new(&claims, &self.keys.customers)
    }

    /// A good customer token.
    pub fn customer_token(&self, person: &Person) -> String {
        self.jwt(person).mint()
    }

    /// Enrols a customer, or finds them: code, link, message, progress.
    pub async fn enrol(&self, person: &Person) -> Value {
        let answer = self.enrolment(person).send().await;
        assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
        answer.json()
    }

    /// What enrols a customer, not yet sent.
    pub fn enrolment(&self, person: &Person) -> Call {
        let body = json!({ "customer_token": self.customer_token(person) });
        self.call("POST", "/referrers").json(&body)
    }

    /// A customer's referral code.
    pub async fn code(&self, person: &Person) -> String {
        text(&self.enrol(person).await["code"])
    }

    /// A customer's credit in minor units of the program's currency.
    pub async fn credit(&self, person: &Person) -> i64 {
        let view = self.enrol(person).await;
        view["progress"]["credit"][0]["amount"]
            .as_i64()
            .unwrap_or_else(|| panic!("no credit in {view}"))
    }

    /// The time of this program, in Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        now_ms() + self.offset_ms.load(Ordering::SeqCst)
    }

    /// Lets days pass for this program.
    pub async fn advance_days(&self, days: i64) {
        self.advance_ms(days * DAY_MS).await;
    }

    /// Lets time pass for this program; what that makes due is worked on.
    pub async fn advance_ms(&self, ms: i64) {
        let offset_ms = self.offset_ms.fetch_add(ms, Ordering::SeqCst) + ms;
        self.edge
            .call("POST", &format!("/test/clock/{}", self.id))
            .json(&json!({ "offset_ms": offset_ms }))
            .send()
            .await
            .expect(200);
    }
}

/// A new id for a program.
pub fn fresh_id() -> String {
    format!("t-{}", &session_id()[..16])
}

/// An address in a network that nobody else comes from: the edge tells IPv6 networks by their first 48 bits. All begin with
/// the mark by which an address is found where none may be.
pub fn fresh_network() -> String {
    let id = session_id();
    format!("fdca:{}:{}::1", &id[..4], &id[4..8])
}

/// A string of an answer.
#[track_caller]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
