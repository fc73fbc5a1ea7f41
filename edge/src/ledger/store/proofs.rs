//! Links that prove a guest's address, as long as they do: an id each, from which the secret follows.

use goodword_shared::id::Pseudonym;
use goodword_shared::proof::PROOF_LIVES_MS;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// A proof that was asked for.
pub(crate) struct Proof {
    /// Whose address it proves.
    pub(crate) person: Pseudonym,
    pub(crate) expires_at: Millis,
}

impl Store<'_> {
    /// Adds a proof.
    pub(crate) fn add_proof(
        &self,
        id: &str,
        person: &Pseudonym,
        now: Millis,
    ) -> Result<(), SqlError> {
        let expires_at = now.plus_ms(PROOF_LIVES_MS);
        self.wake_at(expires_at);
        self.run(
            "INSERT INTO proofs (id, person, expires_at) VALUES (?, ?, ?)",
            &[
                Param::from(id),
                Param::from(person.0.as_str()),
                Param::from(expires_at.0),
            ],
        )
    }

    /// A proof that nobody has used and that is not over.
    pub(crate) fn proof(&self, id: &str, now: Millis) -> Result<Option<Proof>, SqlError> {
        let row = self.row(
            "SELECT person, expires_at FROM proofs WHERE id = ? AND expires_at > ?",
            &[Param::from(id), Param::from(now.0)],
        )?;
        Ok(row.map(|row| Proof {
            person: Pseudonym(row.text(0).to_owned()),
            expires_at: Millis(row.int(1)),
        }))
    }

    /// Proofs of a person that are not over.
    pub(crate) fn count_proofs(&self, person: &Pseudonym, now: Millis) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM proofs WHERE person = ? AND expires_at > ?",
            &[Param::from(person.0.as_str()), Param::from(now.0)],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// Whoever has proved an address needs no other proof of it.
    pub(crate) fn drop_proofs(&self, person: &Pseudonym) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM proofs WHERE person = ?",
            &[Param::from(person.0.as_str())],
        )
    }

    /// Drops proofs that are over.
    pub(crate) fn drop_old_proofs(&self, now: Millis) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM proofs WHERE expires_at <= ?",
            &[Param::from(now.0)],
        )
    }

    /// When the next proof is over.
    pub(crate) fn next_proof_end(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row("SELECT min(expires_at) FROM proofs", &[])?;
        Ok(row.and_then(|row| row.maybe_int(0)).map(Millis))
    }
}
