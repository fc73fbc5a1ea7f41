//! `/v1/programs/{program}/deliveries`: what waits to be told, what was given up, and sending that again.

use goodword_shared::id::ProgramId;
use goodword_shared::money::MINOR_UNITS_MAX;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use serde::Deserialize;
use worker::Response;

use super::{answered, number, storable, word};
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::Command;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    since: Millis,
}

/// At most 200 deliveries after an id: dead letters, or with `state=waiting` those that are still to be made.
pub(crate) async fn list(app: &App, id: &ProgramId, query: &str) -> Result<Response, AppError> {
    let dead = match word(query, "state") {
        None | Some("dead") => true,
        Some("waiting") => false,
        Some(_) => {
            return Err(Rejection::InvalidBody("state: expected dead or waiting".into()).into());
        }
    };
    let after = number(query, "after").unwrap_or_default();
    let command = Command::ListDeliveries { dead, after };
    let envelope = app.envelope(id, auth::merchant(app), command);
    answered(app.ledger(&envelope).await?)
}

/// One dead letter, once more.
pub(crate) async fn replay(
    app: &App,
    id: &ProgramId,
    delivery: &str,
) -> Result<Response, AppError> {
    let number = storable(delivery).ok_or(Rejection::NotFound)?;
    let command = Command::Replay { id: number };
    let mut envelope = app.envelope(id, auth::merchant(app), command);
    // There is no body: the delivery in the path is what tells two requests apart.
    envelope.idempotency = app.idempotency("replayed delivery", delivery)?;
    answered(app.ledger(&envelope).await?)
}

/// All dead letters of deliveries that were made since a time.
pub(crate) async fn replay_since(
    app: &App,
    id: &ProgramId,
    text: &str,
) -> Result<Response, AppError> {
    let Since { since } = body::parse(text)?;
    if since.0.unsigned_abs() > MINOR_UNITS_MAX.unsigned_abs() {
        return Err(Rejection::InvalidBody("since: expected Unix milliseconds".into()).into());
    }
    let command = Command::ReplaySince { since };
    let mut envelope = app.envelope(id, auth::merchant(app), command);
    envelope.idempotency = app.idempotency("replayed deliveries", text)?;
    answered(app.ledger(&envelope).await?)
}
