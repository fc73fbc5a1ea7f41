//! Reaches the Tally object of a program.

use goodword_shared::json::write;
use worker::{Env, Method, Request, Response, Result};

use super::post;
use crate::config::TALLY;
use crate::counts::Batch;

/// Adds a batch of counts.
pub(crate) async fn add(env: &Env, program: &str, batch: &Batch) -> Result<()> {
    let body = write(batch);
    let request = post("https://tally/", &body)?;
    let response = ask(env, program, request.into()).await?;
    if response.status_code() < 300 {
        Ok(())
    } else {
        Err(worker::Error::RustError(format!(
            "tally answered {}",
            response.status_code()
        )))
    }
}

/// Reads the counts between two days, both included.
pub(crate) async fn read(env: &Env, program: &str, from: u32, to: u32) -> Result<Response> {
    let url = format!("https://tally/?from={from}&to={to}");
    ask(env, program, Request::new(&url, Method::Get)?).await
}

async fn ask(env: &Env, program: &str, request: Request) -> Result<Response> {
    env.durable_object(TALLY)?
        .get_by_name(program)?
        .fetch_with_request(request)
        .await
}
