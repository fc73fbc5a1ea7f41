//! KV and rate limits, by a few lines of JavaScript (`edge/js/bindings.js`).

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

#[wasm_bindgen(module = "/js/bindings.js")]
extern "C" {
    /// The text under a key of this KV namespace, which a data centre keeps for so many seconds; no text when there is none.
    #[wasm_bindgen(catch)]
    pub(super) async fn read(
        env: &Env,
        binding: &str,
        key: &str,
        seconds: u32,
    ) -> Result<JsValue, JsValue>;

    /// Puts a text under a key of this KV namespace.
    #[wasm_bindgen(catch)]
    pub(super) async fn write(
        env: &Env,
        binding: &str,
        key: &str,
        text: &str,
    ) -> Result<JsValue, JsValue>;

    /// Takes a key out of this KV namespace.
    #[wasm_bindgen(catch)]
    pub(super) async fn remove(env: &Env, binding: &str, key: &str) -> Result<JsValue, JsValue>;

    /// What the keys of this KV namespace with a prefix go on with, a page after a cursor, as JSON: `{"programs":[],"next":null}`;
    /// no text when the cursor is none.
    #[wasm_bindgen(catch)]
    pub(super) async fn list(
        env: &Env,
        binding: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<JsValue, JsValue>;

    /// Counts once under a key of this rate limiter: whether that is within the limit.
    #[wasm_bindgen(catch)]
    pub(crate) async fn count(env: &Env, binding: &str, key: &str) -> Result<JsValue, JsValue>;
}
