//! The platforms' own libraries, in a process of Node, beside our own reading of their signatures.

#![allow(
    clippy::missing_panics_doc,
    reason = "in a test, whatever is not as expected ends it"
)]

mod library;
mod ours;
mod rng;

pub use library::Library;
pub use ours::{Ours, Party, is_taken};
pub use rng::Rng;
