//! An edge that serves the widget's files and fails at everything else: what a bad day of the real one looks like.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::harness::edge::Edge;

/// How it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// 500, with a page for people.
    With500,
    /// 200, with bytes that mean nothing.
    WithGarbage,
    /// 200, with a page, as captive portals do.
    WithHtml,
    /// 200, with JSON of another make.
    WithOtherJson,
    /// Only the loader is served, and everything else is a page.
    WithHtmlForTheFilesToo,
}

impl Fails {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::With500,
        Self::WithGarbage,
        Self::WithHtml,
        Self::WithOtherJson,
        Self::WithHtmlForTheFilesToo,
    ];

    fn answer(self) -> Response {
        let page = "<!doctype html><title>Sign in to Wi-Fi</title><h1>Welcome</h1>";
        let (status, kind, body) = match self {
            Self::With500 => (StatusCode::INTERNAL_SERVER_ERROR, "text/html", page),
            Self::WithGarbage => (
                StatusCode::OK,
                "application/json",
                "\u{0}\u{fffd}{\"a\":[[[\u{7}",
            ),
            Self::WithHtml | Self::WithHtmlForTheFilesToo => (StatusCode::OK, "text/html", page),
            Self::WithOtherJson => (
                StatusCode::OK,
                "application/json",
                "[{\"code\":7,\"link\":{}}]",
            ),
        };
        let head = [(CONTENT_TYPE, kind), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
        (status, head, body).into_response()
    }
}

/// A running stand-in. Dropping it ends it.
#[derive(Debug)]
pub struct StandIn {
    /// Its address, without a slash at its end.
    pub url: String,
    server: JoinHandle<()>,
}

struct Inner {
    fails: Fails,
    files: String,
    http: Client,
}

impl StandIn {
    /// One that fails like this, with the files of the real edge.
    pub async fn start(fails: Fails) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner {
            fails,
            files: Edge::shared().url,
            http: Client::new(),
        });
        let routes = Router::new().fallback(answer).with_state(inner);
        let server = tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("it serves for ever");
        });
        Self { url, server }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(inner): State<Arc<Inner>>, uri: Uri) -> Response {
    let asset = uri.path().starts_with("/assets/");
    let served =
        uri.path() == "/widget.js" || asset && inner.fails != Fails::WithHtmlForTheFilesToo;
    if !served {
        return inner.fails.answer();
    }
    let file = inner
        .http
        .get(format!("{}{}", inner.files, uri.path()))
        .send()
        .await
        .expect("a file");
    let kind = file.headers()[CONTENT_TYPE].clone();
    let bytes = file.bytes().await.expect("a file");
    let head = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (CACHE_CONTROL, "no-store"),
    ];
    (head, [(CONTENT_TYPE, kind)], bytes).into_response()
}
