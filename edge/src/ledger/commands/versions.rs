//! The versions of a program's settings: when each came into force, and by whose key.

use goodword_shared::program::Settings;
use goodword_shared::rejection::Rejection;

use crate::json::object;
use crate::ledger::context::{Context, done, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// 1. Only the merchant. 2. Answers with at most 100 versions after a number, oldest first.
pub(crate) fn list(context: &Context<'_>, after: i64) -> Result<Reply, Failure> {
    context.require_merchant()?;
    Ok(page("versions", &context.store.versions_after(after)?))
}

/// 1. Only the merchant. 2. The version must be there. 3. Answers with its settings, since when, and by whose key.
pub(crate) fn read(context: &Context<'_>, number: u32) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let version = context.store.version(number)?.ok_or(Rejection::NotFound)?;
    let settings: Settings = goodword_shared::json::parse(&version.settings)?;
    done(
        200,
        &object!({
            "at": version.at, "by": version.by, "program": context.program_id, "settings": settings, "version": number,
        }),
    )
}
