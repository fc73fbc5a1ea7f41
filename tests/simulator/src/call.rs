//! A call on the ledger: what is asked, by whom, and the envelope that says so at a given time.

use std::fmt;

use serde_json::{Value, json};

use crate::model::people::Naming;
use crate::shop::{PROGRAM, Shop};

/// What is asked.
#[derive(Clone, Debug)]
pub enum Act {
    /// Create the program with these settings.
    Create(Value),
    /// Change the settings.
    Settings(Value),
    /// Enrol or find a customer.
    Enrol(Naming),
    /// Enrol or find a guest.
    Guest(String),
    /// Choose what to earn, as a customer.
    Choose(Naming, Value),
    /// Say something to friends, as a customer.
    Note(Naming, String),
    /// Claim by token or code, perhaps as somebody whom the shop knows.
    Claim {
        /// Click token.
        token: Option<String>,
        /// Referral code.
        code: Option<String>,
        /// The visitor.
        visitor: Option<Naming>,
        /// What the page calls a claim of a typed code.
        claim_id: Option<String>,
    },
    /// Staff enters a referral.
    Touch(Value),
    /// A signed report.
    Report(Value),
    /// A signed event.
    Event(Value),
    /// A report with a signature of somebody else.
    Forged(Value),
    /// A new key of a kind.
    CreateKey(String),
    /// No longer this key.
    RevokeKey(String),
    /// A command of the merchant's that leaves a line in the log each time.
    Merchant(Value),
    /// Something that changes nothing, and whether it takes the merchant's key.
    Read(Value, bool),
}

/// A call that may be made again.
#[derive(Clone, Debug)]
pub struct Call {
    /// What.
    pub act: Act,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// The caller's network.
    pub source: Option<String>,
}

/// One line, for the trace: what is asked, as JSON where there is any.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.act {
            Act::Create(settings) | Act::Settings(settings) => write!(f, "settings {settings}"),
            Act::Report(report) => write!(f, "report {report}"),
            Act::Forged(report) => write!(f, "forged report {report}"),
            Act::Read(command, _) => write!(f, "read {command}"),
            Act::Merchant(command) => write!(f, "merchant {command}"),
            act => write!(f, "{act:?}"),
        }?;
        match &self.key {
            Some(key) => write!(f, " with the key {key}"),
            None => Ok(()),
        }
    }
}

impl From<Act> for Call {
    fn from(act: Act) -> Self {
        Self {
            act,
            key: None,
            source: None,
        }
    }
}

impl Call {
    /// The same with an idempotency key.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The envelope, credentials minted for this very moment.
    pub fn envelope(&self, shop: &Shop, now: i64) -> String {
        let (credential, command) = self.command(shop, now);
        let idempotency = self
            .key
            .as_ref()
            .map(|key| json!({ "key": key, "fingerprint": self.fingerprint() }));
        json!({
            "program": PROGRAM, "now": now, "link_base": "https://refer.example/r/", "source": self.source,
            "credential": credential, "idempotency": idempotency, "command": command,
        })
        .to_string()
    }

    /// How the ledger calls what is asked.
    pub fn command_name(&self, shop: &Shop, now: i64) -> String {
        match self.command(shop, now).1 {
            Value::String(name) => name,
            Value::Object(command) => command.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// What the edge hashes of a request: the same for the same request.
    fn fingerprint(&self) -> String {
        format!("{:?}", self.act)
    }

    fn command(&self, shop: &Shop, now: i64) -> (Value, Value) {
        let nobody = json!("None");
        match &self.act {
            Act::Create(settings) => (
                json!("Admin"),
                json!({"CreateProgram": {"settings": settings}}),
            ),
            Act::Settings(settings) => (
                shop.bearer(),
                json!({"ChangeSettings": {"settings": settings}}),
            ),
            Act::Enrol(naming) => {
                let token = shop.customer_token(naming, now);
                (nobody, json!({"Enrol": {"customer_token": token}}))
            }
            Act::Choose(naming, reward) => {
                let token = shop.customer_token(naming, now);
                let choice = json!({"customer_token": token, "reward": reward});
                (nobody, json!({ "ChooseReward": choice }))
            }
            Act::Note(naming, note) => {
                let token = shop.named_token(naming, "Nora", now);
                let note = json!({"customer_token": token, "note": note});
                (nobody, json!({ "WriteNote": note }))
            }
            Act::Guest(email) => (
                nobody,
                json!({"EnrolGuest": {"email": email, "name": "Gus"}}),
            ),
            Act::Claim {
                token,
                code,
                visitor,
                claim_id,
            } => {
                let visitor = visitor
                    .as_ref()
                    .map(|naming| shop.customer_token(naming, now));
                (
                    nobody,
                    json!({"Claim": {
                        "token": token, "code": code, "customer_token": visitor, "claim_id": claim_id,
                    }}),
                )
            }
            Act::Event(event) => {
                let body = event.to_string();
                (
                    shop.signed("msg_1", &body, now),
                    json!({"Event": {"body": body}}),
                )
            }
            Act::Touch(touch) => (shop.bearer(), json!({"EnterTouch": touch})),
            Act::Report(report) => {
                let body = report.to_string();
                (
                    shop.signed("msg_1", &body, now),
                    json!({"Report": {"body": body}}),
                )
            }
            Act::Forged(report) => {
                let body = report.to_string();
                (
                    shop.signed("msg_1", "another body", now),
                    json!({"Report": {"body": body}}),
                )
            }
            Act::CreateKey(kind) => (shop.bearer(), json!({"CreateKey": {"kind": kind}})),
            Act::RevokeKey(id) => (shop.bearer(), json!({"RevokeKey": {"id": id}})),
            Act::Merchant(command) => (shop.bearer(), command.clone()),
            Act::Read(command, merchant) => (
                if *merchant { shop.bearer() } else { nobody },
                command.clone(),
            ),
        }
    }
}
