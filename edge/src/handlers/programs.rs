//! `POST /v1/programs` creates a program, `GET /v1/programs/{program}` is its public face.

use goodword_shared::id::ProgramId;
use goodword_shared::json::Fields;
use goodword_shared::order::invalid_body;
use goodword_shared::program::Settings;
use goodword_shared::rejection::Rejection;
use worker::Response;

use super::{answered, json};
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::Command;
use crate::memory::{self, LiveProgram};

/// Seconds for which browsers keep the public offer: a share of the bound on how late a kill switch may act.
const OFFER_CACHE: &str = "public, max-age=30";

/// 1. The body names the program and its settings. 2. The ledger creates it, for the administrator only. 3. Answers with
///    the merchant's keys, this once, and again only to the same request with its idempotency key.
pub(crate) async fn create(app: &App, text: &str) -> Result<Response, AppError> {
    let mut fields = Fields::parse(text).map_err(|error| invalid_body(&error))?;
    let id = fields
        .take("program")
        .and_then(|json| goodword_shared::json::parse::<ProgramId>(json).ok());
    let id = id.ok_or_else(|| {
        Rejection::InvalidBody("program: expected an id of a-z, 0-9 and dashes, at most 32".into())
    })?;
    let settings: Settings = body::parse(&fields.into_json())?;
    let command = Command::CreateProgram {
        settings: Box::new(settings),
    };
    let mut envelope = app.envelope(&id, auth::merchant(app), command);
    envelope.idempotency = app.idempotency("programs", text)?;
    let answer = app.ledger(&envelope).await?;
    memory::forget_program(id.as_str());
    answered(answer)
}

/// The offer, as every page may read it.
pub(crate) fn offer(live: &LiveProgram) -> Result<Response, AppError> {
    let body = serde_json::to_string(&live.record.offer).map_err(AppError::internal)?;
    let response = json(200, &body)?;
    response.headers().set("cache-control", OFFER_CACHE)?;
    Ok(response)
}
