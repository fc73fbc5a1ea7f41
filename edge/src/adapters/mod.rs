//! What the Worker and its objects read and write outside the ledger's tables: one file a kind of record.

pub(crate) mod codes;
pub(crate) mod ledger;
pub(crate) mod programs;
pub(crate) mod pulse;
pub(crate) mod records;
pub(crate) mod tally;
