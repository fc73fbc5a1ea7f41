//! `/v1/programs/{program}/keys`: list, make, revoke.

use goodword_shared::id::ProgramId;
use serde::Deserialize;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::Command;
use crate::memory;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    kind: String,
}

/// Keys without their secrets.
pub(crate) async fn list(app: &App, id: &ProgramId) -> Result<Response, AppError> {
    let envelope = app.envelope(id, auth::merchant(app), Command::ListKeys);
    answered(app.ledger(&envelope).await?)
}

/// A new key, answered this once, and again only to the same request with its idempotency key.
pub(crate) async fn create(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let NewKey { kind } = body::parse(text)?;
    let mut envelope = app.envelope(id, auth::merchant(app), Command::CreateKey { kind });
    envelope.idempotency = app.idempotency("keys", text)?;
    let answer = app.ledger(&envelope).await?;
    memory::forget_program(id.as_str());
    answered(answer)
}

/// Revokes a key at once.
pub(crate) async fn revoke(app: &App, id: &ProgramId, key: &str) -> Result<Response, AppError> {
    let command = Command::RevokeKey { id: key.to_owned() };
    let mut envelope = app.envelope(id, auth::merchant(app), command);
    // There is no body: the key in the path is what tells two requests apart.
    envelope.idempotency = app.idempotency("revoked keys", key)?;
    let answer = app.ledger(&envelope).await?;
    memory::forget_program(id.as_str());
    answered(answer)
}
