//! What people say to the friends whom they invite, encrypted; and on which side of a referral a word was said.

/// Statements, in order.
pub(super) const CHANGES: [&str; 2] = [
    "ALTER TABLE people ADD COLUMN note_sealed BLOB",
    // `referrer` or `invitee`; null where the word was on both.
    "ALTER TABLE reviews ADD COLUMN side TEXT",
];
