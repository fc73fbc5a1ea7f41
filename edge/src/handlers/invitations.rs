//! `GET /v1/programs/{program}/invitations/{token}`: what a click offers, and whether it is for the customer who looks.

use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::config::READS;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};
use crate::memory::LiveProgram;

/// Reads, and writes nothing. Not too often from one network (else too_many_requests).
pub(crate) async fn read(app: &App, live: &LiveProgram, token: &str) -> Result<Response, AppError> {
    app.require_below_limit(READS, "invitations").await?;
    let command = Command::ReadInvitation {
        token: token.to_owned(),
        customer_token: auth::bearer(app),
    };
    answered(
        app.ledger(&app.envelope(&live.id, Credential::None, command))
            .await?,
    )
}
