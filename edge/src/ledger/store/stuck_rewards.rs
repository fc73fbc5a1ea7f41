//! Rewards whose hold is over and that could not be granted: each has a row until it is.

use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

impl Store<'_> {
    /// How often granting a reward has failed.
    pub(crate) fn grants_failed(&self, reward: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT failures FROM stuck_rewards WHERE reward = ?",
            &[Param::from(reward.0.as_str())],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// Sets a reward aside until a time.
    pub(crate) fn set_aside(
        &self,
        reward: &Pseudonym,
        failures: u32,
        until: Millis,
    ) -> Result<(), SqlError> {
        self.wake_at(until);
        self.run(
            "INSERT OR REPLACE INTO stuck_rewards (reward, failures, retry_at) VALUES (?, ?, ?)",
            &[
                Param::from(reward.0.as_str()),
                Param::from(failures),
                Param::from(until.0),
            ],
        )
    }

    /// A reward is not stuck any more.
    pub(crate) fn no_longer_stuck(&self, reward: &Pseudonym) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM stuck_rewards WHERE reward = ?",
            &[Param::from(reward.0.as_str())],
        )
    }

    /// Forgets those that nothing is left to be done for: meanwhile the merchant has ended them, or a refund has.
    pub(crate) fn drop_settled_stuck_rewards(&self) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM stuck_rewards WHERE reward NOT IN
                (SELECT id FROM rewards WHERE id = stuck_rewards.reward AND state IN ('pending', 'approved'))",
            &[],
        )
    }

    /// When the next one that is stuck is tried again. What became of it meanwhile may have made that needless.
    pub(crate) fn next_unstuck(&self) -> Result<Option<Millis>, SqlError> {
        let row = self.row(
            "SELECT min(s.retry_at) FROM stuck_rewards s JOIN rewards r ON r.id = s.reward
                WHERE r.state IN ('pending', 'approved') AND r.frozen = 0",
            &[],
        )?;
        Ok(row.and_then(|row| row.maybe_int(0)).map(Millis))
    }
}
