//! `GET /healthz`: the Worker runs, and this is the build.

use worker::Response;

use super::json;
use crate::app::App;
use crate::config::{BUILD_MARKERS, worker_secret};
use crate::error::AppError;
use crate::json::object;

/// 200 when the Worker can work, 503 when it has no usable secret.
pub(crate) fn health(app: &App) -> Result<Response, AppError> {
    let ready = worker_secret(&app.env).is_some();
    let version = env!("CARGO_PKG_VERSION");
    let body = object!({ "features": BUILD_MARKERS, "ready": ready, "version": version });
    json(if ready { 200 } else { 503 }, body.0)
}
