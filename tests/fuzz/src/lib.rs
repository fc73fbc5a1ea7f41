//! Every parser of outside bytes under a fuzzer: `cargo xtask fuzz`.
//!
//! A [`Target`] is a parser with the properties that must hold for whatever is put in: an accepted text is in the form that is
//! promised, what is printed is read as the same, a normal form is its own normal form, nothing that was changed is still
//! signed, two readers agree, and 64 KB take no longer than they should. Its outcome is a class: accepted in some way, or refused for
//! some reason.
//!
//! The fuzzer is this project's own, and guided by coverage on stable Rust: LLVM's counters tell which edges an input went
//! through ([`coverage`]), and inputs that reach a new edge, or a new class, become the material of the next ones
//! ([`mutate`]). One input in sixteen is drawn fresh from proptest's strategies ([`generate`]). A run follows from its seed and
//! the corpus, except for its length in time.
//!
//! What it cannot know: comparisons inside a parser guide it only through what they lead to, so that words which matter are
//! named by each target; and a signature is never guessed, so that targets with one sign what the fuzzer makes.

mod clock;
mod corpus;
mod coverage;
mod escape;
mod execute;
mod generate;
mod mutate;
mod rng;
pub mod run;
pub mod targets;
pub mod verdict;
pub mod watch;

pub use corpus::{read, unescaped};
pub use execute::Panics;
pub use run::{Figures, Options};
pub use targets::{TARGETS, Target};
