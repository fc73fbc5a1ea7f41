//! `POST /v1/programs/{program}/claims`: the invitee takes the offer.

use worker::Response;

use super::answered;
use crate::app::App;
use crate::body;
use crate::clock::now;
use crate::config::WRITES;
use crate::counts::{Counted, count};
use crate::error::AppError;
use crate::ledger::protocol::{ClaimRequest, Command, Credential};
use crate::memory::LiveProgram;

/// 1. Not too often from one network (else too_many_requests). 2. The ledger decides. 3. A new claim is counted.
pub(crate) async fn claim(app: &App, live: &LiveProgram, text: &str) -> Result<Response, AppError> {
    app.require_below_limit(WRITES, "claims").await?;
    let request: ClaimRequest = body::parse(text)?;
    let mut envelope = app.envelope(&live.id, Credential::None, Command::Claim(request));
    envelope.idempotency = app.idempotency("claims", text)?;
    let answer = app.ledger(&envelope).await?;
    if let Some((channel, variant)) = answer.claimed_by {
        let program = live.id.as_str();
        count(
            program,
            Counted::Claimed,
            "invite",
            channel,
            variant,
            now(program),
        );
        app.flush_counts();
    }
    answered(answer)
}
