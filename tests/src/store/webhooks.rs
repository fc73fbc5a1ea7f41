//! What the referral program tells the shop: kept if the signature holds, refused otherwise.
//!
//! The check is the scheme's own library, so the edge's signatures are judged by a verifier this project did not write.
//! Deliveries are kept as they came, repeated ones too: who reads them tells them apart by their id.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::{Value, from_slice};
use standardwebhooks::Webhook;

use super::app::App;
use super::ids::{lock, now_ms};

/// How many deliveries are kept.
const MOST_KEPT: usize = 200;

/// One delivery.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedWebhook {
    /// The `webhook-id` header.
    pub id: String,
    /// When it came in, in Unix milliseconds.
    pub received_at: i64,
    /// The body.
    pub body: Value,
}

/// The latest deliveries.
#[derive(Debug, Default)]
pub struct Inbox {
    kept: Mutex<VecDeque<ReceivedWebhook>>,
}

impl Inbox {
    /// Copies, oldest first.
    pub fn all(&self) -> Vec<ReceivedWebhook> {
        lock(&self.kept).iter().cloned().collect()
    }

    fn keep(&self, webhook: ReceivedWebhook) {
        let mut kept = lock(&self.kept);
        if kept.len() >= MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back(webhook);
    }
}

/// `POST /webhooks/goodword`: 204 when kept, 401 without a good signature, 400 when the signed body is not JSON.
pub async fn receive(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let received_at = now_ms();
    let verified =
        Webhook::new(&app.config.keys.webhooks).and_then(|key| key.verify(&body, &headers));
    if verified.is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = from_slice(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    app.inbox.keep(ReceivedWebhook {
        id: id.unwrap_or_default().to_owned(),
        received_at,
        body,
    });
    StatusCode::NO_CONTENT
}

/// `GET /api/webhooks`: the deliveries, newest first. For the demo; a real shop would not show them.
pub async fn list(State(app): State<Arc<App>>) -> Json<Vec<ReceivedWebhook>> {
    let mut all = app.inbox.all();
    all.reverse();
    Json(all)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Inbox, MOST_KEPT, ReceivedWebhook};

    #[test]
    fn the_latest_deliveries_are_kept() {
        let inbox = Inbox::default();
        for received_at in 0..=200 {
            let id = String::new();
            inbox.keep(ReceivedWebhook {
                id,
                received_at,
                body: Value::Null,
            });
        }
        let all = inbox.all();
        assert_eq!(all.len(), MOST_KEPT);
        assert_eq!(all[0].received_at, 1);
        assert_eq!(all[199].received_at, 200);
    }
}
