//! Reads and changes the program's settings. A change is a new version; what was claimed or earned keeps its own.

use goodword_shared::program::{Program, Settings};
use goodword_shared::rejection::Rejection;
use serde::Serialize;

use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;

#[derive(Serialize)]
struct Versioned<'a> {
    program: &'a str,
    version: u32,
    settings: &'a Settings,
}

/// The settings in force.
pub(crate) fn read(context: &Context<'_>) -> Result<Reply, Failure> {
    context.require_merchant()?;
    answer(&*context.program()?)
}

/// Only the merchant: what they are about to read lies elsewhere.
pub(crate) fn may_read(context: &Context<'_>) -> Result<Reply, Failure> {
    context.require_merchant()?;
    done(200, &object!({}))
}

/// 1. Only the merchant. 2. The settings must be valid. 3. They become the next version; the same again changes nothing.
pub(crate) fn change(context: &Context<'_>, settings: &Settings) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let current = context.program()?;
    let next = next_version(context, settings)?;
    let number = next.version;
    if next.settings == current.settings {
        return answer(&current);
    }
    let stored = serde_json::to_string(&next.settings)?;
    context.store.add_version(number, &stored, context.now)?;
    context.store.set_meta("link_base", context.link_base)?;
    let entry = Entry::new("settings.changed", object!({ "version": number }));
    context.store.log(&entry, context.now)?;
    context
        .store
        .send(Kind::Program, context.program_id.as_str(), "", context.now);
    answer(&next)
}

/// The version that these settings would make.
pub(crate) fn next_version(context: &Context<'_>, settings: &Settings) -> Result<Program, Failure> {
    let current = context.program()?;
    let next = Program::new(
        context.program_id.clone(),
        current.version.saturating_add(1),
        settings.clone(),
        context.engine.policy,
    )
    .map_err(Rejection::from)?;
    if next.currency != current.currency {
        let text = "currency: stays as it was; open another program for another currency";
        return Err(Rejection::InvalidSettings(text.into()).into());
    }
    Ok(next)
}

fn answer(program: &Program) -> Result<Reply, Failure> {
    done(
        200,
        &Versioned {
            program: program.id.as_str(),
            version: program.version,
            settings: &program.settings,
        },
    )
}
