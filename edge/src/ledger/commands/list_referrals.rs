//! Who referred whom, by which order, and what became of the referrer's reward.

use goodword_shared::reward::RewardState;

use super::rewards::state_of;
use crate::ledger::context::{Context, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// 1. Only the merchant. 2. The state must be one of a reward. 3. Answers with at most 100 referrals after an id, oldest
///    first.
pub(crate) fn list_referrals(
    context: &Context<'_>,
    state: Option<&str>,
    after: &str,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let state = state.map(state_of).transpose()?.map(RewardState::name);
    let shown = context.store.referrals_after(state, after)?;
    Ok(page("referrals", &shown))
}
