//! `POST /v1/programs/{program}/discounts/check`: what a discount code is worth on a cart.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::{CheckRequest, Command};

/// The ledger decides; nothing is written.
pub(crate) async fn check(app: &App, id: &ProgramId, text: &str) -> Result<Response, AppError> {
    let request: CheckRequest = body::parse(text)?;
    let envelope = app.envelope(id, auth::merchant(app), Command::CheckDiscount(request));
    answered(app.ledger(&envelope).await?)
}
