//! The ledger: one object with SQLite a program, in which all money is counted.
//!
//! A command is decoded, loads a snapshot, lets `shared` decide, applies all writes in one `transactionSync`, and answers.
//! There is no network call inside; what has to be told waits in the outbox, written in the same transaction and worked
//! off right after it. A storage operation keeps other events away until the transaction has ended, and the answer is held
//! back until the writes are durable: a caller that hears "created" can rely on it.

pub(crate) mod agenda;
mod calls;
pub(crate) mod checkpoint;
pub(crate) mod commands;
pub(crate) mod context;
pub(crate) mod deliver;
mod durable_sql;
pub(crate) mod engine;
pub(crate) mod exports;
pub(crate) mod failure;
mod idempotency;
pub(crate) mod intake;
pub(crate) mod keyring;
pub(crate) mod lanes;
pub(crate) mod notes;
pub(crate) mod object;
pub(crate) mod outbox;
pub(crate) mod protocol;
pub(crate) mod refusals;
pub(crate) mod schema;
pub(crate) mod sql;
pub(crate) mod store;
mod transaction;
pub(crate) mod upkeep;
mod work;

use goodword_shared::id::ProgramId;

/// The name of the object that keeps this program's (one day: this referrer's) books. Two places know: this one, and
/// `edge/js/entry.js`, which takes reports there.
pub(crate) fn ledger_for(program: &ProgramId, _referrer: Option<&str>) -> String {
    program.as_str().to_owned()
}
