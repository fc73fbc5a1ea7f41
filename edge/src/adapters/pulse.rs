//! Reaches the Pulse object of a live channel.

use goodword_shared::id::ProgramId;
use worker::{Env, Method, Request, Response, Result};

use crate::config::PULSE;

/// Tells the open pages behind a channel that there is news.
pub(crate) async fn nudge(env: &Env, program: &ProgramId, channel: &str) -> Result<()> {
    let request = Request::new("https://pulse/nudge", Method::Post)?;
    let response = connect(env, program, channel, request).await?;
    if response.status_code() < 300 {
        Ok(())
    } else {
        Err(worker::Error::RustError(format!(
            "pulse answered {}",
            response.status_code()
        )))
    }
}

/// Passes a request to the object of a channel.
pub(crate) async fn connect(
    env: &Env,
    program: &ProgramId,
    channel: &str,
    request: Request,
) -> Result<Response> {
    let stub = env
        .durable_object(PULSE)?
        .get_by_name(&format!("{program}/{channel}"))?;
    stub.fetch_with_request(request).await
}
