//! `code:{program}:{code}` in KV: which referral codes exist. The value says nothing about anybody.

use goodword_shared::id::ProgramId;
use worker::{Env, Result};

use super::bindings;
use crate::config::KV;
use crate::staleness::KV_SECONDS;

/// Whether KV knows the code.
pub(crate) async fn known(env: &Env, program: &str, code: &str) -> Result<bool> {
    let value = bindings::read(env, KV, &key(program, code), KV_SECONDS).await?;
    Ok(value.is_string())
}

/// Makes the code known.
pub(crate) async fn write(env: &Env, program: &ProgramId, code: &str) -> Result<()> {
    bindings::write(env, KV, &key(program.as_str(), code), "1").await?;
    Ok(())
}

/// Makes the code unknown.
pub(crate) async fn forget(env: &Env, program: &ProgramId, code: &str) -> Result<()> {
    bindings::remove(env, KV, &key(program.as_str(), code)).await?;
    Ok(())
}

/// Where KV keeps the code.
pub(crate) fn key(program: &str, code: &str) -> String {
    format!("code:{program}:{code}")
}
