//! What is known and what happens next, as plain Rust: no DOM, no requests, tested on the host.
//!
//! A view binds a model and does what it says; it decides nothing by itself.

pub(crate) mod message;
pub(crate) mod news;
pub(crate) mod offer;
pub(crate) mod phrase;
pub(crate) mod progress;
pub(crate) mod share;
