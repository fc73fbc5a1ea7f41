//! The activity log, page by page.

use serde_json::json;

use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// 1. Only the merchant. 2. Answers with at most 200 lines after a sequence number, oldest first.
pub(crate) fn read_log(context: &Context<'_>, after: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let lines = context.store.log_after(after)?;
    let next = lines.last().map(|line| line.seq);
    done(200, &json!({ "lines": lines, "next": next }))
}
