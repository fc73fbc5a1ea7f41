//! What a key of the merchant API may do. Those of before can do everything, and still may.

/// Statements, in order.
pub(super) const CHANGES: [&str; 2] = [
    // Keys of other kinds have none.
    "ALTER TABLE keys ADD COLUMN scope TEXT",
    "UPDATE keys SET scope = 'admin' WHERE kind = 'api'",
];
