//! `GET /`: what it is that answers here, for whoever opens the address in a browser.

use worker::Response;

use super::respond;
use crate::error::AppError;

const TEXT: &str = "\
Goodword answers here: the referral program of a shop.

/widget.js     what the shop's pages load
/openapi.yaml  the contract of the API
/healthz       whether it can work
";

/// The same for everybody, about no program.
pub(crate) fn front() -> Result<Response, AppError> {
    Ok(respond(200, "text/plain; charset=utf-8", TEXT.into())?)
}
