//! A stand-in for the crate `wasm-streams`, for the widget alone.
//!
//! Leptos always brings its server functions, which bring `wasm-streams`, which exports classes to JavaScript. What is
//! exported cannot be dropped by any linker, so every page would load 6 KB of brotli that nothing ever calls. The widget
//! has no server functions: here are the types that they need to compile, and nothing behind them.

use futures_util::stream::{Empty, empty};
use wasm_bindgen::{JsCast, JsValue};

/// A stream that is never made.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Not a stream of what `_stream` yields, because nobody asks for one.
    pub fn from_stream<S>(_stream: S) -> Self {
        Self(JsValue::UNDEFINED.unchecked_into())
    }

    /// Keeps `raw`.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Gives back what was kept.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that ends at once.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        empty()
    }
}
