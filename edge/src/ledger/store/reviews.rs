//! Referrals that wait for the merchant's word, and the word on those that it was given on.

use goodword_shared::id::Pseudonym;
use goodword_shared::reward::Side;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Referrals in one answer.
pub(crate) const REVIEWS_PAGE: u32 = 25;

/// Words on one referral that are shown: more than anybody gives.
const SHOWN_MAX: u32 = 50;

/// The merchant's word on a referral.
#[derive(Clone, Debug)]
pub(crate) struct StoredReview {
    /// The line of the log that says it.
    pub(crate) seq: i64,
    pub(crate) approved: bool,
    pub(crate) at: Millis,
    /// On whose rewards; on those of both without it.
    pub(crate) side: Option<Side>,
    /// What was noted, encrypted.
    pub(crate) note_sealed: Option<Vec<u8>>,
}

impl Store<'_> {
    /// Referrals after an id of which a reward waits for the merchant's word, oldest first.
    pub(crate) fn waiting_referrals(&self, after: &str) -> Result<Vec<Pseudonym>, SqlError> {
        let statement = format!(
            "SELECT DISTINCT referral FROM rewards WHERE review = 1 AND state = 'pending' AND referral > ?
                ORDER BY referral LIMIT {REVIEWS_PAGE}"
        );
        self.list(&statement, &[Param::from(after)], |row| {
            Pseudonym(row.text(0).to_owned())
        })
    }

    /// Rewards of a referral that wait for the merchant's word, those of later orders of its subscription with them; all of
    /// them, or one person's.
    pub(crate) fn waiting_rewards(
        &self,
        referral: &Pseudonym,
        owner: Option<&Pseudonym>,
    ) -> Result<Vec<String>, SqlError> {
        self.list(
            "SELECT id FROM rewards WHERE review = 1 AND state = 'pending' AND referral = ?1 AND owner = coalesce(?2, owner)
                ORDER BY id",
            &[
                Param::from(referral.0.as_str()),
                Param::from(owner.map(|owner| owner.0.as_str())),
            ], |row| row.text(0).to_owned())
    }

    /// The words that were given on a referral, newest first, the newest fifty. The newest holds for what comes; each held for
    /// what it was given on.
    pub(crate) fn reviews(&self, referral: &Pseudonym) -> Result<Vec<StoredReview>, SqlError> {
        let statement = format!(
            "SELECT seq, approved, at, note_sealed, side FROM reviews WHERE referral = ? ORDER BY seq DESC LIMIT {SHOWN_MAX}"
        );
        self.list(&statement, &[Param::from(referral.0.as_str())], |row| {
            StoredReview {
                seq: row.int(0),
                approved: row.int(1) != 0,
                at: Millis(row.int(2)),
                note_sealed: row.maybe_blob(3).map(<[u8]>::to_vec),
                side: row.maybe_text(4).and_then(Side::from_name),
            }
        })
    }

    /// The newest word on the rewards of this side, or of both.
    pub(crate) fn newest_review(
        &self,
        referral: &Pseudonym,
        side: Option<Side>,
    ) -> Result<Option<StoredReview>, SqlError> {
        let is_on =
            |said: &StoredReview| said.side.is_none() || side.is_none() || said.side == side;
        Ok(self.reviews(referral)?.into_iter().find(is_on))
    }

    /// Keeps a word.
    pub(crate) fn add_review(
        &self,
        referral: &Pseudonym,
        review: &StoredReview,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO reviews (referral, seq, approved, at, note_sealed, side) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                Param::from(referral.0.as_str()),
                Param::from(review.seq),
                Param::from(review.approved),
                Param::from(review.at.0),
                Param::from(review.note_sealed.as_ref()),
                Param::from(review.side.map(Side::name)),
            ],
        )
    }
}
