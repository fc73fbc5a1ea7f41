//! How well the risk rules tell abuse from honesty.
//!
//! [`world`] generates shops with honest and abusive referrals, as events and nothing else: visits, claims, orders, refunds.
//! It knows nothing of the rules: a test keeps it from importing anything of theirs. [`shop`] tells the events to a ledger,
//! the Worker's own on native SQLite, one for each seed. [`report`] compares what that has decided ([`verdict`]) with what the
//! generator meant, and fails where it is not good enough.
//!
//! Seeds below [`TUNING_END`] are for choosing weights. Published figures come from others.

pub mod report;
pub mod rng;
pub mod shop;
pub mod verdict;
pub mod world;

/// Seeds from zero to this one have been looked at while weights were chosen. What they show proves nothing.
pub const TUNING_END: u64 = 1_000;
