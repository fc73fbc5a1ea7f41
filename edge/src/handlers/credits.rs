//! `/v1/programs/{program}/credits`: how much account credit a customer has, and taking it.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::{Command, TakeRequest};

/// A customer's credit.
pub(crate) async fn read(app: &App, id: &ProgramId, customer: &str) -> Result<Response, AppError> {
    let command = Command::ReadCredit {
        customer_id: customer.into(),
    };
    answered(
        app.ledger(&app.envelope(id, auth::merchant(app), command))
            .await?,
    )
}

/// A customer spends credit.
pub(crate) async fn take(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let request: TakeRequest = body::parse(text)?;
    let mut envelope = app.envelope(id, auth::merchant(app), Command::TakeCredit(request));
    envelope.idempotency = app.idempotency("credits", text)?;
    answered(app.ledger(&envelope).await?)
}
