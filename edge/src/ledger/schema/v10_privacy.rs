//! Links that prove a guest's address; when each person was last heard of, and which hashes of networks there are to drop.

/// Statements, in order.
pub(super) const CHANGES: [&str; 6] = [
    // Of each only its id is kept: the secret follows from it. There are as many as were asked for in a quarter of an hour, so
    // that it needs no index.
    "CREATE TABLE proofs (id TEXT PRIMARY KEY, person TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
    // In no index: whoever has not been heard of for long is found by a round through all people.
    "ALTER TABLE people ADD COLUMN active_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE people SET active_at = enrolled_at",
    "UPDATE people SET active_at = max(active_at, o.at)
        FROM (SELECT person, max(received_at) AS at FROM orders GROUP BY person) o WHERE o.person = people.id",
    "CREATE INDEX touches_source ON touches (expires_at) WHERE source IS NOT NULL",
    // The first round begins at once, and finds out when the next one is due.
    "INSERT INTO meta (key, value) VALUES ('sweep', '0/')",
];
