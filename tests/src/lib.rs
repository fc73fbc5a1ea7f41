//! The end-to-end tests' tools.
//!
//! Nothing here ships. The referral program is tested from the outside, as a shop and its buyers meet it, so this crate
//! shares no code with the parts under test: what the store signs or mints, the edge must accept by the contract alone.

pub mod browser;
pub mod doubles;
pub mod harness;
pub mod shops;
pub mod store;
