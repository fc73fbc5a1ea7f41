//! The ledger under chaos.
//!
//! A run is a function of its seed: people refer, claim and buy, the shop reports orders and takes them back, and on the
//! way everything goes wrong that can: statements fail, answers get lost, callers are impatient, objects restart, keys
//! rotate, clocks jump, KV is late. After every step the books are checked ([`books`]), and every decision and reward
//! is compared with a [`model`] that was written differently. [`crash`] makes every statement of every command fail in
//! turn; [`scope`] tries every order of a few events.
//!
//! The ledger is the Worker's own: the same engine and the same SQL, on native SQLite.
// What the simulation itself relies on is expected to hold; where it does not, stopping is right.
#![allow(clippy::missing_panics_doc)]

pub mod books;
pub mod busy;
pub mod call;
pub mod cases;
pub mod chained;
pub mod crash;
pub mod expiry;
pub mod facts;
pub mod figures;
pub mod forgotten;
pub mod imagined;
pub mod model;
pub mod outside;
pub mod persons;
pub mod picture;
pub mod repeat;
pub mod rng;
pub mod scope;
pub mod shop;
pub mod steps;
pub mod violation;
pub mod world;
