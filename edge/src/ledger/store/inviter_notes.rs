//! What inviters say to their friends, encrypted.

use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

impl Store<'_> {
    /// The note of a person.
    pub(crate) fn inviter_note(&self, person: &Pseudonym) -> Result<Option<Vec<u8>>, SqlError> {
        let row = self.row(
            "SELECT note_sealed FROM inviter_notes WHERE person = ?",
            &[Param::from(person.0.as_str())],
        )?;
        let note = row.map(|row| row.maybe_blob(0).map(|note| note.map(<[u8]>::to_vec)));
        Ok(note.transpose()?.flatten())
    }

    /// Keeps a note in the place of whatever there was; nothing takes it away.
    pub(crate) fn set_inviter_note(
        &self,
        person: &Pseudonym,
        note: Option<&Vec<u8>>,
        now: Millis,
    ) -> Result<(), SqlError> {
        let id = Param::from(person.0.as_str());
        self.run("DELETE FROM inviter_notes WHERE person = ?", &[id])?;
        let Some(note) = note else {
            return Ok(());
        };
        self.run(
            "INSERT INTO inviter_notes (person, at, note_sealed) VALUES (?, ?, ?)",
            &[
                Param::from(person.0.as_str()),
                Param::from(now.0),
                Param::from(note),
            ],
        )
    }
}
