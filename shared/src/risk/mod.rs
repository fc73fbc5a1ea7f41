//! Risk: what speaks against a referral, how much, and what follows.
//!
//! [`assess()`] adds up the weights of the [`Signal`]s that it finds in [`RiskEvidence`] and compares the sum with the
//! program's [`Thresholds`]: allow, review or block, with every signal and its weight in words. It only judges; what waits for
//! review is paid by nobody's silence. The evidence holds outcomes of comparisons and counts, never what was compared, so
//! that it may be kept with the decision and judged again.
//!
//! Three promises hold whatever the weights say, because whole groups are capped ([`Group`]): where people live or work (an
//! address, a network, crowds on either, a listed network) never even asks for review by itself, and what one household may share (with
//! it a card and a browser) never blocks by itself, and neither does what strangers can do to somebody's code. How well all this works is measured on generated referrals by
//! `cargo xtask risk-report`.
//!
//! Reading order: [`evidence`], [`signal`], [`mod@assess`]; then what makes evidence: [`arrival`], [`mailbox`], [`address`],
//! [`network`], [`list`].

pub mod address;
pub mod arrival;
pub mod assess;
pub mod evidence;
pub mod list;
pub mod mailbox;
pub mod network;
pub mod signal;

pub use assess::{Assessment, RiskVerdict, Thresholds, Weighed, assess, assess_without};
pub use evidence::RiskEvidence;
pub use signal::{Group, Signal};

#[cfg(test)]
mod tests;
