//! What binds a customer remembers by what way their click had come, so that facts can tell it of an order that brings none along.
//!
//! Kept answers know their request by a keyed hash: those of before, whose hash of a body could be guessed, go. Nearly all that writes
//! has a business key, so that a repeat finds done what it asks for; who has lost the answer to a new key or an erasure repeats it before.

/// Statements, in order.
pub(super) const CHANGES: [&str; 7] = [
    "ALTER TABLE bindings ADD COLUMN channel TEXT",
    "ALTER TABLE bindings ADD COLUMN variant INTEGER",
    "ALTER TABLE bindings ADD COLUMN placement TEXT",
    "UPDATE bindings SET channel = t.channel, variant = t.variant, placement = t.placement FROM touches t
        WHERE t.click_id = bindings.key",
    // A click binds one person.
    "CREATE INDEX bindings_key ON bindings (key)",
    "DELETE FROM replies",
    // What somebody has used of their credit, as they see it themselves.
    "CREATE INDEX takings_person ON takings (person, at)",
];
