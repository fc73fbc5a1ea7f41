//! The activity log, page by page.

use crate::json::{Json, list, object};
use crate::ledger::checkpoint::known_public_key;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// 1. Only the merchant. 2. Answers with at most 200 lines after a sequence number, oldest first, and with what an export is
///    checked against: the head, and the key that signs checkpoints once there is one.
pub(crate) fn read_log(context: &Context<'_>, after: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let lines = context.store.log_after(after)?;
    let next = lines.last().map(|(seq, _)| *seq);
    let lines: Vec<Json> = lines.into_iter().map(|(_, line)| line).collect();
    let head = context.store.head()?;
    let key = known_public_key(context.store)?;
    done(
        200,
        &object!({ "audit_key": key, "head": head, "lines": list(&lines), "next": next }),
    )
}
