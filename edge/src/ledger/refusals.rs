//! What was refused is on the activity log too: signed reports, and calls with a good key of the merchant's.
//!
//! A refusal is rolled back, so it is noted in a transaction of its own. A flood of refusals must not become a flood of rows: of
//! reports one is noted a minute, of calls each kind once an hour for each key. Whoever shows no good key leaves no line. What a
//! platform has signed is kept whole.

use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::calls::say_lately;
use super::commands::quarantine::keep;
use super::context::Context;
use super::failure::Failure;
use super::notes::Notes;
use super::protocol::{Call, Command, Credential, Envelope, Reply};
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
    /// What a platform has signed, and why it was not recorded.
    Delivery(Rejection),
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
    if let Command::Hook(_) = &envelope.command {
        return match rejection {
            Rejection::UnknownProgram | Rejection::NotFound => None,
            Rejection::SignatureMissing
            | Rejection::SignatureStale
            | Rejection::SignatureForged => Some(Refused::Report(rejection.code())),
            other => Some(Refused::Delivery(other.clone())),
        };
    }
    if matches!(envelope.credential, Credential::Signed { .. }) {
        let known = *rejection != Rejection::UnknownProgram;
        return known.then_some(Refused::Report(rejection.code()));
    }
    let call = envelope.command.merchants_call()?;
    Some(Refused::Call(call, by?, rejection.code()))
}

/// Notes it, unless the same was noted just now. A platform's delivery is kept, and that is its answer.
pub(crate) fn note_refusal(
    context: &Context<'_>,
    envelope: &Envelope,
    refused: &Refused,
) -> Result<Option<Reply>, Failure> {
    let (store, now) = (context.store, envelope.now);
    match (refused, &envelope.command) {
        (Refused::Delivery(why), Command::Hook(hook)) => {
            return keep(context, hook, why).map(Some);
        }
        (refused, _) => note(store, now, refused)?,
    }
    Ok(None)
}

fn note(store: Store<'_>, now: Millis, refused: &Refused) -> Result<(), Failure> {
    match refused {
        Refused::Delivery(_) => {}
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
