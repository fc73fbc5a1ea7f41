//! What inviters say to their friends, one note a person, encrypted.

/// Statements, in order.
pub(super) const CHANGES: [&str; 1] = [
    "CREATE TABLE inviter_notes (person TEXT PRIMARY KEY, at INTEGER NOT NULL, note_sealed BLOB NOT NULL) WITHOUT ROWID",
];
