//! Customer tokens, good and bad: whatever an attacker can write, a test can write.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha512};

use super::noted::note_people;

/// How the signature is made, whatever the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// HMAC with SHA-256, the only one that is taken.
    Hs256,
    /// HMAC with SHA-512.
    Hs512,
    /// Not at all.
    Not,
}

/// A JSON Web Token in the making.
#[derive(Debug, Clone)]
#[must_use = "a token does nothing until it is minted"]
pub struct Jwt {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: String,
    signed: Signed,
}

impl Jwt {
    /// HS256 with these claims, signed with this key.
    pub fn new(claims: &Value, key: &str) -> Self {
        let object = |value: &Value| value.as_object().expect("an object").clone();
        Self {
            header: object(&json!({ "alg": "HS256", "typ": "JWT" })),
            claims: object(claims),
            key: key.to_owned(),
            signed: Signed::Hs256,
        }
    }

    /// Sets a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a field of the header.
    pub fn head(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Says that this algorithm signed it, and signs like this.
    pub fn algorithm(self, name: &str, signed: Signed) -> Self {
        Self { signed, ..self }.head("alg", name)
    }

    /// Signs with another key.
    pub fn key(self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self
        }
    }

    /// The token.
    pub fn mint(&self) -> String {
        note_people(&Value::Object(self.claims.clone()));
        let part = |fields: &Map<String, Value>| {
            URL_SAFE_NO_PAD.encode(Value::Object(fields.clone()).to_string())
        };
        let text = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = match self.signed {
            Signed::Hs256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).expect("a key");
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Signed::Hs512 => {
                let mut mac = Hmac::<Sha512>::new_from_slice(self.key.as_bytes()).expect("a key");
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Signed::Not => Vec::new(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
