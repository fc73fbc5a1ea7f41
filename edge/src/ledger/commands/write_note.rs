//! An inviter says something to friends: a sentence or two, which come with the offer under their first name.

use goodword_shared::name::clean_inviter_note;
use goodword_shared::rejection::Rejection;

use super::enrol::find_or_enrol;
use super::referrer_view::full_view;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::people::NOTE;

/// 1. The customer token must be good, and the program run. 2. An empty text takes the note away. Any other needs a program that
///    shows notes, and a first name that friends are told: words of nobody would be the shop's. 3. The note takes the place of
///    the one before. The log has none of it, because no money follows, and whoever likes to may rewrite theirs all day.
pub(crate) fn write_note(context: &Context<'_>, token: &str, text: &str) -> Result<Reply, Failure> {
    let (person, program, _) = find_or_enrol(context, token)?;
    let text = text.trim();
    let note = clean_inviter_note(text);
    let refused = match &note {
        _ if text.is_empty() => None,
        _ if !context.may_say(&program, &person)? => {
            Some("note: this program shows none, or no name of yours is known")
        }
        None => Some("note: expected up to 200 characters without a link or an address"),
        Some(_) => None,
    };
    if let Some(refused) = refused {
        return Err(Rejection::InvalidBody(refused.into()).into());
    }
    if context.note_of(&person)? != note {
        let sealed = match &note {
            Some(text) => Some(context.seal(&person.id, NOTE, text)?),
            None => None,
        };
        context
            .store
            .set_note(&person.id, sealed.as_ref(), context.now)?;
    }
    done(200, &full_view(context, &program, &person)?)
}
