//! `POST /v1/programs/{program}/events` takes signed reports of what is no order.

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};

/// The event goes to the ledger as it came: its signature covers the raw bytes.
pub(crate) async fn report(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let credential = auth::signed(app);
    if matches!(credential, Credential::None) {
        return Err(Rejection::SignatureMissing.into());
    }
    let command = Command::Event {
        body: text.to_owned(),
    };
    let mut envelope = app.envelope(id, credential, command);
    envelope.idempotency = app.idempotency("events", text)?;
    answered(app.ledger(&envelope).await?)
}
