//! Where the link of a click had been shared from. Nobody knows it of clicks before.

/// Statements, in order.
pub(super) const CHANGES: [&str; 2] = [
    "ALTER TABLE touches ADD COLUMN placement TEXT",
    "ALTER TABLE facts ADD COLUMN placement TEXT",
];
