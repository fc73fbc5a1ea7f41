//! One request in the making.

use std::convert::Infallible;

use futures_util::stream;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Client, Method};
use serde_json::Value;

use super::answer::Answer;
use super::noted::{Noted, note, note_people};

/// How a body is sent.
#[derive(Debug, Clone)]
enum Sent {
    Whole(Vec<u8>),
    InPieces(Vec<Vec<u8>>),
}

/// A request that has not been sent. Redirects are never followed.
#[derive(Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call {
    client: Client,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<Sent>,
}

impl Call {
    /// A call of this method and URL.
    pub(super) fn new(client: Client, method: &str, url: String) -> Self {
        Self {
            client,
            method: method.parse().expect("a method"),
            url,
            headers: HeaderMap::new(),
            body: None,
        }
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.insert(name, value);
        self
    }

    /// Leaves a header out that was set before.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Sends a bearer key or token.
    pub fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Comes from a page of this origin.
    pub fn origin(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    /// Comes from this address.
    pub fn network(self, address: &str) -> Self {
        note(Noted::People, address.as_bytes());
        self.header("cf-connecting-ip", address)
    }

    /// Makes the ledger fail after its statement of this number (from 0), or `hang`.
    pub fn fault(self, fault: &str) -> Self {
        self.header("x-goodword-fault", fault)
    }

    /// Sends JSON, as the widget does: without a content type of its own.
    pub fn json(self, body: &Value) -> Self {
        note_people(body);
        self.body(body.to_string())
    }

    /// Sends this body as it is.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(Sent::Whole(body.into()));
        self
    }

    /// Sends this body piece by piece, without saying how long it will be.
    pub fn pieces(mut self, pieces: Vec<Vec<u8>>) -> Self {
        self.body = Some(Sent::InPieces(pieces));
        self
    }

    /// Sends it and reads the answer to its end.
    pub async fn send(self) -> Answer {
        for _ in 0..TRIES {
            let answer = self.send_once().await;
            if !is_from_the_proxy(&answer) {
                return answer;
            }
        }
        panic!("no way through to {}", self.url)
    }

    /// Sends it without hiding that a connection was lost on the way.
    pub async fn send_once(&self) -> Answer {
        let tried = self.attempt().await;
        tried.unwrap_or_else(|error| panic!("{} {}: {error:?}", self.method, self.url))
    }

    /// Sends it once; `None` when no answer came, or none of the edge's own.
    pub async fn try_send(&self) -> Option<Answer> {
        let answer = self.attempt().await.ok()?;
        (!is_from_the_proxy(&answer)).then_some(answer)
    }

    async fn attempt(&self) -> reqwest::Result<Answer> {
        let asked = format!("{} {}", self.method, self.url);
        let mut request = self.client.request(self.method.clone(), &self.url);
        request = request.headers(self.headers.clone());
        request = match self.body.clone() {
            None => request,
            Some(Sent::Whole(bytes)) => request.body(bytes),
            Some(Sent::InPieces(pieces)) => {
                let pieces = pieces.into_iter().map(Ok::<_, Infallible>);
                request.body(Body::wrap_stream(stream::iter(pieces)))
            }
        };
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        note(Noted::Urls, self.url.as_bytes());
        if let Some(location) = headers.get("location") {
            note(Noted::Urls, location.as_bytes());
        }
        let body = response.text().await?;
        Ok(Answer {
            asked,
            status,
            headers,
            body,
        })
    }
}

/// Times that a request is sent before it is given up.
const TRIES: usize = 5;

/// Wrangler passes requests on to the Worker, and answers for itself when it has lost its connection to it: then the edge
/// has said nothing, and whoever asked asks again.
fn is_from_the_proxy(answer: &Answer) -> bool {
    answer.status == 503 && answer.body.contains("worker restarted mid-request")
}
