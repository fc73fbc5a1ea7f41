//! The page's own hook: `goodword("shop", { hasCart(), apply(code) })`.

use wasm_bindgen_futures::JsFuture;

use crate::apply::{Answer, Cart};
use crate::host::Page;

/// The cart, as the hook sees it now.
pub(crate) fn cart(page: &Page) -> Cart {
    match page.cart().as_str() {
        "full" => Cart::Full,
        "empty" => Cart::Empty,
        _ => Cart::None,
    }
}

/// Asks the hook to apply `code`. A hook that fails or answers something else cannot do it.
pub(crate) async fn apply(page: &Page, code: &str) -> Answer {
    let answer = JsFuture::from(page.apply(code)).await;
    match answer.ok().and_then(|word| word.as_string()).as_deref() {
        Some("applied") => Answer::Applied,
        Some("pending") => Answer::Pending,
        Some("rejected") => Answer::Rejected,
        Some("kept") => Answer::Kept,
        Some("conflict") => Answer::Conflict,
        _ => Answer::Unsupported,
    }
}
