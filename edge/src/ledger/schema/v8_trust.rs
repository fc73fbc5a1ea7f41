//! Trust: notes and history of the merchant's, evidence by which referrals are judged, and what privacy asks for.
//!
//! Staff's own words may name people, so that they are encrypted; of customers of before the program began keyed hashes are kept
//! and nothing else. What people have shown that others may have shown too is here as keyed hashes, with block-lists and what
//! merchants said of referrals. Links that prove a guest's address are here by their ids; so is when each person was last heard
//! of.

/// Statements, in order.
pub(super) const CHANGES: [&str; 24] = [
    // A note is known by the line of the log that says its step.
    "CREATE TABLE reward_notes (reward TEXT NOT NULL, seq INTEGER NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
        note_sealed BLOB NOT NULL, PRIMARY KEY (reward, seq)) WITHOUT ROWID",
    // The key's id, or `administrator`. The log knows it of before; of versions before keys had scopes, nobody does.
    "ALTER TABLE programs ADD COLUMN made_by TEXT",
    "UPDATE programs SET made_by = said.made_by FROM (SELECT data ->> 'version' AS version, data ->> 'by' AS made_by FROM log
        WHERE kind IN ('settings.changed', 'program.created')) said WHERE said.version = programs.version",
    // One row an address or id of the shop's.
    "CREATE TABLE former_customers (hash TEXT PRIMARY KEY) WITHOUT ROWID",
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
    // What waits for somebody's word may wait for years: whoever looks for what is due need not walk past it.
    "DROP INDEX rewards_due",
    "CREATE INDEX rewards_due ON rewards (payable_at) WHERE state = 'pending' AND frozen = 0 AND review = 0",
    // The merchant's word on a referral. The note is encrypted.
    "CREATE TABLE reviews (referral TEXT PRIMARY KEY, approved INTEGER NOT NULL, at INTEGER NOT NULL, note_sealed BLOB)
        WITHOUT ROWID",
    // Values are keyed hashes, but for the domains of addresses and for customer ids, which the shop knows anyway.
    "CREATE TABLE blocks (id TEXT PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX blocks_value ON blocks (value, kind)",
    // Hashes of networks under a key that never changed: none is compared any more.
    "UPDATE touches SET source = NULL WHERE source IS NOT NULL",
    // Of each only its id is kept: the secret follows from it. There are as many as were asked for in a quarter of an hour, so
    // that it needs no index.
    "CREATE TABLE proofs (id TEXT PRIMARY KEY, person TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
    // In no index: whoever has not been heard of for long is found by a round through all people.
    "ALTER TABLE people ADD COLUMN active_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE people SET active_at = enrolled_at",
    "UPDATE people SET active_at = max(active_at, o.at)
        FROM (SELECT person, max(received_at) AS at FROM orders GROUP BY person) o WHERE o.person = people.id",
    "CREATE INDEX touches_source ON touches (expires_at) WHERE source IS NOT NULL OR browser IS NOT NULL",
    // The first round begins at once, and finds out when the next one is due.
    "INSERT INTO meta (key, value) VALUES ('sweep', '0/')",
];
