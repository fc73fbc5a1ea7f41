//! What shops and platforms send: discount codes of their own that no claim has been given yet, what came with orders that are
//! not paid for yet, and deliveries that could not be understood.

/// Statements, in order.
pub(super) const CHANGES: [&str; 5] = [
    "CREATE TABLE pool (code TEXT PRIMARY KEY, expires_at INTEGER) WITHOUT ROWID",
    "CREATE TABLE placed (order_id TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX placed_at ON placed (at)",
    // Bodies are up to a megabyte, so their rows are not sorted by key. The id follows from the body: it comes again and again.
    "CREATE TABLE quarantine (id TEXT NOT NULL UNIQUE, platform TEXT NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
        detail TEXT NOT NULL, sealed BLOB NOT NULL)",
    "CREATE INDEX quarantine_at ON quarantine (at)",
];
