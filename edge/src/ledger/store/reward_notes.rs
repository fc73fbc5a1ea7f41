//! What staff has said of rewards, encrypted.

use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Notes of one reward that are shown: more than anybody writes.
const SHOWN_MAX: u32 = 50;

/// A note as stored.
pub(crate) struct SealedNote {
    /// Its step's line of the log.
    pub(crate) seq: i64,
    /// The merchant's step.
    pub(crate) step: String,
    pub(crate) at: Millis,
    pub(crate) sealed: Vec<u8>,
}

impl Store<'_> {
    /// Notes of a reward, newest first, the newest fifty.
    pub(crate) fn reward_notes(&self, reward: &Pseudonym) -> Result<Vec<SealedNote>, SqlError> {
        let statement = format!(
            "SELECT seq, step, at, note_sealed FROM reward_notes WHERE reward = ? ORDER BY seq DESC LIMIT {SHOWN_MAX}"
        );
        self.list(&statement, &[Param::from(reward.0.as_str())], |row| {
            SealedNote {
                seq: row.int(0),
                step: row.text(1).to_owned(),
                at: Millis(row.int(2)),
                sealed: row.maybe_blob(3).unwrap_or_default().to_vec(),
            }
        })
    }

    /// Adds a note.
    pub(crate) fn add_reward_note(
        &self,
        reward: &Pseudonym,
        note: &SealedNote,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO reward_notes (reward, seq, step, at, note_sealed) VALUES (?, ?, ?, ?, ?)",
            &[
                Param::from(reward.0.as_str()),
                Param::from(note.seq),
                Param::from(&note.step),
                Param::from(note.at.0),
                Param::from(&note.sealed),
            ],
        )
    }
}
