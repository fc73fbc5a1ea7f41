//! The Cloudflare Worker of a referral program: links, claims, orders, and the ledger that counts the money.
//!
//! Start at [`router`]: it names every URL. [`mod@serve`] answers them; [`ledger`] decides by the rules of
//! `goodword_shared`; [`mod@redirect`] is the hot path. Everything that must not happen in an isolate shared by many requests
//! (a panic above all) is denied by lints.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod adapters;
mod app;
mod auth;
mod body;
mod clock;
mod config;
mod cors;
mod counts;
mod disposable;
mod ed25519;
mod entropy;
mod error;
mod handlers;
mod json;
mod ledger;
mod memory;
#[cfg(feature = "native")]
pub mod native;
mod notify;
#[cfg(feature = "fuzz")]
pub mod parsers;
mod preview;
mod pulse;
mod redirect;
mod request;
mod router;
mod serve;
mod staleness;
mod tally;
mod vault;
mod visitor;

use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Context, Env, Response, event};

use crate::app::App;

/// Where a click on a share link leads, from memory, synchronously; or the key to ask KV for, which begins with `code:`;
/// `undefined` leaves it to the fetch handler.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the bindings own what they pass"
)]
pub fn redirect(path: &str, agent: String, referer: Option<String>) -> Option<String> {
    redirect::from_memory(path, agent, referer.as_deref())
}

/// Where a click leads after KV has said whether it knows the code (`undefined` when it has not been heard); `undefined`
/// leaves it to the fetch handler.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the bindings own what they pass"
)]
pub fn redirect_found(
    path: &str,
    agent: String,
    referer: Option<String>,
    known: Option<bool>,
) -> Option<String> {
    redirect::from_kv(path, agent, referer.as_deref(), known)
}

/// Whether the caller has to start [`flush`]; true once for each batch of counts.
#[wasm_bindgen]
pub fn flush_due() -> bool {
    counts::flush_due()
}

/// Sends what was counted.
#[wasm_bindgen]
pub async fn flush(env: Env) {
    counts::flush(env).await;
}

/// Whether too many bad credentials came from an address of late: it is not heard.
#[wasm_bindgen]
pub fn is_shut_out(address: &str, worker: &str) -> bool {
    memory::is_shut_out(&caller_of(address, worker), clock::real_now())
}

/// Whether codes that nobody knows came too often from the network of an address of late: KV is not asked for another one.
#[wasm_bindgen]
pub fn is_guessing(address: &str) -> bool {
    redirect::is_guessing(&visitor::network_prefix(address).unwrap_or_default())
}

/// Whose bad credentials are counted together with those of an address.
#[wasm_bindgen]
pub fn caller_of(address: &str, worker: &str) -> String {
    visitor::caller_of(address, worker)
}

/// Too many bad credentials came from a caller.
#[wasm_bindgen]
pub fn shut_out(caller: &str) {
    memory::shut_out(caller, clock::real_now());
}

/// Whether this isolate has the list of throw-away mail domains.
#[wasm_bindgen]
pub fn knows_domains() -> bool {
    disposable::is_known()
}

/// Takes the list of throw-away mail domains.
#[wasm_bindgen]
pub fn learn_domains(packed: &[u8]) {
    disposable::learn(packed);
}

/// Serves every other request. Never fails: an error is an answer too.
#[event(fetch)]
pub async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    let app = App::new(request, env, context);
    let response: Response = match serve::serve(&app).await {
        Ok(response) => response,
        Err(error) => error.into_response()?,
    };
    Ok(response.into())
}
