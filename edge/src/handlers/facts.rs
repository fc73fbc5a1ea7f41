//! `GET /v1/programs/{program}/facts?after=SEQ`: facts for measuring.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::{answered, number};
use crate::app::App;
use crate::auth;
use crate::error::AppError;
use crate::ledger::protocol::Command;

/// At most 500 facts after a sequence number.
pub(crate) async fn read(app: &App, id: &ProgramId, query: &str) -> Result<Response, AppError> {
    let after = number(query, "after").unwrap_or_default();
    let envelope = app.envelope(id, auth::merchant(app), Command::ReadFacts { after });
    answered(app.ledger(&envelope).await?)
}
