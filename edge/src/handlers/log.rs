//! `GET /v1/programs/{program}/log?after=SEQ`: the activity log.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::{answered, number};
use crate::app::App;
use crate::auth;
use crate::error::AppError;
use crate::ledger::protocol::Command;

/// At most 200 lines after a sequence number.
pub(crate) async fn read(app: &App, id: &ProgramId, query: &str) -> Result<Response, AppError> {
    let after = number(query, "after").unwrap_or_default();
    let envelope = app.envelope(id, auth::merchant(app), Command::ReadLog { after });
    answered(app.ledger(&envelope).await?)
}
