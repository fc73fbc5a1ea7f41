//! What the Worker and its objects read and write outside the ledger's tables: one file a kind of record.

pub(crate) mod bindings;
pub(crate) mod codes;
pub(crate) mod ledger;
pub(crate) mod programs;
pub(crate) mod pulse;
pub(crate) mod records;
pub(crate) mod tally;

use worker::Result;
use worker::wasm_bindgen::JsValue;

/// A `POST` to an object of ours. Made of the platform's own parts: the `worker` crate's brings all that a fetch can be told.
fn post(url: &str, body: &str) -> Result<web_sys::Request> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    Ok(web_sys::Request::new_with_str_and_init(url, &init)?)
}
