//! `GET /v1/programs/{program}/live/{channel}`: news for an open page, by WebSocket.

use worker::{Request, Response};

use crate::adapters::ledger::within_patience;
use crate::adapters::pulse;
use crate::app::App;
use crate::config::WRITES;
use crate::error::AppError;
use crate::memory::LiveProgram;

/// Digits of a channel: a keyed hash, which nobody can guess.
const CHANNEL_LENGTH: usize = 32;

/// 1. The channel must look like one (else no_route). 2. The request must be an upgrade. 3. The channel's object takes the
///    socket; it hibernates while nothing happens.
pub(crate) async fn connect(
    app: &App,
    live: &LiveProgram,
    channel: &str,
) -> Result<Response, AppError> {
    let shaped = channel.len() == CHANNEL_LENGTH && channel.bytes().all(|b| b.is_ascii_hexdigit());
    if !shaped {
        return Err(AppError::NoRoute);
    }
    let upgrade = app
        .header("upgrade")
        .is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    // A socket has no answer without it: nothing else than GET may open one.
    if !upgrade || app.request().method() != "GET" {
        return Err(AppError::UpgradeRequired);
    }
    app.require_below_limit(WRITES, "live").await?;
    let request = Request::from(Clone::clone(app.request()));
    let answer = within_patience(pulse::connect(&app.env, &live.id, channel, request)).await?;
    match answer.status_code() {
        101 => Ok(answer),
        429 => Err(AppError::TooManyRequests),
        status => Err(AppError::Internal(format!("pulse answered {status}"))),
    }
}
