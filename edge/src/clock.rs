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
    use goodword_shared::time::Millis;
    use js_sys::{Reflect, global};
    use wasm_bindgen::JsValue;

    /// The time of a program, moved by its offset.
    pub(crate) fn now(program: &str) -> Millis {
        let offset = Reflect::get(&global(), &name(program));
        let offset_ms = offset
            .ok()
            .and_then(|offset| offset.as_string()?.parse().ok());
        super::real_now().plus_ms(offset_ms.unwrap_or_default())
    }

    /// Moves a program's clock. The offset is kept outside this instance, which a trap would end.
    pub(crate) fn set_offset(program: &str, offset_ms: i64) {
        let offset = JsValue::from(offset_ms.to_string());
        // A global object takes any property.
        let _ = Reflect::set(&global(), &name(program), &offset);
    }

    fn name(program: &str) -> JsValue {
        JsValue::from(format!("goodword clock of {program}"))
    }
}
