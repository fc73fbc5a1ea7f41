//! Introductions: what a friend has written into `<goodword-lead>` on an example page.

use axum::Json;
use axum::http::StatusCode;
use serde_json::Value;

/// `POST /leads`: taken, if there is somebody to answer. A real shop keeps it, and reports it to the program as an event once it is
/// worth something.
pub async fn take(Json(lead): Json<Value>) -> StatusCode {
    let written = |field: &str| lead[field].as_str().is_some_and(|text| !text.is_empty());
    if ["id", "name", "email", "need"].into_iter().all(written) && lead["consent"] == true {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}
