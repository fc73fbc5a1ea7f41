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

/// 1. The ledger judges the key. 2. The counts are read: days are days since 1970, both included.
pub(crate) async fn read(
    app: &App,
    found: &Found,
    request: &Request,
) -> Result<Response, AppError> {
    let id = ProgramId::parse(found.parameter(0)).map_err(|_| Rejection::UnknownProgram)?;
    let settings = Request {
        url: app.own_url(&format!("/v1/programs/{id}/settings")),
        ..request.clone()
    };
    let judged = app.ledger(&id, &settings).await?;
    if judged.is_refusal() {
        return answered(judged);
    }
    let today = day(crate::clock::now(id.as_str()));
    let asked = |name| {
        let number = request.number(name)?;
        u32::try_from(number).ok()
    };
    let to = asked("to").unwrap_or(today);
    let from = asked("from").unwrap_or(to.saturating_sub(DAYS));
    let mut response =
        within_patience(adapters::tally::read(&app.env, id.as_str(), from, to)).await?;
    json(200, response.text().await?)
}
