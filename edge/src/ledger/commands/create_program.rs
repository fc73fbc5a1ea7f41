//! Creates the program and its keys.

use goodword_shared::json::write;
use goodword_shared::program::Settings;
use goodword_shared::rejection::Rejection;

use crate::json::{Json, object};
use crate::ledger::commands::settings::checked;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::keyring::{KeyKind, mint};
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;

/// 1. Only the administrator (else unauthorized). 2. The id must be free (else program_exists). 3. The settings must be
///    valid (else invalid_settings). 4. Version 1 and all keys are stored; the merchant's are answered, once.
pub(crate) fn create_program(context: &Context<'_>, settings: &Settings) -> Result<Reply, Failure> {
    context.require_admin()?;
    if context.store.newest_version()?.is_some() {
        return Err(Rejection::ProgramExists.into());
    }
    let id = context.program_id;
    let program = checked(context, 1, settings)?;
    let stored = write(&program.settings);
    context.store.add_version(1, &stored, context.now)?;
    context.store.set_meta("program", id.as_str())?;
    context.store.set_meta("link_base", context.link_base)?;
    let mut keys = Vec::new();
    for kind in KeyKind::from_the_start() {
        let (key, printed) = mint(context, kind, 1);
        context.store.add_key(&key)?;
        if !printed.is_empty() {
            keys.push(format!("\"{}\":\"{printed}\"", kind.name()));
        }
    }
    context.engine.forget_keys();
    let entry = Entry::new("program.created", object!({ "version": 1 }));
    context.store.log(&entry, context.now)?;
    context
        .store
        .send(Kind::Program, id.as_str(), "", context.now);
    let keys = Json(format!("{{{}}}", keys.join(",")));
    done(201, &object!({ "keys": keys, "program": id, "version": 1 }))
}
