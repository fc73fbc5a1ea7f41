//! Randomness from the platform's generator, drawn in advance so that a redirect need not cross into JavaScript for it.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes drawn at once: 85 clicks. Bytes are used once and overwritten.
const POOL_LENGTH: usize = 1_024;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

struct Pool {
    bytes: [u8; POOL_LENGTH],
    left: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL_LENGTH], left: 0 }) };
}

/// Fills a buffer with random bytes.
pub(crate) fn fill_random(bytes: &mut [u8]) {
    POOL.with_borrow_mut(|pool| {
        for byte in bytes {
            if pool.left == 0 {
                get_random_values(&mut pool.bytes);
                pool.left = POOL_LENGTH;
            }
            pool.left = pool.left.saturating_sub(1);
            if let Some(drawn) = pool.bytes.get_mut(pool.left) {
                *byte = std::mem::take(drawn);
            }
        }
    });
}
