//! The time, read once a request and handed on.
//!
//! In test builds each program has an offset, so that holds, expiry and retries can be tested on the real Worker.

use goodword_shared::time::Millis;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}

/// The platform's clock.
pub(crate) fn real_now() -> Millis {
    // Milliseconds since 1970 are far below 2^53, so the conversion is exact.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds below 2^53"
    )]
    Millis(date_now() as i64)
}

/// The time of a program.
#[cfg(not(feature = "test-clock"))]
pub(crate) fn now(_program: &str) -> Millis {
    real_now()
}

#[cfg(feature = "test-clock")]
pub(crate) use offset::{now, set_offset};

#[cfg(feature = "test-clock")]
mod offset {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use goodword_shared::time::Millis;

    thread_local! {
        static OFFSETS: RefCell<BTreeMap<String, i64>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// The time of a program, moved by its offset.
    pub(crate) fn now(program: &str) -> Millis {
        let offset = OFFSETS.with_borrow(|offsets| offsets.get(program).copied());
        super::real_now().plus_ms(offset.unwrap_or_default())
    }

    /// Moves a program's clock.
    pub(crate) fn set_offset(program: &str, offset_ms: i64) {
        OFFSETS.with_borrow_mut(|offsets| offsets.insert(program.to_owned(), offset_ms));
    }
}
