//! `POST /test/clock/{program}`: test builds only. Moves a program's clock, in the Worker and in its ledger.

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use serde::Deserialize;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::body;
use crate::clock::set_offset;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};
use crate::memory;

#[derive(Deserialize)]
struct Offset {
    offset_ms: i64,
}

/// What the moved clock makes due is worked on at once.
pub(crate) async fn set(app: &App, program: &str, text: &str) -> Result<Response, AppError> {
    let Offset { offset_ms } = body::parse(text)?;
    let id = ProgramId::parse(program).map_err(|_| Rejection::UnknownProgram)?;
    set_offset(id.as_str(), offset_ms);
    memory::forget_program(id.as_str());
    let mut envelope = app.envelope(&id, Credential::None, Command::SetClock { offset_ms });
    envelope.idempotency = app.idempotency("clock", text)?;
    answered(app.ledger(&envelope).await?)
}
