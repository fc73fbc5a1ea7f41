//! An answer of the edge, and what is expected of every error among them.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::contract::has_code;

/// Status, headers and body, read to the end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub body: String,
}

impl Answer {
    /// A header, `None` when it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}) from {self:?}"))
    }

    /// The body as JSON of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} {}", self.asked, self.body);
        self.json()
    }

    /// Checks a whole error answer and returns its detail. Every error has this form, whatever route it comes from.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> String {
        let said = format!("{} -> {} {}", self.asked, self.status, self.body);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{said}"
        );
        let problem = self.json();
        assert_eq!(
            (self.status, problem["code"].as_str()),
            (status, Some(code)),
            "{said}"
        );
        assert_eq!(problem["status"], status, "{said}");
        assert_eq!(
            problem["type"],
            format!("urn:goodword:problem:{code}"),
            "{said}"
        );
        assert!(has_code(status, code), "not in openapi.yaml: {said}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{said}");
        if matches!(status, 429 | 503) {
            let seconds = self.header("retry-after").map(str::parse::<u32>);
            assert!(matches!(seconds, Some(Ok(1..))), "no Retry-After on {said}");
        }
        let text = |field: &str| problem[field].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("title").is_empty() && !text("detail").is_empty(),
            "{said}"
        );
        text("detail")
    }

    /// Rows that the command has written, as development builds tell.
    #[track_caller]
    pub fn rows_written(&self) -> u64 {
        let rows = self.header("x-goodword-rows-written");
        rows.and_then(|rows| rows.parse().ok())
            .unwrap_or_else(|| panic!("no count of rows on {}", self.asked))
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, 302, "{} {}", self.asked, self.body);
        self.header("location")
            .unwrap_or_else(|| panic!("a redirect to nowhere from {}", self.asked))
    }
}
