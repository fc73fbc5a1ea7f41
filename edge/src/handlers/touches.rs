//! `POST /v1/programs/{program}/touches`: a referral that staff enters.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::{Command, TouchRequest};

/// The ledger decides.
pub(crate) async fn enter(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let request: TouchRequest = body::parse(text)?;
    let mut envelope = app.envelope(id, auth::merchant(app), Command::EnterTouch(request));
    envelope.idempotency = app.idempotency("touches", text)?;
    answered(app.ledger(&envelope).await?)
}
