//! What the widget asks of the page, the loader and the browser: everything that is not drawing or fetching.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::Promise;
use web_sys::{AbortSignal, Element};

#[wasm_bindgen]
extern "C" {
    /// The loader's side of one view (`js/elements.js`). None of its functions throws.
    #[derive(Clone)]
    pub type Page;

    /// The signed-in customer's token, now.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn customer(this: &Page) -> Option<String>;

    /// The answer that the loader has asked for or has: `program`, `referrer`; `language` and its `words`.
    #[wasm_bindgen(method, indexing_getter)]
    pub(crate) fn first(this: &Page, what: &str) -> JsValue;

    /// Dispatches the DOM event `goodword:{name}` with `{key: value}` as its detail.
    #[wasm_bindgen(method)]
    pub(crate) fn emit(this: &Page, name: &str, key: &str, value: &str);

    /// Counts an exposure: `shown`, `dismissed` or `shared`.
    #[wasm_bindgen(method)]
    pub(crate) fn report(this: &Page, kind: &str, channel: &str);

    /// Asks the page for a fresh token of its customer, and resolves to true when there is one.
    #[wasm_bindgen(method)]
    pub(crate) fn renew(this: &Page) -> Promise;
}

// Shared with the plain-JavaScript views, and bundled with the bindings.
#[wasm_bindgen(module = "/js/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = setLocale)]
    pub(crate) fn set_locale(tag: &str);

    /// An amount of minor units, written in the shopper's language.
    #[wasm_bindgen(js_name = money)]
    fn write_money(minor: f64, currency: &str) -> String;

    /// Basis points as a percentage.
    pub(crate) fn percent(basis_points: u32) -> String;

    /// A day, from Unix milliseconds.
    #[wasm_bindgen(js_name = day)]
    fn write_day(at: f64) -> String;

    /// Whether there is a share sheet.
    #[wasm_bindgen(js_name = canShare)]
    pub(crate) fn can_share() -> bool;

    /// Opens the share sheet, at once: after an await the browser would refuse. Resolves to true when it was shared.
    pub(crate) fn share(text: &str) -> Promise;

    /// Shows a QR code of a link below the row of this tile, with its name and a hint or an apology; or takes it away again. Resolves to
    /// true when it was drawn.
    #[wasm_bindgen(js_name = toggleQr)]
    pub(crate) fn toggle_qr(
        tile: &Element,
        link: &str,
        name: &str,
        hint: &str,
        sorry: &str,
    ) -> Promise;

    /// Copies `text`, or selects the `field` that shows it and resolves to false.
    pub(crate) fn copy(text: &str, field: &Element) -> Promise;

    /// Whether the focus is in this place.
    #[wasm_bindgen(js_name = holdsFocus)]
    pub(crate) fn holds_focus(place: &Element) -> bool;

    /// Gives the focus to what in this place may take it without being pressed.
    #[wasm_bindgen(js_name = takeFocus)]
    pub(crate) fn take_focus(place: &Element);

    /// Where a click on this channel leads.
    #[wasm_bindgen(js_name = channelUrl)]
    pub(crate) fn channel_url(channel: &str, text: &str, link: &str, subject: &str) -> String;

    /// A signal that ends a request at the time limit, where the browser has it.
    pub(crate) fn limit() -> Option<AbortSignal>;
}

#[wasm_bindgen(module = "/js/words.js")]
extern "C" {
    /// These words are used from now on, of this language.
    pub(crate) fn speak(language: &JsValue, words: &JsValue);

    /// The words of this key, with their `{0}` and `{1}` still open; `number` is the one that they have to agree with.
    #[wasm_bindgen(js_name = word)]
    pub(crate) fn word_for(key: &str, number: &str) -> String;
}

/// The words of a key that agree with no number.
pub(crate) fn word(key: &str) -> String {
    word_for(key, "")
}

#[wasm_bindgen]
extern "C" {
    /// Unix milliseconds.
    #[wasm_bindgen(js_namespace = Date)]
    pub(crate) fn now() -> f64;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(run: &JsValue, pause_ms: u32);
}

/// Runs something after a pause.
pub(crate) fn later(pause_ms: u32, run: impl FnOnce() + 'static) {
    set_timeout(&Closure::once_into_js(run), pause_ms);
}

/// Awaits a promise that does not reject: true when it says so.
pub(crate) async fn is_true(promise: Promise) -> bool {
    JsFuture::from(promise)
        .await
        .is_ok_and(|answer| answer.is_truthy())
}

/// `€5` for `(500, "EUR")`.
#[expect(
    clippy::cast_precision_loss,
    reason = "amounts end at 2^53, where doubles are still exact"
)]
pub(crate) fn money(minor: i64, currency: &str) -> String {
    write_money(minor as f64, currency)
}

/// `24 Nov` for Unix milliseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a day is what is left of it anyway"
)]
pub(crate) fn day(at: i64) -> String {
    write_day(at as f64)
}
