//! A page of any table, for whoever takes all of it out.

use super::Store;
use crate::ledger::exports::Export;
use crate::ledger::sql::{Param, Row, SqlError};

/// Rows in one answer.
const EXPORT_PAGE: u32 = 500;

impl Store<'_> {
    /// Rows after a key, a JSON array of its parts, in the order of the key. Of each: its own key, whose sealed fields are, and
    /// the fields.
    pub(crate) fn export_page(
        &self,
        export: &Export,
        after: Option<&str>,
    ) -> Result<Vec<Row>, SqlError> {
        self.flush()?;
        let fields: Vec<&str> = export.fields.iter().map(|(_, field)| field.sql()).collect();
        let key = export.key.join(", ");
        let parts: Vec<String> = (0..export.key.len())
            .map(|part| format!("?1 ->> {part}"))
            .collect();
        let after = after.map(|after| (format!("WHERE ({key}) > ({})", parts.join(", ")), after));
        let (which, values) = match after {
            Some((which, after)) => (which, vec![Param::from(after)]),
            None => (String::new(), Vec::new()),
        };
        let (from, owner, fields) = (export.from, export.owner, fields.join(", "));
        let statement = format!(
            "SELECT json_array({key}), {owner}, {fields} FROM {from} {which} ORDER BY {key} LIMIT {EXPORT_PAGE}"
        );
        self.rows(&statement, &values)
    }
}
