//! The store's calls to the referral program: two of them, both with a time limit, neither in the way of a sale.

use std::io::{Error, Result};
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::StoreConfig;
use super::account::Customer;
use super::catalog::CURRENCY;
use super::ids::now_ms;
use super::keys::Keys;
use super::signing::sign;

/// A buyer waits for this one.
const CHECK_WITHIN: Duration = Duration::from_secs(2);

/// Nobody waits for this one.
const REPORT_WITHIN: Duration = Duration::from_secs(10);

/// A client bound to one program.
#[derive(Debug)]
pub struct Goodword {
    http: Client,
    base: String,
    keys: Keys,
}

/// What a discount code is worth on a cart.
#[derive(Debug, PartialEq, Eq)]
pub enum Worth {
    /// Cents off.
    Amount(i64),
    /// Not valid, and why.
    Nothing(String),
    /// The program did not answer in time, or not in a way we understand.
    Unknown,
}

/// What became of a report.
#[derive(Debug)]
pub enum Sent {
    /// Taken in, with the program's answer.
    Accepted(Value),
    /// Refused for good, with the program's answer or a word of ours.
    Refused(Value),
    /// Not now; the program may have said for how long.
    Later(Option<Duration>),
}

#[derive(Deserialize)]
struct Check {
    valid: bool,
    amount: i64,
    currency: String,
    reason: Option<String>,
}

impl Goodword {
    /// A client for the configured edge and program.
    pub fn new(config: &StoreConfig) -> Result<Self> {
        let http = Client::builder().redirect(Policy::none()).build();
        Ok(Self {
            http: http.map_err(Error::other)?,
            base: format!("{}/v1/programs/{}", config.edge, config.program),
            keys: config.keys.clone(),
        })
    }

    /// Asks what a code is worth on a cart of `subtotal` cents for this buyer.
    pub async fn check(&self, code: &str, subtotal: i64, buyer: Option<&Customer>) -> Worth {
        let mut question =
            json!({ "discount_code": code, "currency": CURRENCY, "subtotal": subtotal });
        if let Some(buyer) = buyer {
            question["customer"] = json!({ "id": buyer.id, "email": buyer.email });
        }
        let request = self
            .http
            .post(format!("{}/discounts/check", self.base))
            .bearer_auth(&self.keys.api)
            .timeout(CHECK_WITHIN)
            .json(&question);
        let Ok(answer) = request.send().await.and_then(Response::error_for_status) else {
            return Worth::Unknown;
        };
        match answer.json::<Check>().await {
            Ok(check) if !check.valid => Worth::Nothing(check.reason.unwrap_or_default()),
            Ok(check) if check.currency == CURRENCY && check.amount >= 0 => {
                Worth::Amount(check.amount.min(subtotal))
            }
            _ => Worth::Unknown,
        }
    }

    /// Sends one report, signed with the time of this try. The id stays the same over all tries.
    pub async fn send(&self, id: &str, body: &str) -> Sent {
        let timestamp = now_ms() / 1000;
        let Some(signature) = sign(&self.keys.orders, id, timestamp, body) else {
            return Sent::Refused(json!({ "code": "the_orders_key_is_no_key" }));
        };
        let request = self
            .http
            .post(format!("{}/orders", self.base))
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .timeout(REPORT_WITHIN)
            .body(body.to_owned());
        match request.send().await {
            Ok(answer) => outcome(answer).await,
            Err(_) => Sent::Later(None),
        }
    }
}

async fn outcome(answer: Response) -> Sent {
    let status = answer.status();
    let again = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    if status.is_server_error() || again.contains(&status) {
        let wait = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let seconds = wait.and_then(|text| text.parse().ok());
        return Sent::Later(seconds.map(Duration::from_secs));
    }
    let said = answer
        .json()
        .await
        .unwrap_or_else(|_| json!({ "status": status.as_u16() }));
    if status.is_success() {
        Sent::Accepted(said)
    } else {
        Sent::Refused(said)
    }
}
