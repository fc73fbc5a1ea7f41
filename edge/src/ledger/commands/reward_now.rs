//! A reward as of now, as the log, the merchant and the public record are told of it. Amounts are minor units.

use goodword_shared::decide::reward::Cause;
use goodword_shared::id::Pseudonym;
use goodword_shared::money::Currency;
use goodword_shared::program::reward::RewardKind;
use goodword_shared::reward::RewardState;
use goodword_shared::time::Millis;
use serde::Serialize;

use crate::ledger::failure::Failure;
use crate::ledger::store::rewards::RewardRow;

/// A reward. Its fields are sorted: the log has them in that form.
#[derive(Serialize)]
pub(crate) struct RewardNow<'a> {
    /// What is left of it.
    amount: i64,
    cause: Cause,
    currency: Currency,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    /// What of it waits for the merchant.
    due: i64,
    /// What it was at first.
    earned: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Millis>,
    id: &'a Pseudonym,
    kind: RewardKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<u32>,
    owner: &'a Pseudonym,
    payable_at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
    state: RewardState,
}

impl<'a> RewardNow<'a> {
    /// What is told of a stored reward.
    pub(crate) fn of(row: &'a RewardRow) -> Result<Self, Failure> {
        let RewardRow { reward, origin } = row;
        Ok(Self {
            id: &reward.id,
            owner: &reward.owner,
            cause: origin.cause,
            milestone: (origin.milestone > 0).then_some(origin.milestone),
            kind: reward.kind,
            description: origin.description.as_deref(),
            quantity: origin.quantity,
            amount: reward.net()?.minor(),
            earned: reward.amount.minor(),
            due: reward.due.minor(),
            currency: reward.amount.currency(),
            state: reward.state,
            payable_at: reward.payable_at,
            expires_at: reward.expires_at,
        })
    }
}
