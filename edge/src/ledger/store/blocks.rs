//! Block-lists: who and what a merchant wants no referral of.

use goodword_shared::id::Pseudonym;
use goodword_shared::keyed_hash::{SecretKey, keyed_hash};
use goodword_shared::time::Millis;

use super::{Store, places};
use crate::ledger::sql::{Param, SqlError};

/// Entries in one answer.
const BLOCKS_PAGE: u32 = 100;

/// What a customer becomes who is erased: the entry holds, and tells nobody's id any more.
pub(crate) const ERASED: &str = "erased";

/// Of which kind an entry is shown to be.
const KIND: &str = "iif(kind = 'erased', 'customer', kind)";

/// As they are shown: only what names nobody is readable.
fn shown() -> String {
    format!(
        "SELECT json_quote(id), json_object('id', id, 'kind', {KIND}, 'at', at,
            'value', iif(kind IN ('customer', 'domain'), value, NULL))"
    )
}

/// What stands on a list, or is asked of it: of which kind, and its value as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

impl Blocked {
    /// An entry.
    pub(crate) const fn new(kind: &'static str, value: String) -> Self {
        Self { kind, value }
    }
}

/// How a network prefix is compared: for as long as it is listed, so under the key that never changes.
pub(crate) fn network_value(key: &SecretKey, prefix: &str) -> String {
    keyed_hash(key, "block/network", prefix).0
}

impl Store<'_> {
    /// Which of these stand on a list.
    pub(crate) fn blocked<'b>(
        &self,
        asked: impl Iterator<Item = &'b Blocked>,
    ) -> Result<Vec<Blocked>, SqlError> {
        let asked: Vec<&Blocked> = asked.collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let marks = places(asked.len());
        let statement = format!("SELECT kind, value FROM blocks WHERE value IN ({marks})");
        let values: Vec<Param<'_>> = asked.iter().map(|one| Param::from(&one.value)).collect();
        let mut found = Vec::new();
        for row in self.rows(&statement, &values)? {
            let (kind, value) = (row.text(0), row.text(1));
            let same = |one: &&&Blocked| one.kind == kind && one.value == value;
            found.extend(asked.iter().find(same).map(|one| (*one).clone()));
        }
        Ok(found)
    }

    /// Adds an entry. Returns the id under which it stands, and whether it is new.
    pub(crate) fn block(
        &self,
        id: &Pseudonym,
        blocked: &Blocked,
        now: Millis,
    ) -> Result<(String, bool), SqlError> {
        let added = self.row(
            "INSERT INTO blocks (id, kind, value, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            &[
                Param::from(id.0.as_str()),
                Param::from(blocked.kind),
                Param::from(blocked.value.as_str()),
                Param::from(now.0),
            ],
        )?;
        if added.is_some() {
            return Ok((id.0.clone(), true));
        }
        let row = self.row(
            "SELECT id FROM blocks WHERE value = ? AND kind = ?",
            &[
                Param::from(blocked.value.as_str()),
                Param::from(blocked.kind),
            ],
        )?;
        let row = row.ok_or_else(|| SqlError("an entry that is there and is not".into()))?;
        Ok((row.text(0).to_owned(), false))
    }

    /// Removes an entry. Returns of which kind it was.
    pub(crate) fn unblock(&self, id: &str) -> Result<Option<String>, SqlError> {
        let row = self.row(
            &format!("DELETE FROM blocks WHERE id = ? RETURNING {KIND}"),
            &[Param::from(id)],
        )?;
        Ok(row.map(|row| row.text(0).to_owned()))
    }

    /// Keeps of a customer's entry nothing but a hash of the id.
    pub(crate) fn hide_blocked(&self, customer: &str, hash: &str) -> Result<(), SqlError> {
        self.run(
            "UPDATE OR REPLACE blocks SET kind = ?, value = ? WHERE kind = 'customer' AND value = ?",
            &[Param::from(ERASED), Param::from(hash), Param::from(customer)],
        )
    }

    /// Entries after an id, oldest first, as JSON.
    pub(crate) fn blocks_after(&self, after: &str) -> Result<Vec<(String, String)>, SqlError> {
        let shown = shown();
        let statement = format!("{shown} FROM blocks WHERE id > ? ORDER BY id LIMIT {BLOCKS_PAGE}");
        self.shown(&statement, &[Param::from(after)])
    }
}
