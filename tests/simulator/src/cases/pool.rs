//! Codes of the shop's own, orders that are placed before they are paid for, and what platforms send.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::reports::placed;
use super::{Action, Case, Stage, keyed, order, terms};
use crate::call::Act;
use crate::model::terms::Terms;
use crate::violation::Check;

/// All of them.
pub const CASES: [Case; 13] = [
    ("claim by click, of a code of the shop", 0, |stage| {
        stage.upload(true)?;
        Ok(stage.claim().into())
    }),
    ("claim that waits for a code", 0, |stage| {
        stage.upload(false)?;
        Ok(stage.claim().into())
    }),
    ("claim again, once there is a code", 0, |stage| {
        stage.upload(false)?;
        stage.first(stage.claim())?;
        stage.upload(true)?;
        Ok(stage.claim().into())
    }),
    ("codes are uploaded, with a key", 0, |_| {
        Ok(keyed(uploads()))
    }),
    ("order that is placed, with a key", 0, |stage| {
        Ok(keyed(Act::Report(placed(&stage.click.token))))
    }),
    ("order that was placed before", 0, |stage| {
        stage.first(Act::Report(placed(&stage.click.token)))?;
        Ok(Act::Report(order(None, &[])).into())
    }),
    ("a platform's secret is told, with a key", 0, |_| {
        Ok(keyed(secret()))
    }),
    (
        "a platform reports a paid order and its cancellation",
        0,
        |stage| {
            stage.first(secret())?;
            let body =
                paid(&stage.click.token, 3_000).replace("CANCELLED", "\"2025-06-15T15:06:40Z\"");
            Ok(hook(&body).into())
        },
    ),
    ("a platform sends what cannot be read", 0, |stage| {
        stage.first(secret())?;
        Ok(hook(UNREADABLE).into())
    }),
    ("a platform sends an order that has changed", 0, |stage| {
        stage.first(secret())?;
        let before = hook(&paid(&stage.click.token, 3_000));
        stage.first(before)?;
        Ok(hook(&paid(&stage.click.token, 2_000)).into())
    }),
    ("what could not be read is listed", 0, |stage| {
        stage.kept()?;
        Ok(Act::Read(json!({ "ListQuarantine": { "after": "" } }), true).into())
    }),
    ("what could not be read is tried again", 0, |stage| {
        stage.handle("Replay")
    }),
    (
        "what could not be read is dropped, with a key",
        0,
        |stage| stage.handle("Drop"),
    ),
];

/// What Shopify signs with.
const SECRET: &str = "a-secret-of-shopify";

/// An order of WooCommerce's that says it is Shopify's, for a price that is none.
const UNREADABLE: &str = r#"{"id":1,"financial_status":"paid","currency":"EUR","total_price":"many","status":"processing",
    "total":"30.00","line_items":[{"total":"30.00"}],"customer_id":9}"#;

fn secret() -> Act {
    Act::Merchant(json!({ "CreateKey": { "kind": "shopify", "scope": null, "secret": SECRET } }))
}

/// A paid order of so many cents, as Shopify tells it.
fn paid(token: &str, cents: i64) -> String {
    let price = format!("{}.{:02}", cents / 100, cents % 100);
    json!({
        "id": 7, "financial_status": "paid", "currency": "EUR", "subtotal_price": price, "total_price": price,
        "total_discounts": "0.00", "processed_at": "2025-06-15T15:06:40Z", "customer": {"id": 9},
        "note_attributes": [{"name": "goodword", "value": token}],
    })
    .to_string()
    .replacen('{', "{\"cancelled_at\":CANCELLED,", 1)
}

fn uploads() -> Act {
    Act::Merchant(
        json!({ "AddCodes": { "codes": ["ONCE-0001", "ONCE-0002"], "expires_at": null } }),
    )
}

/// What Shopify sends, signed.
fn hook(body: &str) -> Act {
    let body = body.replace("CANCELLED", "null");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let hook = json!({ "platform": "shopify", "signature": signature, "body": body });
    Act::Read(json!({ "Hook": hook }), false)
}

impl Stage {
    /// Something of a platform's that could not be read is kept.
    fn kept(&mut self) -> Check<Value> {
        self.first(secret())?;
        let kept = hook(UNREADABLE);
        Ok(self.first(kept)?["delivery"].clone())
    }

    /// It is replayed once it can be recorded, or dropped.
    fn handle(&mut self, step: &str) -> Check<Action> {
        let kept = self.kept()?;
        // As if it were understood by now.
        let mended = "UPDATE quarantine SET platform = 'woocommerce'";
        self.world.ledger.query(mended)?;
        Ok(keyed(Act::Merchant(
            json!({ "Quarantined": { "id": kept, "step": step } }),
        )))
    }

    /// The shop's own codes are given to claims, if there are any.
    fn upload(&mut self, codes: bool) -> Check {
        let uploaded = Terms {
            uploaded: true,
            ..terms(0)
        };
        self.first(Act::Settings(uploaded.to_json()))?;
        if codes {
            self.first(uploads())?;
        }
        Ok(())
    }
}
