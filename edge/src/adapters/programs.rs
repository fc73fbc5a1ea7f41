//! `program:{program}` in KV: the map that every data centre reads.

use goodword_shared::id::ProgramId;
use worker::{Env, Result};

use crate::config::KV;
use crate::ledger::protocol::ProgramRecord;

const PREFIX: &str = "program:";

/// Seconds for which a data centre keeps what it has read. A share of the bound on how late a kill switch may act.
const CACHE_SECONDS: u64 = 60;

/// The record of a program, as KV has it here and now.
pub(crate) async fn read(env: &Env, program: &ProgramId) -> Result<Option<ProgramRecord>> {
    let kv = env.kv(KV)?;
    let text = kv
        .get(&key(program))
        .cache_ttl(CACHE_SECONDS)
        .text()
        .await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// All programs that have a record.
pub(crate) async fn list(env: &Env) -> Result<Vec<ProgramId>> {
    let kv = env.kv(KV)?;
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut list = kv.list().prefix(PREFIX.into());
        if let Some(cursor) = cursor {
            list = list.cursor(cursor);
        }
        let page = list.execute().await?;
        let names = page.keys.iter().filter_map(|key| {
            let id = key.name.strip_prefix(PREFIX)?;
            ProgramId::parse(id).ok()
        });
        ids.extend(names);
        cursor = page.cursor.filter(|_| !page.list_complete);
        if cursor.is_none() {
            return Ok(ids);
        }
    }
}

/// Replaces the record.
pub(crate) async fn write(env: &Env, program: &ProgramId, record: &str) -> Result<()> {
    let kv = env.kv(KV)?;
    kv.put(&key(program), record)?.execute().await?;
    Ok(())
}

fn key(program: &ProgramId) -> String {
    format!("{PREFIX}{program}")
}
