//! Values that stay on the one thread there is.
//!
//! Leptos asks of what it cleans up that it could move between threads, which listeners cannot. The usual wrapper checks
//! the thread at each use and brings the standard library's thread handles along: 8 KB of code for a question that has
//! one answer in a browser.
#![expect(unsafe_code, reason = "says what is true: there is one thread")]

/// Something that is never used on another thread, because there is none.
pub(crate) struct Local<T>(T);

impl<T> Local<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. A function, because a closure would capture the field and not its wrapper.
    pub(crate) fn take(self) -> T {
        self.0
    }
}

// SAFETY: the target has no threads, as the build has no `atomics` feature; wasm-bindgen reasons the same way for
// `JsValue`. Elsewhere these are built for the model's tests only, which never make one.
unsafe impl<T> Send for Local<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Local<T> {}
