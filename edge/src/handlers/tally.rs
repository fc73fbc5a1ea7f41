//! `GET /v1/programs/{program}/tally?from=DAY&to=DAY`: approximate counts by day, placement, channel and variant.

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use worker::Response;

use super::{answered, json};
use crate::adapters;
use crate::adapters::ledger::within_patience;
use crate::app::App;
use crate::counts::day;
use crate::error::AppError;
use crate::request::Request;
use crate::router::Found;

/// Days answered when the query names none.
const DAYS: u32 = 30;

/// 1. Days are whole numbers of days since 1970, both included, in their order (else invalid_query). 2. The ledger judges the
///    key. 3. The counts are read.
pub(crate) async fn read(
    app: &App,
    found: &Found,
    request: &Request,
) -> Result<Response, AppError> {
    let id = ProgramId::parse(found.parameter(0)).map_err(|_| Rejection::UnknownProgram)?;
    let (from, to) = days(request, day(crate::clock::now(id.as_str())))?;
    let judged = app.ledger(&id, request).await?;
    if judged.is_refusal() {
        return answered(judged);
    }
    let mut response =
        within_patience(adapters::tally::read(&app.env, id.as_str(), from, to)).await?;
    json(200, response.text().await?)
}

/// The first and the last day that the query asks for.
pub(crate) fn days(request: &Request, today: u32) -> Result<(u32, u32), AppError> {
    let to = asked(request, "to")?.unwrap_or(today);
    let from = asked(request, "from")?.unwrap_or(to.saturating_sub(DAYS));
    if from > to {
        let what = format!("from: day {from} is after day {to}, which is `to` or today");
        return Err(AppError::QueryInvalid(what));
    }
    Ok((from, to))
}

/// The day that the query names.
fn asked(request: &Request, name: &str) -> Result<Option<u32>, AppError> {
    let Some(text) = request.word(name) else {
        return Ok(None);
    };
    let what = "expected a day as days since 1970, such as 20782 for 25 November 2026";
    match text.parse() {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err(AppError::QueryInvalid(format!("{name}: {what}"))),
    }
}
