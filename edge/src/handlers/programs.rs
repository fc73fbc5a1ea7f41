//! `GET /v1/programs?after=CURSOR`: the ids of all programs of this deployment, a thousand at a time.
//!
//! KV lists them, as every data centre knows them: one that was created a minute ago may be missing.

use worker::Response;

use super::json;
use crate::adapters::ledger::within_patience;
use crate::adapters::programs;
use crate::app::App;
use crate::auth::credential;
use crate::config::{READS, worker_secret};
use crate::error::AppError;
use crate::ledger::protocol::Credential;
use crate::request::Request;
use crate::router::Found;
use goodword_shared::rejection::Rejection;

/// 1. Not too often from one network (else too_many_requests). 2. Only the administrator (else unauthorized). 3. The cursor is
///    one of KV's (else invalid_query).
pub(crate) async fn list(
    app: &App,
    found: &Found,
    mut request: Request,
) -> Result<Response, AppError> {
    app.require_below_limit(READS, "programs").await?;
    let secret = worker_secret(&app.env);
    let caller = credential(found.caller, &mut request, secret.as_ref());
    if !matches!(caller, Credential::Admin) {
        return Err(Rejection::Unauthorized.into());
    }
    match within_patience(programs::list(&app.env, request.word("after"))).await? {
        Some(page) => json(200, page),
        None => Err(AppError::QueryInvalid(
            "after: expected `next` of another page".into(),
        )),
    }
}
