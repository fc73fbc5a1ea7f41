//! `POST /v1/programs/{program}/orders` takes signed reports, `GET .../orders/{order}` explains one.

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};

/// The report goes to the ledger as it came: its signature covers the raw bytes.
pub(crate) async fn report(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let credential = auth::signed(app);
    if matches!(credential, Credential::None) {
        return Err(Rejection::SignatureMissing.into());
    }
    let command = Command::Report {
        body: text.to_owned(),
    };
    let mut envelope = app.envelope(id, credential, command);
    envelope.idempotency = app.idempotency("orders", text)?;
    answered(app.ledger(&envelope).await?)
}

/// Why an order is whose it is, in words.
pub(crate) async fn explain(app: &App, id: &ProgramId, order: &str) -> Result<Response, AppError> {
    let command = Command::ExplainOrder {
        id: order.to_owned(),
    };
    let envelope = app.envelope(id, auth::merchant(app), command);
    answered(app.ledger(&envelope).await?)
}

/// An order with its decision.
pub(crate) async fn read(app: &App, id: &ProgramId, order: &str) -> Result<Response, AppError> {
    let command = Command::ReadOrder {
        id: order.to_owned(),
    };
    let envelope = app.envelope(id, auth::merchant(app), command);
    answered(app.ledger(&envelope).await?)
}
