//! `code:{program}:{code}` in KV: which referral codes exist. The value says nothing about anybody.

use goodword_shared::id::ProgramId;
use worker::{Env, Result};

use crate::config::KV;

/// Seconds for which a data centre keeps what it has read.
const CACHE_SECONDS: u64 = 60;

/// Whether KV knows the code.
pub(crate) async fn known(env: &Env, program: &str, code: &str) -> Result<bool> {
    let kv = env.kv(KV)?;
    let value = kv
        .get(&key(program, code))
        .cache_ttl(CACHE_SECONDS)
        .text()
        .await?;
    Ok(value.is_some())
}

/// Makes the code known.
pub(crate) async fn write(env: &Env, program: &ProgramId, code: &str) -> Result<()> {
    let kv = env.kv(KV)?;
    kv.put(&key(program.as_str(), code), "1")?.execute().await?;
    Ok(())
}

/// Where KV keeps the code.
pub(crate) fn key(program: &str, code: &str) -> String {
    format!("code:{program}:{code}")
}
