//! The program as KV carries it.

use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{ProgramRecord, Reply};
use goodword_shared::encoding::to_base64;

/// Answers with the record.
pub(crate) fn program_record(context: &Context<'_>) -> Result<Reply, Failure> {
    done(200, &compose(context)?)
}

/// The record as of now.
pub(crate) fn compose(context: &Context<'_>) -> Result<ProgramRecord, Failure> {
    let program = context.program()?;
    let keyring = context.keyring()?;
    Ok(ProgramRecord {
        offer: program.offer(),
        allowed_origins: program.settings.allowed_origins.clone(),
        allowed_destinations: program.settings.allowed_destinations.clone(),
        coupon_sites: program.settings.risk.coupon_sites.clone(),
        token_keys: keyring
            .sealed_tokens
            .iter()
            .map(|(generation, sealed)| (*generation, to_base64(sealed)))
            .collect(),
    })
}
