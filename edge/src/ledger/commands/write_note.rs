//! An inviter says something to friends: a sentence or two above the offer, under their first name.

use goodword_shared::name::clean_inviter_note;
use goodword_shared::rejection::Rejection;

use super::enrol::find_or_enrol;
use super::referrer_view::full_view;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;

/// What a note is sealed as.
pub(crate) const INVITER_NOTE: &str = "inviter_note";

/// 1. The customer token must be good, and the program run. 2. The program must show notes, and whoever writes be a customer: a
///    guest's name is told to nobody, and neither is what they say. 3. The note is kept instead of the one before; an empty
///    one takes it away. The same again changes nothing.
pub(crate) fn write_note(context: &Context<'_>, token: &str, text: &str) -> Result<Reply, Failure> {
    let (person, program, _) = find_or_enrol(context, token)?;
    let written = text.trim();
    let note = clean_inviter_note(written);
    let refused = if !program.settings.inviter_notes {
        "note: this program shows none"
    } else if person.guest {
        "note: only a customer's is shown"
    } else if note.is_none() && !written.is_empty() {
        "note: expected up to 200 visible characters without a link"
    } else {
        ""
    };
    if !refused.is_empty() {
        return Err(Rejection::InvalidBody(refused.into()).into());
    }
    if context.note_of(&person)? != note {
        let sealed = match &note {
            Some(text) => Some(context.seal(&person.id, INVITER_NOTE, text)?),
            None => None,
        };
        context
            .store
            .set_inviter_note(&person.id, sealed.as_ref(), context.now)?;
        let entry = Entry {
            kind: "note.written",
            person: Some(&person.id),
            other: None,
            order: None,
            data: object!({ "removed": note.is_none() }),
        };
        context.store.log(&entry, context.now)?;
    }
    done(200, &full_view(context, &program, &person)?)
}
