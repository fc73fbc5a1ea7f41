//! Reads and changes the program's settings. A change is a new version; what was claimed or earned keeps its own.

use goodword_shared::json::write;
use goodword_shared::program::address::is_own;
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
    let stored = write(&next.settings);
    context.store.add_version(number, &stored, context.now)?;
    context.store.set_meta("link_base", context.link_base)?;
    let entry = Entry::new("settings.changed", object!({ "version": number }));
    context.store.log(&entry, context.now)?;
    context
        .store
        .send(Kind::Program, context.program_id.as_str(), "", context.now);
    answer(&next)
}

/// A version of these settings, if they are valid.
pub(crate) fn checked(
    context: &Context<'_>,
    version: u32,
    settings: &Settings,
) -> Result<Program, Failure> {
    let policy = context.engine.policy;
    let id = context.program_id.clone();
    let program = Program::new(id, version, settings.clone(), policy).map_err(Rejection::from)?;
    let endpoint = program.settings.webhook_url.as_deref();
    if endpoint.is_some_and(|endpoint| is_own(endpoint, context.link_base, policy)) {
        let text = "webhook_url: expected another server than this one";
        return Err(Rejection::InvalidSettings(text.into()).into());
    }
    Ok(program)
}

/// The version that these settings would make.
pub(crate) fn next_version(context: &Context<'_>, settings: &Settings) -> Result<Program, Failure> {
    let current = context.program()?;
    let next = checked(context, current.version.saturating_add(1), settings)?;
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
