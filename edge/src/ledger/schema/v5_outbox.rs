//! The outbox in the order in which it is looked at: lane, attempts, time.
//!
//! As its primary key, so that it costs no row more; and a look reads what it may start, however much waits behind a
//! lane that is closed.

/// Statements, in order.
pub(super) const CHANGES: [&str; 4] = [
    "CREATE TABLE outbox_by_lane (lane TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
        id INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, payload TEXT NOT NULL, error TEXT,
        created_at INTEGER NOT NULL, PRIMARY KEY (lane, attempts, next_at, id)) WITHOUT ROWID",
    // The program's record, which carries the kill switch, has a lane to itself.
    "INSERT INTO outbox_by_lane (lane, attempts, next_at, id, kind, target, payload, error, created_at)
        SELECT CASE kind WHEN 'program' THEN 'program' ELSE lane END, attempts, next_at, id, kind, target, payload, error,
            created_at FROM outbox",
    "DROP TABLE outbox",
    "ALTER TABLE outbox_by_lane RENAME TO outbox",
];
