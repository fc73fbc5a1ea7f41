//! How well the risk rules tell abuse from honesty.
//!
//! [`world`] generates shops with honest and abusive referrals, as events and nothing else: visits, claims, orders, refunds.
//! It knows nothing of the rules: a test keeps it from importing anything of theirs. [`history`] reads the events as a
//! ledger would, one after the other, and says what is known of an order when it arrives. [`report`] lets the rule judge that,
//! compares the verdicts with what the generator meant, and fails where they are not good enough.
//!
//! Seeds below [`TUNING_END`] are for choosing weights. Published figures come from others.

pub mod history;
pub mod report;
pub mod rng;
pub mod world;

/// Seeds from zero to this one have been looked at while weights were chosen. What they show proves nothing.
pub const TUNING_END: u64 = 1_000;
