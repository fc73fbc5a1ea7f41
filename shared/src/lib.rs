//! The rules of a referral program, as pure functions.
//!
//! `(snapshot, command, now) -> decision | rejection`: nothing here reads a clock, draws randomness, or knows a platform.
//! Time, entropy and secrets are arguments, so that every rule runs on the host and can be simulated with faults.
//!
//! Reading order: [`id`], [`time`], [`money`], [`code`], [`program`], [`order`], [`attribution`], [`reward`],
//! [`journal`], [`decide`], [`risk`], [`scope`], [`rejection`], [`token`], [`api`]. Without the feature `rules` only the wire types
//! are left, for the widget.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

// What `derive` writes names this crate, here as elsewhere.
#[cfg(feature = "rules")]
extern crate self as goodword_shared;

pub mod api;

#[cfg(feature = "rules")]
pub mod agent;
#[cfg(feature = "rules")]
pub mod attribution;
#[cfg(feature = "rules")]
pub mod audit;
#[cfg(feature = "rules")]
pub mod cart;
#[cfg(feature = "rules")]
pub mod channel;
#[cfg(feature = "rules")]
pub mod code;
#[cfg(feature = "rules")]
pub mod cookie;
#[cfg(feature = "rules")]
pub mod csv;
#[cfg(feature = "rules")]
pub mod customer_token;
#[cfg(feature = "rules")]
pub mod decide;
#[cfg(feature = "rules")]
pub mod email;
#[cfg(feature = "rules")]
pub mod encoding;
#[cfg(feature = "rules")]
pub mod event;
#[cfg(feature = "rules")]
pub mod explain;
#[cfg(feature = "rules")]
pub mod history;
#[cfg(feature = "rules")]
pub mod hook;
#[cfg(feature = "rules")]
pub mod id;
#[cfg(feature = "rules")]
pub mod journal;
#[cfg(feature = "rules")]
pub mod json;
#[cfg(feature = "rules")]
pub mod keyed_hash;
#[cfg(feature = "rules")]
mod lowercase;
#[cfg(feature = "rules")]
pub mod message;
#[cfg(feature = "rules")]
pub mod money;
#[cfg(feature = "rules")]
pub mod name;
#[cfg(feature = "rules")]
pub mod order;
#[cfg(feature = "rules")]
pub mod part;
#[cfg(feature = "rules")]
pub mod program;
#[cfg(feature = "rules")]
pub mod proof;
#[cfg(feature = "rules")]
pub mod rejection;
#[cfg(feature = "rules")]
pub mod retention;
#[cfg(feature = "rules")]
pub mod reward;
#[cfg(feature = "rules")]
pub mod risk;
#[cfg(feature = "rules")]
pub mod scope;
#[cfg(feature = "rules")]
pub mod signature;
#[cfg(feature = "rules")]
pub mod sorted;
#[cfg(feature = "rules")]
pub mod time;
#[cfg(feature = "rules")]
pub mod token;
