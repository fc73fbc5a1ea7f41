//! Bodies: kept to their limit and no further, and text whatever they call themselves.
//!
//! The widget posts `text/plain`, because then browsers send no preflight; nothing here relies on a content type.

use futures_util::StreamExt as _;
use goodword_shared::id::hex;
use goodword_shared::rejection::Rejection;
use sha2::{Digest, Sha256};
use worker::Request;

use crate::app::App;
use crate::error::AppError;

/// Longest body of a route that names no other limit.
pub(crate) const BODY_LENGTH_MAX: usize = 65_536;

/// How many times its limit a body may be long and still be read to its end before it is refused. A connection on which
/// an answer overtook the body is of no use to the request that comes next on it; a body without end is not waited for.
const DRAINED_TIMES: usize = 16;

/// The body as text.
pub(crate) async fn text(app: &App, limit: usize) -> Result<String, AppError> {
    let announced = app
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    let drained_max = limit.saturating_mul(DRAINED_TIMES);
    if announced.is_some_and(|length| length > drained_max) {
        return Err(AppError::BodyTooLarge(limit));
    }
    if announced.is_some_and(|length| length <= limit) {
        // The platform reads no further than what was announced: all at once is the fastest way.
        return decoded(Request::from(Clone::clone(app.request())).bytes().await?);
    }
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    let mut request = Request::from(Clone::clone(app.request()));
    if app.request().body().is_some() {
        let mut chunks = request.stream()?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            length = length.saturating_add(chunk.len());
            if length > drained_max {
                break;
            }
            if length <= limit {
                bytes.extend(chunk);
            }
        }
    }
    if length > limit {
        return Err(AppError::BodyTooLarge(limit));
    }
    decoded(bytes)
}

/// Bytes as text.
pub(crate) fn decoded(bytes: Vec<u8>) -> Result<String, AppError> {
    String::from_utf8(bytes)
        .map_err(|_| Rejection::InvalidBody("the body is not UTF-8".into()).into())
}

/// What tells two requests of one idempotency key apart. A ledger keeps it under its own key.
pub(crate) fn fingerprint(route: &str, body: &str) -> String {
    hex(&Sha256::new()
        .chain_update(route)
        .chain_update([0])
        .chain_update(body)
        .finalize())
}
