//! Referrals that wait for the merchant's word, and the word on those that it was given on.

use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Referrals in one answer.
pub(crate) const REVIEWS_PAGE: u32 = 25;

/// The merchant's word on a referral.
#[derive(Clone, Debug)]
pub(crate) struct StoredReview {
    pub(crate) approved: bool,
    pub(crate) at: Millis,
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
        let rows = self.rows(&statement, &[Param::from(after)])?;
        rows.iter()
            .map(|row| Ok(Pseudonym(row.text(0)?.to_owned())))
            .collect()
    }

    /// Rewards of a referral that wait for the merchant's word, those of later orders of its subscription with them.
    pub(crate) fn waiting_rewards(&self, referral: &Pseudonym) -> Result<Vec<String>, SqlError> {
        let rows = self.rows(
            "SELECT id FROM rewards WHERE review = 1 AND state = 'pending' AND referral = ? ORDER BY id",
            &[Param::from(referral.0.as_str())],
        )?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// The word that was given on a referral.
    pub(crate) fn review(&self, referral: &Pseudonym) -> Result<Option<StoredReview>, SqlError> {
        let row = self.row(
            "SELECT approved, at, note_sealed FROM reviews WHERE referral = ?",
            &[Param::from(referral.0.as_str())],
        )?;
        row.map(|row| {
            Ok(StoredReview {
                approved: row.int(0)? != 0,
                at: Millis(row.int(1)?),
                note_sealed: row.maybe_blob(2)?.map(<[u8]>::to_vec),
            })
        })
        .transpose()
    }

    /// Keeps the word; the latest holds.
    pub(crate) fn set_review(
        &self,
        referral: &Pseudonym,
        review: &StoredReview,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT OR REPLACE INTO reviews (referral, approved, at, note_sealed) VALUES (?, ?, ?, ?)",
            &[
                Param::from(referral.0.as_str()),
                Param::from(review.approved),
                Param::from(review.at.0),
                Param::from(review.note_sealed.as_ref()),
            ],
        )
    }
}
