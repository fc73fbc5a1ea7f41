//! What people have shown that others may have shown too, block-lists, and what merchants said of referrals.

/// Statements, in order.
pub(super) const CHANGES: [&str; 12] = [
    // Who has shown what: keyed hashes of means of payment, addresses, networks and browsers. One row each and no index: one is
    // looked up by its hash. Its kind and `at` tell when it is dropped.
    "CREATE TABLE traces (hash TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (hash, person)) WITHOUT ROWID",
    // `source` is the hash of the caller's network under the key of its time from now on, and this the one under the key before.
    "ALTER TABLE touches ADD COLUMN source_before TEXT",
    "ALTER TABLE touches ADD COLUMN browser TEXT",
    "ALTER TABLE touches ADD COLUMN browser_before TEXT",
    // From where it was clicked, and whether the buyer was about to pay.
    "ALTER TABLE touches ADD COLUMN coupon INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE touches ADD COLUMN ad TEXT",
    "ALTER TABLE touches ADD COLUMN late INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX rewards_reviewed ON rewards (referral) WHERE review = 1",
    // The merchant's word on a referral. The note is encrypted.
    "CREATE TABLE reviews (referral TEXT PRIMARY KEY, approved INTEGER NOT NULL, at INTEGER NOT NULL, note_sealed BLOB)
        WITHOUT ROWID",
    // Values are keyed hashes, but for the domains of addresses and for customer ids, which the shop knows anyway.
    "CREATE TABLE blocks (id TEXT PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX blocks_value ON blocks (value, kind)",
    // Hashes of networks under a key that never changed: none is compared any more.
    "UPDATE touches SET source = NULL WHERE source IS NOT NULL",
];
