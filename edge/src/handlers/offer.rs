//! `GET /v1/programs/{program}`: the public face of a program.

use worker::Response;

use super::json;
use crate::error::AppError;
use crate::memory::LiveProgram;

/// Seconds for which browsers keep the public offer: a share of the bound on how late a kill switch may act.
const OFFER_CACHE: &str = "public, max-age=30";

/// The offer, as every page may read it.
pub(crate) fn read(live: &LiveProgram) -> Result<Response, AppError> {
    let body = serde_json::to_string(&live.record.offer).map_err(AppError::internal)?;
    let response = json(200, body)?;
    response.headers().set("cache-control", OFFER_CACHE)?;
    Ok(response)
}
