//! Keys, sealed.

use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// A key as stored.
pub(crate) struct StoredKey {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// What a key of the merchant API may do.
    pub(crate) scope: Option<String>,
    pub(crate) generation: u32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) revoked_at: Option<i64>,
}

impl Store<'_> {
    /// All keys, newest generation first; revoked ones as well.
    pub(crate) fn keys(&self) -> Result<Vec<StoredKey>, SqlError> {
        self.list(
            "SELECT id, kind, generation, sealed, created_at, revoked_at, scope FROM keys ORDER BY kind, generation DESC",
            &[], |row| StoredKey {
                id: row.text(0).to_owned(),
                kind: row.text(1).to_owned(),
                generation: row.count(2),
                sealed: row.maybe_blob(3).unwrap_or_default().to_vec(),
                created_at: row.int(4),
                revoked_at: row.maybe_int(5),
                scope: row.maybe_text(6).map(str::to_owned),
            })
    }

    /// Adds a key.
    pub(crate) fn add_key(&self, key: &StoredKey) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO keys (id, kind, generation, sealed, created_at, scope) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                Param::from(&key.id),
                Param::from(&key.kind),
                Param::from(key.generation),
                Param::from(&key.sealed),
                Param::from(key.created_at),
                Param::from(key.scope.as_ref()),
            ],
        )
    }

    /// Seals a key anew, after the Worker's secret was rotated.
    pub(crate) fn reseal_key(&self, id: &str, sealed: &[u8]) -> Result<(), SqlError> {
        self.run(
            "UPDATE keys SET sealed = ? WHERE id = ?",
            &[Param::from(sealed), Param::from(id)],
        )
    }

    /// Revokes a key.
    pub(crate) fn revoke_key(&self, id: &str, at: Millis) -> Result<(), SqlError> {
        self.run(
            "UPDATE keys SET revoked_at = ? WHERE id = ?",
            &[Param::from(at.0), Param::from(id)],
        )
    }
}
