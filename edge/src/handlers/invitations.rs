//! `GET /v1/programs/{program}/invitations/{token}`: what a click offers.

use worker::Response;

use super::answered;
use crate::app::App;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};
use crate::memory::LiveProgram;

/// Reads, and writes nothing.
pub(crate) async fn read(app: &App, live: &LiveProgram, token: &str) -> Result<Response, AppError> {
    let command = Command::ReadInvitation {
        token: token.to_owned(),
    };
    answered(
        app.ledger(&app.envelope(&live.id, Credential::None, command))
            .await?,
    )
}
