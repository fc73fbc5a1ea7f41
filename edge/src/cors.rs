//! Which pages may call: the exact origins that the program lists, and the answer names only the one that asked.

use worker::{Headers, Response};

use crate::app::App;
use crate::error::AppError;
use crate::memory::LiveProgram;

/// Seconds for which a browser remembers a preflight.
const PREFLIGHT_SECONDS: &str = "600";

/// The page's origin if it may call, `None` if no page calls at all.
pub(crate) fn allowed_origin(app: &App, live: &LiveProgram) -> Result<Option<String>, AppError> {
    let Some(origin) = app.header("origin") else {
        return Ok(None);
    };
    if live.record.allowed_origins.contains(&origin) {
        Ok(Some(origin))
    } else {
        Err(AppError::OriginNotAllowed(origin))
    }
}

/// What the path of the one route ends with that may set a cookie; nothing reads any.
const CLAIMS: &str = "/claims";

/// Lets the page read the answer of this path.
pub(crate) fn allow(
    response: &mut Response,
    origin: Option<&str>,
    path: &str,
) -> Result<(), AppError> {
    let headers = response.headers_mut();
    headers.append("vary", "Origin")?;
    if let Some(origin) = origin {
        headers.set("access-control-allow-origin", origin)?;
        headers.set("access-control-expose-headers", "Retry-After")?;
        if path.ends_with(CLAIMS) {
            headers.set("access-control-allow-credentials", "true")?;
        }
    }
    Ok(())
}

/// Answers a preflight.
pub(crate) fn preflight(origin: Option<&str>, path: &str) -> Result<Response, AppError> {
    let headers = Headers::new();
    headers.set("access-control-allow-methods", "GET, POST, PUT")?;
    headers.set(
        "access-control-allow-headers",
        "Authorization, Content-Type, Idempotency-Key",
    )?;
    headers.set("access-control-max-age", PREFLIGHT_SECONDS)?;
    let mut response = Response::empty()?.with_status(204).with_headers(headers);
    allow(&mut response, origin, path)?;
    Ok(response)
}
