//! `GET /v1/programs/{program}`: the public face of a program.

use worker::Response;

use super::json;
use crate::error::AppError;
use crate::memory::LiveProgram;
use crate::staleness::OFFER_SECONDS;

/// The offer, as every page may read it.
pub(crate) fn read(live: &LiveProgram) -> Result<Response, AppError> {
    let body = serde_json::to_string(&live.record.offer)
        .map_err(|_| AppError::Internal("a value that JSON cannot hold".into()))?;
    let response = json(200, body)?;
    let kept = format!("public, max-age={OFFER_SECONDS}");
    response.headers().set("cache-control", &kept)?;
    Ok(response)
}
