//! The merchant's side: the keys that the ledger has answered, and what is signed with them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use goodword_shared::signature::{SECRET_PREFIX, sign};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::model::people::Naming;

/// The id of the only program there is.
pub const PROGRAM: &str = "acme";

/// Kinds of keys that a merchant rotates.
pub const KINDS: [&str; 5] = ["api", "orders", "customers", "webhooks", "tokens"];

/// A key of the shop's: what it is for, its id once it is known, and as it was printed.
#[derive(Clone, Debug)]
pub struct Key {
    /// For what.
    pub kind: String,
    /// The ledger's id; the first keys are answered without one.
    pub id: Option<String>,
    /// As it was printed; empty for click tokens, which the shop never signs.
    pub printed: String,
}

/// The shop.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    /// Live keys, oldest first.
    pub keys: Vec<Key>,
}

impl Shop {
    /// The keys that creating the program has answered.
    pub fn created(answer: &Value) -> Self {
        let printed = answer["keys"].as_object().expect("keys");
        let key = |kind: &&str| Key {
            kind: (*kind).to_owned(),
            id: None,
            printed: printed
                .get(*kind)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        };
        Self {
            keys: KINDS.iter().map(key).collect(),
        }
    }

    /// Live keys of a kind, oldest first.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl DoubleEndedIterator<Item = &'a Key> {
        self.keys.iter().filter(move |key| key.kind == kind)
    }

    /// The bearer of the merchant API.
    pub fn bearer(&self) -> Value {
        json!({ "Bearer": [self.newest("api"), "admin"] })
    }

    /// The signature of a report at a time.
    pub fn signed(&self, id: &str, body: &str, now: i64) -> Value {
        let secret = self
            .newest("orders")
            .strip_prefix(SECRET_PREFIX)
            .unwrap_or_default();
        let secret = STANDARD.decode(secret).expect("base64");
        let timestamp = now.div_euclid(1_000);
        let signature = sign(&secret, id, timestamp, body);
        json!({ "Signed": { "id": id, "timestamp": timestamp.to_string(), "signature": signature } })
    }

    /// The word of the shop on who is looking: an HS256 JWT for half an hour.
    pub fn customer_token(&self, naming: &Naming, now: i64) -> String {
        self.vouch(
            json!({ "sub": naming.customer, "email": naming.email }),
            now,
        )
    }

    /// A customer token that also tells the customer's first name.
    pub fn named_token(&self, naming: &Naming, name: &str, now: i64) -> String {
        let told = json!({ "sub": naming.customer, "email": naming.email, "name": name });
        self.vouch(told, now)
    }

    fn vouch(&self, mut claims: Value, now: i64) -> String {
        claims["aud"] = json!(PROGRAM);
        claims["exp"] = json!(now.div_euclid(1_000) + 1_800);
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!(
            "{}.{}",
            encode(&json!({"alg": "HS256", "typ": "JWT"})),
            encode(&claims)
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(self.newest("customers").as_bytes())
            .expect("any length");
        mac.update(signed.as_bytes());
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        )
    }

    fn newest<'a>(&'a self, kind: &'a str) -> &'a str {
        self.of_kind(kind)
            .next_back()
            .map(|key| key.printed.as_str())
            .unwrap_or_default()
    }
}
