//! Words on referrals: every word that was given on one is kept, because the first held for what it was given on. Facts of claims
//! and orders name the click, by which one belongs to the other. A reward knows whether it
//! has waited for a word.

/// Statements, in order.
pub(super) const CHANGES: [&str; 7] = [
    // A word is known by the line of the log that says it; of what was said before words were numbered, only the last was kept.
    "CREATE TABLE words (referral TEXT NOT NULL, seq INTEGER NOT NULL, approved INTEGER NOT NULL, at INTEGER NOT NULL,
        note_sealed BLOB, PRIMARY KEY (referral, seq)) WITHOUT ROWID",
    "INSERT INTO words (referral, seq, approved, at, note_sealed) SELECT referral, 0, approved, at, note_sealed FROM reviews",
    "DROP TABLE reviews",
    "ALTER TABLE words RENAME TO reviews",
    "ALTER TABLE facts ADD COLUMN click TEXT",
    // Only what has waited for the merchant's word can be approved by it again.
    "ALTER TABLE rewards ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0",
    "UPDATE rewards SET reviewed = 1 WHERE review = 0 AND referral IN (SELECT referral FROM reviews WHERE approved = 1)",
];
