//! A program with customers, made through the API of a running Worker like any merchant's.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::load::{drive, once};
use super::request;
use super::server::Server;
use crate::vars;

/// The program's id; `DEFAULT_PROGRAM` in `goodword.capnp`.
pub(super) const PROGRAM: &str = "bench";

/// `GOODWORD_SECRET` in `goodword.capnp`.
const SECRET: &str = "00000000000000000000000000000000000000000000000000000000000000bb";

/// A made program.
pub(super) struct Program {
    orders_key: Vec<u8>,
    customers_key: String,
}

impl Program {
    /// Makes the program.
    pub(super) fn create(server: &Server) -> Result<Self> {
        let settings = json!({
            "program": PROGRAM, "name": "Bench", "store_url": "https://store.example/", "currency": "EUR",
            "discount": { "kind": "percent", "basis_points": 1_500 },
            "reward": { "kind": "credit", "value": { "rule": "fixed", "amount": 500, "currency": "EUR" } },
            "rewards_per_year_max": 1_000_000,
        });
        let authorization = format!("Authorization: Bearer {}\r\n", vars::admin_key(SECRET)?);
        let body = settings.to_string();
        let (status, text) = once(
            server.port,
            &request::send("POST", "/v1/programs", &authorization, &body),
        )?;
        if status != 201 {
            bail!("the program was not made: {text}");
        }
        let made = json_of(&text)?;
        let key = |kind: &str| {
            let key = made["keys"][kind].as_str();
            key.map(str::to_owned)
                .with_context(|| format!("no {kind} key was made"))
        };
        let orders = key("orders")?;
        Ok(Self {
            orders_key: STANDARD
                .decode(orders.trim_start_matches("whsec_"))
                .ok()
                .context("the orders key is not base64")?,
            customers_key: key("customers")?,
        })
    }

    /// Enrols customers `c0`, `c1` and so on; returns their referral codes.
    pub(super) fn enrol(&self, server: &Server, count: usize) -> Result<Vec<String>> {
        let mut codes = vec![String::new(); count];
        let path = format!("/v1/programs/{PROGRAM}/referrers");
        drive(
            server.port,
            8,
            |number, into| {
                let body = json!({ "customer_token": self.customer_token(number) }).to_string();
                into.extend(request::send("POST", &path, "", &body));
                number < count
            },
            |answer| {
                let body: Value = serde_json::from_str(&answer.body()).unwrap_or_default();
                match (body["code"].as_str(), codes.get_mut(answer.number)) {
                    (Some(code), Some(place)) => code.clone_into(place),
                    _ => bail!("a customer was not enrolled: {}", answer.text()),
                }
                Ok(())
            },
        )?;
        Ok(codes)
    }

    /// Follows share links, from one of the codes on, each in its turn; returns the token of each.
    pub(super) fn tokens(
        server: &Server,
        codes: &[String],
        first: usize,
        count: usize,
    ) -> Result<Vec<String>> {
        let mut tokens = vec![String::new(); count];
        drive(
            server.port,
            8,
            |number, into| {
                let code = codes.get((first + number) % codes.len());
                request::click(code.map_or("", String::as_str), into);
                number < count
            },
            |answer| {
                let location = answer.header("location").unwrap_or_default();
                match (location.split_once("#gw="), tokens.get_mut(answer.number)) {
                    (Some((_, token)), Some(place)) => token.clone_into(place),
                    _ => bail!("a click got no token: {}", answer.text()),
                }
                Ok(())
            },
        )?;
        Ok(tokens)
    }

    /// The signed report of an order.
    pub(super) fn order(&self, id: &str, customer: &str, token: Option<&str>) -> Vec<u8> {
        let body = json!({
            "kind": "order", "order_id": id,
            "customer": { "id": customer, "email": format!("{customer}@mail.example"), "name": "Ann Example" },
            "currency": "EUR", "subtotal": 1_700, "discount": 300, "total": 1_700,
            "discount_codes": [], "referral_code": null, "token": token,
        })
        .to_string();
        let timestamp = unix_seconds();
        let signature = STANDARD.encode(mac(
            &self.orders_key,
            &format!("msg_{id}.{timestamp}.{body}"),
        ));
        let headers = format!(
            "webhook-id: msg_{id}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-signature: v1,{signature}\r\n"
        );
        let path = format!("/v1/programs/{PROGRAM}/orders");
        request::send("POST", &path, &headers, &body)
    }

    fn customer_token(&self, number: usize) -> String {
        let claims = json!({
            "sub": format!("c{number}"), "aud": PROGRAM, "exp": unix_seconds() + 600,
            "email": format!("c{number}@mail.example"), "name": "Ann Example",
        });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(mac(self.customers_key.as_bytes(), &text));
        format!("{text}.{signature}")
    }
}

/// The JSON after an answer's headers.
pub(super) fn json_of(answer: &str) -> Result<Value> {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).with_context(|| format!("not JSON: {answer}"))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
