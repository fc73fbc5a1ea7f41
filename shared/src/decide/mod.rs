//! Decisions: `(snapshot, command, now) -> decision | rejection`.
//!
//! The ledger loads a snapshot, asks here, and applies the answer in one transaction. Nothing in this folder reads or
//! writes anything, so every decision can be replayed from what was stored with it.

pub mod check;
pub mod claim;
pub mod decision;
pub mod dry_run;
pub mod earn;
pub mod judge;
pub mod order;
pub mod reward;
pub mod undo;

#[cfg(test)]
pub(crate) mod testing;
