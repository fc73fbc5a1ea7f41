//! What people say to the friends whom they invite, encrypted.

/// Statements, in order.
pub(super) const CHANGES: [&str; 1] = ["ALTER TABLE people ADD COLUMN note_sealed BLOB"];
