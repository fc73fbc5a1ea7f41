//! `GET /v1/programs/{program}`: the public face of a program.

use goodword_shared::json::write;
use worker::Response;

use super::json;
use crate::clock::now;
use crate::error::AppError;
use crate::memory::{LiveProgram, program};
use crate::staleness::OFFER_SECONDS;

/// The offer, as every page may read it. One that nobody has vouched for lately, because neither KV nor the ledger answers, is not
/// told: it may have been ended since.
pub(crate) fn read(live: &LiveProgram) -> Result<Response, AppError> {
    let id = live.id.as_str();
    if program(id, now(id)).is_none() {
        return Err(AppError::Unavailable);
    }
    let response = json(200, write(&live.record.offer))?;
    let kept = format!("public, max-age={OFFER_SECONDS}");
    response.headers().set("cache-control", &kept)?;
    Ok(response)
}
