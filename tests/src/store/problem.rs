//! What the shop's own API answers when it says no.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal: a status, a stable code for the page, a sentence for the person.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Value,
}

impl Problem {
    /// A refusal that needs no more than its sentence.
    pub fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "error": code, "message": message }),
        }
    }

    /// Adds a member that helps the page to go on, such as the fields to correct.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.body[member] = value;
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
