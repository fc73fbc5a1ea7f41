//! Everybody who has a code, with what came of it.

use crate::ledger::context::{Context, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// 1. Only the merchant. 2. Answers with at most 100 people after an id, in order of their enrolment.
pub(crate) fn list_referrers(context: &Context<'_>, after: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    Ok(page("referrers", &context.store.referrers_after(after)?))
}
