//! `/v1/programs/{program}/rewards`: read, review, hand over, take back.

use goodword_shared::id::ProgramId;
use goodword_shared::reward::MerchantStep;
use serde::Deserialize;
use worker::Response;

use super::{answered, word};
use crate::app::App;
use crate::auth;
use crate::body;
use crate::error::AppError;
use crate::ledger::protocol::Command;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    reason: Option<String>,
}

/// At most 50 rewards after an id, in one state or in all.
pub(crate) async fn list(app: &App, id: &ProgramId, query: &str) -> Result<Response, AppError> {
    let command = Command::ListRewards {
        state: word(query, "state").map(str::to_owned),
        after: word(query, "after").map(str::to_owned),
    };
    answered(
        app.ledger(&app.envelope(id, auth::merchant(app), command))
            .await?,
    )
}

/// One reward.
pub(crate) async fn read(app: &App, id: &ProgramId, reward: &str) -> Result<Response, AppError> {
    let command = Command::ReadReward { id: reward.into() };
    answered(
        app.ledger(&app.envelope(id, auth::merchant(app), command))
            .await?,
    )
}

/// What the merchant says of a reward, perhaps with a reason.
pub(crate) async fn step(
    app: &App,
    id: &ProgramId,
    reward: &str,
    name: &str,
    body: &str,
) -> Result<Response, AppError> {
    let step = match name {
        "approve" => MerchantStep::Approve,
        "reject" => MerchantStep::Reject,
        "fulfil" => MerchantStep::Fulfil,
        "fail" => MerchantStep::Fail,
        "redeem" => MerchantStep::Redeem,
        "void" => MerchantStep::Void,
        _ => return Err(AppError::NoRoute),
    };
    let said: Said = if body.trim().is_empty() {
        Said::default()
    } else {
        body::parse(body)?
    };
    let command = Command::StepReward {
        id: reward.into(),
        step,
        reason: said.reason,
    };
    let mut envelope = app.envelope(id, auth::merchant(app), command);
    envelope.idempotency = app.idempotency(&format!("rewards/{reward}/{name}"), body)?;
    answered(app.ledger(&envelope).await?)
}
