//! Every error answer there is: RFC 9457 problem+json with a stable `code`, its status, and what to do.
//!
//! The domain's rejections know no HTTP; this table is the only place that gives them a status. What went wrong inside is
//! logged and never answered.

use goodword_shared::rejection::Rejection;
use worker::Response;

use crate::handlers::respond;
use crate::json::object;

/// Why a request was not served.
#[derive(Debug)]
pub(crate) enum AppError {
    /// A rule of the domain says no.
    Rejected(Rejection),
    /// No such route.
    NoRoute,
    /// The route has other methods: these.
    MethodNotAllowed(String),
    /// A value of the query cannot be what it is; the text says what to send.
    QueryInvalid(String),
    /// The URL is longer than any of ours.
    UrlTooLong,
    /// The body is longer than the route takes.
    BodyTooLarge(usize),
    /// The page's origin, this one, is not on the program's list.
    OriginNotAllowed(String),
    /// A share link leads somewhere that is not on the program's list.
    DestinationNotAllowed,
    /// `Idempotency-Key` is not 1 to 255 visible characters.
    IdempotencyKeyInvalid,
    /// The route speaks WebSocket only.
    UpgradeRequired,
    /// Too many requests from one network.
    TooManyRequests,
    /// An object or store did not answer in time.
    Unavailable,
    /// Ours; the text goes to the log.
    Internal(String),
}

/// Longest URL, in bytes: more than any of ours needs, less than what the platform takes.
pub(crate) const URL_LENGTH_MAX: usize = 8_192;

/// What every refusal says it is.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// Seconds after which to come back.
const RETRY_SECONDS: &str = "2";

/// Seconds after which a rate limiter has begun to count anew.
const LIMIT_SECONDS: &str = "60";

/// Seconds after which a cap may have room again.
const CAP_SECONDS: &str = "3600";

impl AppError {
    /// An error of ours, for the log.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// Status, code and what to do.
    fn table(&self) -> (u16, &'static str, String) {
        match self {
            Self::Rejected(rejection) => {
                (status(rejection), rejection.code(), rejection.to_string())
            }
            Self::NoRoute => (
                404,
                "no_route",
                "there is nothing here; see /openapi.yaml".into(),
            ),
            Self::MethodNotAllowed(methods) => (
                405,
                "method_not_allowed",
                format!("this route takes {methods}; see /openapi.yaml"),
            ),
            Self::QueryInvalid(what) => (400, "invalid_query", what.clone()),
            Self::UrlTooLong => (
                414,
                "url_too_long",
                format!("a URL has at most {URL_LENGTH_MAX} bytes"),
            ),
            Self::BodyTooLarge(limit) => {
                (413, "body_too_large", format!("send at most {limit} bytes"))
            }
            Self::OriginNotAllowed(origin) => (
                403,
                "origin_not_allowed",
                format!("add {origin} to allowed_origins in the program's settings"),
            ),
            Self::DestinationNotAllowed => (
                400,
                "destination_not_allowed",
                "`to` must be a path of the store or an address of allowed_destinations".into(),
            ),
            Self::IdempotencyKeyInvalid => (
                400,
                "idempotency_key_invalid",
                "Idempotency-Key takes 1 to 255 visible ASCII characters".into(),
            ),
            Self::UpgradeRequired => (426, "upgrade_required", "connect by WebSocket".into()),
            Self::TooManyRequests => (429, "too_many_requests", "wait before trying again".into()),
            Self::Unavailable => (
                503,
                "unavailable",
                "nothing was lost; try again in a moment".into(),
            ),
            Self::Internal(_) => (
                500,
                "internal",
                "this is our fault; it has been logged".into(),
            ),
        }
    }

    /// The answer.
    pub(crate) fn into_response(self) -> worker::Result<Response> {
        let (status, body, retry_after) = self.parts();
        let response = respond(status, PROBLEM, body)?;
        let headers = response.headers();
        match &self {
            Self::MethodNotAllowed(methods) => headers.set("allow", methods)?,
            // Another origin gets another answer. This one says nothing that the page could not guess, and whoever installs
            // the widget needs to read it.
            Self::OriginNotAllowed(_) => {
                headers.set("vary", "Origin")?;
                headers.set("access-control-allow-origin", "*")?;
            }
            _ => {}
        }
        if let Some(seconds) = retry_after {
            headers.set("retry-after", seconds)?;
        }
        Ok(response)
    }

    /// Status, body and `Retry-After`. What went wrong inside is logged here.
    pub(crate) fn parts(&self) -> (u16, String, Option<&'static str>) {
        if let Self::Internal(what) = self {
            worker::console_error!("[goodword] {what}");
        }
        let (status, code, detail) = self.table();
        let body = object!({
            "code": code, "detail": detail, "status": status, "title": code.replace('_', " "),
            "type": format!("urn:goodword:problem:{code}"),
        });
        let retry_after = match self {
            // A discount is freed when it is used or expires, not in a moment.
            Self::Rejected(_) if status == 429 => Some(CAP_SECONDS),
            Self::TooManyRequests => Some(LIMIT_SECONDS),
            Self::Unavailable => Some(RETRY_SECONDS),
            _ => None,
        };
        (status, body.0, retry_after)
    }
}

/// The status of each rejection.
const fn status(rejection: &Rejection) -> u16 {
    match rejection {
        Rejection::InvalidBody(_) | Rejection::InvalidCursor => 400,
        Rejection::Unauthorized
        | Rejection::SignatureMissing
        | Rejection::SignatureStale
        | Rejection::SignatureForged
        | Rejection::CustomerTokenInvalid
        | Rejection::CustomerTokenExpired
        | Rejection::CustomerTokenNotYetValid
        | Rejection::CustomerTokenAudience
        | Rejection::CustomerTokenLivesTooLong => 401,
        Rejection::ScopeTooSmall(_)
        | Rejection::ExistingCustomer
        | Rejection::AlreadyReferred
        | Rejection::SelfReferral => 403,
        Rejection::UnknownProgram
        | Rejection::UnknownCode
        | Rejection::UnknownReferrer
        | Rejection::NotFound => 404,
        Rejection::ProgramExists
        | Rejection::ExistsWithDifferentAmount
        | Rejection::ExistsWithDifferentCurrency
        | Rejection::ExistsWithDifferentCustomer
        | Rejection::ExistsWithDifferentFact
        | Rejection::RewardStepNotAllowed
        | Rejection::NotEnoughCredit
        | Rejection::NoWebhookUrl
        | Rejection::TooManyKeys
        | Rejection::LastKey => 409,
        Rejection::ProgramEnded | Rejection::ClickTokenExpired | Rejection::ClickTokenUsed => 410,
        Rejection::ClickTokenInvalid
        | Rejection::ProofInvalid
        | Rejection::InvalidSettings(_)
        | Rejection::DryRunTooLarge
        | Rejection::InvalidAmount
        | Rejection::DeliveryUnreadable(_)
        | Rejection::WrongCurrency
        | Rejection::IdempotencyKeyReused => 422,
        Rejection::TooManyDiscountsForCode | Rejection::TooManyDiscountsForSource => 429,
    }
}

impl From<Rejection> for AppError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<worker::Error> for AppError {
    fn from(error: worker::Error) -> Self {
        Self::internal(error)
    }
}
