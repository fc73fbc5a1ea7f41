//! An endpoint that hears the edge's webhooks, and can be told to be a bad one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::eventually::eventually;
use super::noted::{Noted, note};
use crate::store::ids::lock;

/// What the endpoint does with a delivery.
#[derive(Debug, Clone)]
enum Manner {
    Takes,
    Fails { times: usize },
    Refuses { order: String },
    Redirects { to: String },
    Hangs,
    HangsOn { order: String },
}

/// One delivery, whatever it was answered.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// When it came.
    pub came: Instant,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Whether it was answered with a 204.
    pub taken: bool,
}

/// An endpoint on a free port of this machine, gone when it is dropped.
#[derive(Debug)]
pub struct WebhookSink {
    /// Where it listens.
    pub url: String,
    inner: Arc<Inner>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Inner {
    manner: Mutex<Manner>,
    deliveries: Mutex<Vec<Delivery>>,
    left: AtomicUsize,
}

/// An answer that never comes. It is dropped when whoever waits for it has closed the connection.
struct Pending(Arc<Inner>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.left.fetch_add(1, Ordering::Relaxed);
    }
}

impl Delivery {
    /// The body, if the scheme's own library accepts the signature.
    #[track_caller]
    pub fn verified(&self, key: &str) -> Value {
        let verifier = Webhook::new(key).expect("a webhooks key");
        verifier
            .verify(&self.body, &self.headers)
            .unwrap_or_else(|error| panic!("{error}: {self:?}"));
        self.json()
    }

    /// The body, unverified.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The name of the event.
    pub fn event(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl WebhookSink {
    /// An endpoint that takes everything.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner {
            manner: Mutex::new(Manner::Takes),
            deliveries: Mutex::new(Vec::new()),
            left: AtomicUsize::new(0),
        });
        let routes = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("it serves for ever");
        });
        Self {
            url: format!("http://{address}/hooks"),
            inner,
            server,
        }
    }

    /// From now on takes everything.
    pub fn take(&self) {
        self.behave(Manner::Takes);
    }

    /// Fails so many times, then takes.
    pub fn fail(&self, times: usize) {
        self.behave(Manner::Fails { times });
    }

    /// From now on fails what is about this order, and takes the rest.
    pub fn refuse_order(&self, order: &str) {
        self.behave(Manner::Refuses {
            order: order.to_owned(),
        });
    }

    /// From now on redirects everything.
    pub fn redirect(&self, to: &str) {
        self.behave(Manner::Redirects { to: to.to_owned() });
    }

    /// From now on never answers.
    pub fn hang(&self) {
        self.behave(Manner::Hangs);
    }

    /// From now on never answers what is about this order, and takes the rest.
    pub fn hang_on_order(&self, order: &str) {
        self.behave(Manner::HangsOn {
            order: order.to_owned(),
        });
    }

    /// Everything that came, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.inner.deliveries).clone()
    }

    /// How often a connection was closed on which an answer was waited for.
    pub fn left(&self) -> usize {
        self.inner.left.load(Ordering::Relaxed)
    }

    /// What came for an order, oldest first.
    pub fn for_order(&self, order: &str) -> Vec<Delivery> {
        let mut all = self.deliveries();
        all.retain(|delivery| is_about(&delivery.body, order));
        all
    }

    /// The first delivery of an event for an order, waited for.
    pub async fn event(&self, event: &str, order: &str) -> Delivery {
        eventually(&format!("{event} of {order}"), async || {
            let all = self.for_order(order);
            all.into_iter().find(|delivery| delivery.event() == event)
        })
        .await
    }

    /// Waits until so many deliveries of an event have come for an order.
    pub async fn attempts(&self, event: &str, order: &str, count: usize) -> Vec<Delivery> {
        eventually(
            &format!("{count} attempts at {event} of {order}"),
            async || {
                let mut all = self.for_order(order);
                all.retain(|delivery| delivery.event() == event);
                (all.len() >= count).then_some(all)
            },
        )
        .await
    }

    fn behave(&self, manner: Manner) {
        *lock(&self.inner.manner) = manner;
    }
}

impl Drop for WebhookSink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn is_about(body: &[u8], order: &str) -> bool {
    let event: Value = serde_json::from_slice(body).unwrap_or_default();
    event["data"]["referral"]["order_id"] == order
}

/// What proves a guest's address, where the event tells it.
fn proof_secret(body: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let (_, secret) = event["data"]["link"].as_str()?.split_once("#gw-proof=")?;
    Some(secret.to_owned())
}

async fn receive(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    note(Noted::Events, &body);
    if let Some(secret) = proof_secret(&body) {
        note(Noted::Secrets, secret.as_bytes());
    }
    for value in headers.values() {
        note(Noted::Events, value.as_bytes());
    }
    let manner = {
        let mut manner = lock(&inner.manner);
        let now = match &*manner {
            Manner::Refuses { order } if is_about(&body, order) => Manner::Fails { times: 1 },
            Manner::HangsOn { order } if is_about(&body, order) => Manner::Hangs,
            Manner::Refuses { .. } | Manner::HangsOn { .. } => Manner::Takes,
            other => other.clone(),
        };
        if let Manner::Fails { times } = &mut *manner {
            *times = times.saturating_sub(1);
            if *times == 0 {
                *manner = Manner::Takes;
            }
        }
        now
    };
    lock(&inner.deliveries).push(Delivery {
        came: Instant::now(),
        headers,
        body,
        taken: matches!(manner, Manner::Takes),
    });
    match manner {
        Manner::Takes | Manner::HangsOn { .. } => StatusCode::NO_CONTENT.into_response(),
        Manner::Fails { .. } | Manner::Refuses { .. } => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Manner::Redirects { to } => Redirect::temporary(&to).into_response(),
        Manner::Hangs => {
            let _pending = Pending(inner);
            std::future::pending().await
        }
    }
}
