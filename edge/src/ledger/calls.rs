//! Every call of the merchant's that was answered is on the activity log: writes one by one, reads once an hour for each key
//! and call, because a line for each page of a list would cost more than the page, and whoever reads the log would never come
//! to its end.

use goodword_shared::time::Millis;

use super::context::Context;
use super::failure::Failure;
use super::protocol::{Call, Reply};
use super::store::Store;
use super::store::log::Entry;
use crate::json::{Json, object};

/// For how long one line speaks for all reads of its kind.
const SAID_FOR_MS: i64 = 3_600_000;

/// Runs a call of the merchant's and sees to it that the log tells of it. A kept answer that is given again is no further call.
pub(super) fn logged(
    context: &Context<'_>,
    call: Call,
    run: impl FnOnce() -> Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    match call {
        Call::Write(name) => {
            let before = last_line(context)?;
            let reply = run()?;
            if last_line(context)? == before {
                let entry = Entry::new("call.without_effect", object!({ "call": name }));
                context.store.log(&entry, context.now)?;
            }
            Ok(reply)
        }
        Call::Read(name) => {
            // Before it is run, so that a reader of the log finds the line where the log ends.
            context.require_merchant()?;
            let data = object!({ "call": name });
            say_lately(context.store, context.now, "data.read", data)?;
            run()
        }
    }
}

/// Logs something of the caller, unless the log has said the same within the hour.
pub(super) fn say_lately(
    store: Store<'_>,
    now: Millis,
    kind: &'static str,
    data: Json,
) -> Result<(), Failure> {
    let since = now.plus_ms(SAID_FOR_MS.saturating_neg());
    Ok(store.log_unless_said(&Entry::new(kind, data), since, now)?)
}

fn last_line(context: &Context<'_>) -> Result<Option<i64>, Failure> {
    Ok(context.store.head()?.map(|head| head.seq))
}
