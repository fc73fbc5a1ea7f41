//! Discount codes of the shop's own that no claim has been given yet, and what came with orders that are not paid for yet.

/// Statements, in order.
pub(super) const CHANGES: [&str; 3] = [
    "CREATE TABLE pool (code TEXT PRIMARY KEY, expires_at INTEGER) WITHOUT ROWID",
    "CREATE TABLE placed (order_id TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX placed_at ON placed (at)",
];
