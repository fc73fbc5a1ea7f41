//! One resource a file: parse, call the ledger, answer. What each route does is documented where it is done.

pub(crate) mod claims;
#[cfg(feature = "test-clock")]
pub(crate) mod clock;
pub(crate) mod credits;
pub(crate) mod deliveries;
pub(crate) mod discounts;
pub(crate) mod events;
pub(crate) mod exposures;
pub(crate) mod facts;
pub(crate) mod front;
pub(crate) mod health;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod log;
pub(crate) mod orders;
pub(crate) mod programs;
pub(crate) mod referrers;
pub(crate) mod rewards;
pub(crate) mod settings;
pub(crate) mod tally;
pub(crate) mod touches;

use goodword_shared::money::MINOR_UNITS_MAX;
use worker::{Headers, Response};

use crate::adapters::ledger::Answer;
use crate::config::ROWS_WRITTEN_HEADER;
use crate::error::AppError;

/// A ledger's answer as the caller gets it.
pub(crate) fn answered(answer: Answer) -> Result<Response, AppError> {
    let response = json(answer.status, &answer.body)?;
    if let Some(rows) = answer.rows_written.filter(|_| cfg!(feature = "dev")) {
        response.headers().set(ROWS_WRITTEN_HEADER, &rows)?;
    }
    Ok(response)
}

/// A JSON answer that nobody keeps.
pub(crate) fn json(status: u16, body: &str) -> Result<Response, AppError> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    Ok(Response::ok(body)?
        .with_status(status)
        .with_headers(headers))
}

/// A number in a query such as `after=3&from=1`.
pub(crate) fn number(query: &str, name: &str) -> Option<i64> {
    storable(word(query, name)?)
}

/// A number that the ledger can compare with: the runtime rounds what is larger.
pub(crate) fn storable(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.unsigned_abs() <= MINOR_UNITS_MAX.unsigned_abs()).then_some(number)
}

/// A word in a query such as `state=dead&after=3`.
pub(crate) fn word<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })
}
