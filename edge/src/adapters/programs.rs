//! `program:{program}` in KV: the map that every data centre reads.

use goodword_shared::id::ProgramId;
use worker::{Env, Result};

use super::bindings;
use crate::config::KV;
use crate::ledger::protocol::ProgramRecord;
use crate::staleness::KV_SECONDS;

/// What all keys begin with.
const PREFIX: &str = "program:";

/// The record of a program, as KV has it here and now.
pub(crate) async fn read(env: &Env, program: &ProgramId) -> Result<Option<ProgramRecord>> {
    let value = bindings::read(env, KV, &key(program), KV_SECONDS).await?;
    let text = value.as_string();
    Ok(text.and_then(|text| goodword_shared::json::parse(&text).ok()))
}

/// Replaces the record.
pub(crate) async fn write(env: &Env, program: &ProgramId, record: &str) -> Result<()> {
    bindings::write(env, KV, &key(program), record).await?;
    Ok(())
}

/// The ids of a thousand programs after a cursor, and the next cursor, as a JSON object; nothing when the cursor is none of KV's.
pub(crate) async fn list(env: &Env, after: Option<&str>) -> Result<Option<String>> {
    Ok(bindings::list(env, KV, PREFIX, after).await?.as_string())
}

fn key(program: &ProgramId) -> String {
    format!("{PREFIX}{program}")
}
