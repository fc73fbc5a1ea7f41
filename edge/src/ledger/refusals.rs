//! What was refused is on the activity log too: signed reports, and calls with a good key of the merchant's.
//!
//! A refusal is rolled back, so it is noted in a transaction of its own. A flood of refusals must not become a flood of rows: of
//! reports one is noted a minute, of calls each kind once an hour for each key. Whoever shows no good key leaves no line.

use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::calls::say_lately;
use super::failure::Failure;
use super::notes::Notes;
use super::protocol::{Call, Credential, Envelope};
use super::store::Store;
use super::store::log::Entry;
use crate::json::object;

/// Refused reports are logged once in this time.
const REPORTS_MS: i64 = 60_000;

/// A refusal that the log tells of.
pub(crate) enum Refused {
    /// A report that was signed, well or not.
    Report(&'static str),
    /// A call of the merchant's: which, whose key it came with, and why it was refused.
    Call(Call, String, &'static str),
}

/// Whether a command that was rolled back is to be noted. Asked once, right after the rollback.
pub(crate) fn worth_noting(
    notes: &Notes,
    envelope: &Envelope,
    failure: &Failure,
) -> Option<Refused> {
    let by = notes.refused_by.take();
    let Failure::Rejected(rejection) = failure else {
        return None;
    };
    if matches!(envelope.credential, Credential::Signed { .. }) {
        let known = *rejection != Rejection::UnknownProgram;
        return known.then_some(Refused::Report(rejection.code()));
    }
    let call = envelope.command.merchants_call()?;
    Some(Refused::Call(call, by?, rejection.code()))
}

/// Notes it, unless the same was noted just now.
pub(crate) fn note_refusal(
    store: Store<'_>,
    envelope: &Envelope,
    refused: &Refused,
) -> Result<(), Failure> {
    let now = envelope.now;
    match refused {
        Refused::Report(code) => {
            let kind = "report.refused";
            let last = store.last_logged(kind)?;
            if last.is_none_or(|at: Millis| now >= at.plus_ms(REPORTS_MS)) {
                store.log(&Entry::new(kind, object!({ "code": code })), now)?;
            }
        }
        Refused::Call(Call::Read(name) | Call::Write(name), by, code) => {
            store.called_by(by);
            let data = object!({ "call": name, "code": code });
            say_lately(store, now, "call.refused", data)?;
        }
    }
    Ok(())
}
