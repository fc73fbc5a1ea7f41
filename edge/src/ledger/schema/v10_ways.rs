//! What binds a customer remembers by what way their click had come, so that facts can tell it of an order that brings none along.

/// Statements, in order.
pub(super) const CHANGES: [&str; 4] = [
    "ALTER TABLE bindings ADD COLUMN channel TEXT",
    "ALTER TABLE bindings ADD COLUMN variant INTEGER",
    "ALTER TABLE bindings ADD COLUMN placement TEXT",
    "UPDATE bindings SET channel = t.channel, variant = t.variant, placement = t.placement FROM touches t
        WHERE t.click_id = bindings.key",
];
