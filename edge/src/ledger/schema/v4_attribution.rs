//! Evidence that names the buyer instead of coming with the order, and whose a buyer is for good.

/// Statements, in order.
pub(super) const CHANGES: [&str; 7] = [
    "ALTER TABLE people ADD COLUMN referrer TEXT",
    "ALTER TABLE people ADD COLUMN bindings INTEGER NOT NULL DEFAULT 0",
    "UPDATE people SET referrer = referrals.referrer FROM referrals WHERE referrals.invitee = people.id",
    // A person's few bindings are one stretch of the table, so they need no index. The reason that staff gave is encrypted.
    "CREATE TABLE bindings (person TEXT NOT NULL, at INTEGER NOT NULL, evidence TEXT NOT NULL, key TEXT NOT NULL,
        referrer TEXT NOT NULL, version INTEGER NOT NULL, reason_sealed BLOB,
        PRIMARY KEY (person, at, evidence, key)) WITHOUT ROWID",
    // What a shop reports besides orders. Who vouched is encrypted.
    "CREATE TABLE events (id TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
        customer_id TEXT, email_exact TEXT, vouched_sealed BLOB) WITHOUT ROWID",
    "CREATE INDEX events_person ON events (person)",
    // Friends of a referrer who are on their way through the events that a program rewards.
    "CREATE TABLE leads (referrer TEXT NOT NULL, person TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL,
        stage TEXT NOT NULL, done INTEGER NOT NULL, steps INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (referrer, person)) WITHOUT ROWID",
];
