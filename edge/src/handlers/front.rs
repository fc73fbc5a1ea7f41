//! `GET /`: what it is that answers here, for whoever opens the address in a browser.

use worker::{Headers, Response};

use crate::error::AppError;

const TEXT: &str = "\
Goodword answers here: the referral program of a shop.

/widget.js     what the shop's pages load
/openapi.yaml  the contract of the API
/healthz       whether it can work
";

/// The same for everybody, about no program.
pub(crate) fn front() -> Result<Response, AppError> {
    let headers = Headers::new();
    headers.set("content-type", "text/plain; charset=utf-8")?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("x-robots-tag", "noindex")?;
    Ok(Response::ok(TEXT)?.with_headers(headers))
}
