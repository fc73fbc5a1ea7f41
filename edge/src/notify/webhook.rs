//! Posts a signed event to the merchant.
//!
//! Redirects are failures: an address that was checked must not lead to one that was not. The outbox waits five seconds for an answer.

use serde::Deserialize;
use worker::wasm_bindgen::JsValue;
use worker::{Error, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Result};

/// An event as the outbox keeps it.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    /// The same at every attempt: receivers tell repeats by it.
    pub(crate) id: String,
    /// JSON.
    pub(crate) body: String,
}

/// An event ready to be posted.
pub(crate) struct Event {
    pub(crate) address: String,
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Posts the event; any answer but 2xx is a failure.
pub(crate) async fn send(event: &Event) -> Result<()> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", "Goodword/0.1 (+webhooks)")?;
    headers.set("webhook-id", &event.id)?;
    headers.set("webhook-timestamp", &event.timestamp.to_string())?;
    headers.set("webhook-signature", &event.signature)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(JsValue::from_str(&event.body)));
    let request = Fetch::Request(Request::new_with_init(&event.address, &init)?);
    let response = request.send().await?;
    match response.status_code() {
        200..=299 => Ok(()),
        status => Err(Error::RustError(format!("the endpoint answered {status}"))),
    }
}
