//! The storefront: one page, sent with the signed-in customer's token in its place.
//!
//! The page is read from the repository for every visit (edit, reload), and is sent with a content security policy as
//! strict as the widget allows: the page's own inline script is allowed by its hash, the edge by its address.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use sha2::{Digest, Sha256};
use tokio::fs::read_to_string;

use super::account::token;
use super::app::App;
use super::problem::Problem;

/// The page in the repository, beside the crates.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../index.html");

/// What the tag in the file names, and the server replaces.
const EDGE_IN_FILE: &str = "http://localhost:8787";
const PROGRAM_IN_FILE: &str = "data-program=\"demo\"";
const CUSTOMER_IN_FILE: &str = "data-customer=\"\"";

/// What of the page depends on the edge's address alone.
#[derive(Debug)]
pub struct Page {
    /// `http://localhost:8787`, and `ws://localhost:8787` for the live view.
    origin: String,
    socket: String,
}

impl Page {
    /// For the edge at this address.
    pub fn new(edge: &Url) -> Self {
        let origin = edge.origin().ascii_serialization();
        let socket = origin.replacen("http", "ws", 1);
        Self { origin, socket }
    }

    fn policy(&self, html: &str) -> String {
        let Self { origin, socket } = self;
        let hash = |script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script)));
        let own: String = inline_scripts(html).map(hash).collect();
        // Styles stay open to inline ones: the widget brings its own into its shadow root.
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{own} {origin}; \
             style-src 'self' 'unsafe-inline' {origin}; connect-src 'self' {origin} {socket}; \
             img-src 'self' data: blob: {origin}; font-src {origin}; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

/// `GET /`: the page, or what a shop with another front page does: a redirect that forgets the query.
pub async fn home(state: State<Arc<App>>, headers: HeaderMap) -> Response {
    if state.config.home_redirect {
        return (StatusCode::FOUND, [(LOCATION, "/shop")]).into_response();
    }
    shop(state, headers).await
}

/// `GET /shop`: the page.
pub async fn shop(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let Ok(file) = read_to_string(FILE).await else {
        let message = "The page is not where it was when this store was built.";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no_page", message).into_response();
    };
    let token = token(&app, &headers).await.unwrap_or_default();
    let policy = app.page.policy(&file);
    let mut html = fill(&file, &app.config.edge, &app.config.program, &token);
    if app.config.cookie {
        html = html.replacen(" data-customer=", " data-cookie data-customer=", 1);
    }
    let head = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, &policy),
        // The token is for this browser and this minute.
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (head, html).into_response()
}

/// All three values are of alphabets that need no escaping in an attribute.
fn fill(file: &str, edge: &str, program: &str, token: &str) -> String {
    file.replacen(EDGE_IN_FILE, edge, 1)
        .replacen(PROGRAM_IN_FILE, &format!("data-program=\"{program}\""), 1)
        .replacen(CUSTOMER_IN_FILE, &format!("data-customer=\"{token}\""), 1)
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</script>").map(|(script, _)| script))
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::{CUSTOMER_IN_FILE, EDGE_IN_FILE, PROGRAM_IN_FILE, Page, fill, inline_scripts};

    const FILE: &str = include_str!("../../../index.html");

    #[test]
    fn the_page_carries_exactly_the_tag_of_the_readme() {
        let tag = r#"<script async src="http://localhost:8787/widget.js" data-program="demo" data-customer=""></script>"#;
        assert_eq!(FILE.matches(tag).count(), 1);
        assert_eq!(FILE.matches("<script async").count(), 1);
        for filled in [EDGE_IN_FILE, PROGRAM_IN_FILE, CUSTOMER_IN_FILE] {
            assert_eq!(FILE.matches(filled).count(), 1, "{filled}");
        }
    }

    #[test]
    fn a_visit_gets_the_configured_edge_program_and_customer() {
        let html = fill(FILE, "http://127.0.0.1:4000", "acme", "a.b-c_d");
        let tag = r#"<script async src="http://127.0.0.1:4000/widget.js" data-program="acme" data-customer="a.b-c_d"></script>"#;
        assert_eq!(html.matches(tag).count(), 1);
        assert!(!html.contains("localhost:8787"));
    }

    #[test]
    fn the_policy_names_the_edge_and_the_hash_of_the_pages_own_script() {
        let page = Page::new(&Url::parse("http://localhost:8787/base").unwrap());
        // The hash of `alert('Hello, world.');` is the example of the specification.
        let policy = page.policy("<script>alert('Hello, world.');</script>");
        assert!(
            policy.contains("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' http://localhost:8787 ws://localhost:8787;"),
            "{policy}"
        );
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"));
    }

    #[test]
    fn the_page_has_one_inline_script_and_no_inline_handler() {
        assert_eq!(inline_scripts(FILE).count(), 1);
        assert!(!FILE.contains(" onclick=") && !FILE.contains("javascript:"));
    }
}
