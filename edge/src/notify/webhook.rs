//! Posts a signed event to the merchant.
//!
//! The request is made in JavaScript (`edge/js/post.js`): only there it can be ended when its time is over. Redirects are
//! failures: an address that was checked must not lead to one that was not.

use std::time::Duration;

use goodword_shared::json::Read;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{Error, Result};

#[wasm_bindgen(module = "/js/post.js")]
extern "C" {
    /// The status of the answer, whose body is not read.
    #[wasm_bindgen(catch)]
    async fn post(
        address: &str,
        id: &str,
        timestamp: &str,
        signature: &str,
        body: &str,
        patience_ms: u32,
    ) -> std::result::Result<JsValue, JsValue>;
}

/// An event as the outbox keeps it.
#[derive(Debug, Read)]
#[serde(rename = "~Message")]
pub(crate) struct Message {
    /// The same at every attempt: receivers tell repeats by it.
    pub(crate) id: String,
    /// JSON.
    pub(crate) body: String,
    /// The proof that it is about: then its body is put together when it is sent.
    pub(crate) proof: Option<String>,
}

/// An event ready to be posted.
pub(crate) struct Event {
    pub(crate) address: String,
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Posts the event; any answer but 2xx is a failure, and so is none within this time.
pub(crate) async fn send(event: &Event, patience: Duration) -> Result<()> {
    let timestamp = event.timestamp.to_string();
    let patience_ms = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    let asked = post(
        &event.address,
        &event.id,
        &timestamp,
        &event.signature,
        &event.body,
        patience_ms,
    );
    let what = match asked.await {
        Ok(status) => match whole(&status) {
            200..300 => return Ok(()),
            status => format!("the endpoint answered {status}"),
        },
        Err(error) => {
            let message = error.dyn_ref::<js_sys::Error>().map(js_sys::Error::message);
            message.map_or_else(|| format!("{error:?}"), String::from)
        }
    };
    Err(Error::RustError(what))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what the platform gives as a status; a cast of anything else is no status either"
)]
fn whole(status: &JsValue) -> u16 {
    status.as_f64().unwrap_or_default() as u16
}
