//! What the end-to-end tests work with: an edge, a program of one's own, people, reports, and ears for what it sends.
//!
//! Every test makes a fresh program and comes from a network of its own, so that all of them can run at once on one
//! Worker. Nothing here waits for time to pass: it waits for conditions. What goes wrong is said by panicking, with what
//! was asked and what was answered, because a tool that fails is a test that fails.
#![expect(
    clippy::missing_panics_doc,
    reason = "tools of tests panic with what went wrong"
)]

pub mod answer;
pub mod call;
pub mod codes;
pub mod contract;
pub mod deliveries;
pub mod discounts;
pub mod edge;
pub mod eventually;
pub mod invitations;
pub mod jwt;
pub mod kv;
pub mod ledger;
pub mod live;
mod noted;
pub mod numbers;
pub mod orders;
pub mod own_edge;
pub mod person;
pub mod program;
pub mod report;
pub mod setup;
pub mod sink;
mod warm;
pub(crate) mod watched;
