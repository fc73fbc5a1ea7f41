//! Calls a ledger object, for no longer than a caller would wait.

use std::time::Duration;

use futures_util::future::{Either, select};
use goodword_shared::channel::Channel;
use goodword_shared::id::ProgramId;
use worker::{Delay, Env, Response};

use super::post;
use crate::config::{FAULT_HEADER, LEDGER, ROWS_WRITTEN_HEADER};
use crate::error::AppError;
use crate::ledger::ledger_for;
use crate::ledger::protocol::{Envelope, Reply};

/// Longest wait for an object. It may be starting, or gone: the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a ledger answered, and the rows it wrote.
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: String,
    /// Channel and variant of a new claim.
    pub(crate) claimed_by: Option<(Channel, u8)>,
    /// Rows written, for development builds.
    pub(crate) rows_written: Option<String>,
}

/// Sends a command to the ledger of its program.
pub(crate) async fn call(
    env: &Env,
    envelope: &Envelope,
    fault: Option<&str>,
) -> Result<Answer, AppError> {
    let body = serde_json::to_string(envelope).map_err(AppError::internal)?;
    let mut response = within_patience(send(env, &envelope.program, &body, fault)).await?;
    let rows_written = response.headers().get(ROWS_WRITTEN_HEADER).ok().flatten();
    if response.status_code() != 200 {
        return Err(AppError::Internal("the ledger is broken".into()));
    }
    let text = within_patience(async { response.text().await }).await?;
    match goodword_shared::json::parse(&text).map_err(AppError::internal)? {
        Reply::Done {
            status,
            body,
            claimed_by,
        } => Ok(Answer {
            status,
            body,
            claimed_by,
            rows_written,
        }),
        Reply::Rejected(rejection) => Err(AppError::Rejected(rejection)),
    }
}

/// Waits for an object, but not for ever.
pub(crate) async fn within_patience<T>(
    work: impl Future<Output = worker::Result<T>>,
) -> Result<T, AppError> {
    match select(Box::pin(work), Delay::from(PATIENCE)).await {
        Either::Left((Ok(value), _)) => Ok(value),
        Either::Left((Err(error), _)) => {
            worker::console_error!("[goodword] object: {error}");
            Err(AppError::Unavailable)
        }
        Either::Right(((), _)) => Err(AppError::Unavailable),
    }
}

async fn send(
    env: &Env,
    program: &ProgramId,
    body: &str,
    fault: Option<&str>,
) -> worker::Result<Response> {
    let request = post("https://ledger/", body)?;
    if let Some(fault) = fault.filter(|_| cfg!(feature = "dev")) {
        request.headers().set(FAULT_HEADER, fault)?;
    }
    let name = ledger_for(program, None);
    env.durable_object(LEDGER)?
        .get_by_name(&name)?
        .fetch_with_request(request.into())
        .await
}
