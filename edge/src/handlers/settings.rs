//! `GET` and `PUT /v1/programs/{program}/settings`.

use goodword_shared::id::ProgramId;
use goodword_shared::program::Settings;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::{Command, DryRunRequest};
use crate::memory;

/// The settings in force.
pub(crate) async fn read(app: &App, id: &ProgramId) -> Result<Response, AppError> {
    let envelope = app.envelope(id, auth::merchant(app), Command::ReadSettings);
    answered(app.ledger(&envelope).await?)
}

/// What the settings would have decided on past orders; nothing is written.
pub(crate) async fn dry_run(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let request: DryRunRequest = body::parse(text)?;
    let envelope = app.envelope(id, auth::merchant(app), Command::DryRun(request));
    answered(app.ledger(&envelope).await?)
}

/// The settings become the next version.
pub(crate) async fn change(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let settings: Settings = body::parse(text)?;
    let command = Command::ChangeSettings {
        settings: Box::new(settings),
    };
    let mut envelope = app.envelope(id, auth::merchant(app), command);
    envelope.idempotency = app.idempotency("settings", text)?;
    let answer = app.ledger(&envelope).await?;
    memory::forget_program(id.as_str());
    answered(answer)
}
