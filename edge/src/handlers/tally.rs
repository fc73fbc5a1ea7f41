//! `GET /v1/programs/{program}/tally?from=DAY&to=DAY`: approximate counts by day, placement, channel and variant.

use goodword_shared::id::ProgramId;
use worker::Response;

use super::{json, number};
use crate::adapters;
use crate::adapters::ledger::within_patience;
use crate::app::App;
use crate::auth;
use crate::counts::day;
use crate::error::AppError;
use crate::ledger::protocol::Command;

/// Days answered when the query names none.
const DAYS: u32 = 30;

/// 1. The ledger judges the key. 2. The counts are read: days are days since 1970, both included.
pub(crate) async fn read(app: &App, id: &ProgramId, query: &str) -> Result<Response, AppError> {
    app.ledger(&app.envelope(id, auth::merchant(app), Command::ReadSettings))
        .await?;
    let today = day(crate::clock::now(id.as_str()));
    let asked = |name| number(query, name).and_then(|day| u32::try_from(day).ok());
    let to = asked("to").unwrap_or(today);
    let from = asked("from").unwrap_or(to.saturating_sub(DAYS));
    let mut response =
        within_patience(adapters::tally::read(&app.env, id.as_str(), from, to)).await?;
    json(200, &response.text().await?)
}
