//! What staff says of a reward in its own words, which may name people, so that it is encrypted; who made a version of the
//! settings; and customers of before the program began, of whom keyed hashes are kept and nothing else.

/// Statements, in order.
pub(super) const CHANGES: [&str; 4] = [
    // A note is known by the line of the log that says its step.
    "CREATE TABLE reward_notes (reward TEXT NOT NULL, seq INTEGER NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
        note_sealed BLOB NOT NULL, PRIMARY KEY (reward, seq)) WITHOUT ROWID",
    // The key's id, or `administrator`. The log knows it of before; of versions before keys had scopes, nobody does.
    "ALTER TABLE programs ADD COLUMN made_by TEXT",
    "UPDATE programs SET made_by = said.made_by FROM (SELECT data ->> 'version' AS version, data ->> 'by' AS made_by FROM log
        WHERE kind IN ('settings.changed', 'program.created')) said WHERE said.version = programs.version",
    // One row an address or id of the shop's.
    "CREATE TABLE former_customers (hash TEXT PRIMARY KEY) WITHOUT ROWID",
];
