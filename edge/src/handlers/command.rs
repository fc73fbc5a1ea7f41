//! Whatever the ledger decides: every route but the few that have a file of their own.

use worker::Response;

use super::answered;
use crate::app::App;
use crate::clock::now;
use crate::config::{READS, WRITES};
use crate::counts::{Counted, count};
use crate::error::AppError;
use crate::ledger::protocol::Command;
use crate::memory;
use crate::request::Request;
use crate::router::{Caller, Found, Route};
use goodword_shared::cookie::invitation_cookie;
use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;

/// 1. A report must be signed (else signature_missing). 2. The request must be as documented (else invalid_body). 3. What
///    strangers may do is not done too often from one network (else too_many_requests). 4. The ledger judges the
///    credential, and carries the command out. 5. A new claim is counted, and its click kept as a cookie if the page asks for
///    that; changed settings and keys are read anew.
pub(crate) async fn carry_out(
    app: &App,
    found: &Found,
    route: Route,
    request: &Request,
) -> Result<Response, AppError> {
    if found.caller == Caller::Shop && request.signed.is_none() {
        return Err(Rejection::SignatureMissing.into());
    }
    let (program, limited, kept) = {
        let (program, command) = request.command(found, route)?;
        #[cfg(feature = "test-clock")]
        if let Command::SetClock { offset_ms } = command {
            crate::clock::set_offset(program.as_str(), offset_ms);
            memory::forget_program(program.as_str());
        }
        (program, limit(&command), kept(command))
    };
    if let Some((limit, what)) = limited {
        app.require_below_limit(limit, what).await?;
    }
    let answer = app.ledger(&program, request).await?;
    if !answer.is_refusal() && changes_the_record(route) {
        memory::forget_program(program.as_str());
    }
    if let Some((channel, variant)) = answer.claimed_by {
        let program = program.as_str();
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
    let is_refusal = answer.is_refusal();
    let response = answered(answer)?;
    if let Some(token) = kept.filter(|_| !is_refusal) {
        keep(app, &program, &token, &response)?;
    }
    Ok(response)
}

/// The click that a claim wants to be kept.
fn kept(command: Command) -> Option<String> {
    match command {
        Command::Claim(claim) if claim.keep == Some(true) => claim.token,
        _ => None,
    }
}

/// Keeps a click as a cookie of the shop's own, where the page that asks is of the same site as this Worker.
fn keep(app: &App, program: &ProgramId, token: &str, response: &Response) -> Result<(), AppError> {
    let page = app.header("origin").unwrap_or_default();
    if let Some(cookie) = invitation_cookie(program, token, app.url(), &page) {
        response.headers().set("set-cookie", &cookie)?;
    }
    Ok(())
}

/// What strangers may do, and how it is counted. Customers are not limited, because the shop vouches for each.
const fn limit(command: &Command) -> Option<(&'static str, &'static str)> {
    match command {
        Command::Claim(_) => Some((WRITES, "claims")),
        Command::EnrolGuest { .. } => Some((WRITES, "guests")),
        Command::RequestProof { .. } => Some((WRITES, "proofs")),
        Command::RedeemProof { .. } => Some((WRITES, "redeemed")),
        Command::ReadInvitation { .. } => Some((READS, "invitations")),
        _ => None,
    }
}

/// Whether the program's record is another afterwards.
const fn changes_the_record(route: Route) -> bool {
    matches!(
        route,
        Route::CreateProgram | Route::ChangeSettings | Route::CreateKey | Route::RevokeKey
    )
}
