//! What routes do. Most are a command for the ledger ([`command`]); the others have a file each.

pub(crate) mod command;
pub(crate) mod export;
pub(crate) mod exposures;
pub(crate) mod front;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod live;
pub(crate) mod offer;
pub(crate) mod programs;
pub(crate) mod tally;

use worker::{Headers, Response};

use crate::adapters::ledger::Answer;
use crate::config::ROWS_WRITTEN_HEADER;
use crate::error::{AppError, PROBLEM};

/// A ledger's answer as the caller gets it.
pub(crate) fn answered(answer: Answer) -> Result<Response, AppError> {
    let kind = if answer.is_refusal() {
        PROBLEM
    } else {
        "application/json"
    };
    let response = respond(answer.status, kind, answer.body)?;
    let headers = response.headers();
    if let Some(seconds) = answer.retry_after {
        headers.set("retry-after", &seconds)?;
    }
    if let Some(rows) = answer.rows_written {
        headers.set(ROWS_WRITTEN_HEADER, &rows)?;
    }
    Ok(response)
}

/// A JSON answer that nobody keeps.
pub(crate) fn json(status: u16, body: String) -> Result<Response, AppError> {
    Ok(respond(status, "application/json", body)?)
}

/// An answer of a kind that nobody keeps. What all answers say to browsers is added by `edge/js/security.js`.
pub(crate) fn respond(status: u16, kind: &str, body: String) -> worker::Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", kind)?;
    headers.set("cache-control", "no-store")?;
    Ok(Response::ok(body)?
        .with_status(status)
        .with_headers(headers))
}
