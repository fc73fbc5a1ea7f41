//! `POST /v1/programs/{program}/referrers` and `GET .../referrers/me`: a customer's code, link and progress.

use goodword_shared::program::reward::Reward;
use goodword_shared::rejection::Rejection;
use serde::Deserialize;
use worker::Response;

use super::answered;
use crate::app::App;
use crate::auth;
use crate::body;
use crate::config::WRITES;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential};
use crate::memory::LiveProgram;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    customer_token: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

/// Enrols or finds the customer of a token, or the guest of an address. Guests of one network are limited (else
/// too_many_requests); customers are not, because the shop vouches for each.
pub(crate) async fn enrol(app: &App, live: &LiveProgram, text: &str) -> Result<Response, AppError> {
    let enrolment: Enrolment = body::parse(text)?;
    let command = match enrolment {
        Enrolment {
            customer_token: Some(customer_token),
            email: None,
            name: None,
        } => Command::Enrol { customer_token },
        Enrolment {
            customer_token: None,
            email: Some(email),
            name,
        } => {
            app.require_below_limit(WRITES, "guests").await?;
            Command::EnrolGuest { email, name }
        }
        _ => {
            return Err(
                Rejection::InvalidBody("expected either customer_token or email".into()).into(),
            );
        }
    };
    let mut envelope = app.envelope(&live.id, Credential::None, command);
    envelope.idempotency = app.idempotency("referrers", text)?;
    answered(app.ledger(&envelope).await?)
}

/// The same of a customer who is enrolled, for a page that sends its token as `Authorization: Bearer`. Reads only.
pub(crate) async fn me(app: &App, live: &LiveProgram) -> Result<Response, AppError> {
    let customer_token = auth::bearer(app).ok_or(Rejection::CustomerTokenInvalid)?;
    let command = Command::ReadReferrer { customer_token };
    answered(
        app.ledger(&app.envelope(&live.id, Credential::None, command))
            .await?,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    reward: Reward,
}

/// The referrer chooses what to earn. The same again changes nothing, so it needs no idempotency key.
pub(crate) async fn choose(
    app: &App,
    live: &LiveProgram,
    text: &str,
) -> Result<Response, AppError> {
    let customer_token = auth::bearer(app).ok_or(Rejection::CustomerTokenInvalid)?;
    let Choice { reward } = body::parse(text)?;
    let command = Command::ChooseReward {
        customer_token,
        reward: Box::new(reward),
    };
    let envelope = app.envelope(&live.id, Credential::None, command);
    answered(app.ledger(&envelope).await?)
}
