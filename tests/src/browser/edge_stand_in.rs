//! An edge that serves the widget's files and fails at something else: what a bad day of the real one looks like.

use std::future::pending;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL,
    CONTENT_TYPE, HOST, ORIGIN, SET_COOKIE,
};
use axum::response::{IntoResponse, Response};
use reqwest::Client;

use super::free_port::{Server, serve};
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
    /// It takes every question, and never says anything.
    ByHanging,
    /// It is the real one, but for one byte of the WebAssembly.
    InTheWasm,
    /// It is the real one, but for one byte of the loader that is called by its hash.
    InTheLoader,
}

impl Fails {
    async fn answer(self) -> Response {
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
            Self::ByHanging | Self::InTheWasm | Self::InTheLoader => return pending().await,
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
    _server: Server,
}

struct Inner {
    fails: Fails,
    files: String,
    http: Client,
}

impl StandIn {
    /// One that fails like this, with the files of the real edge.
    pub async fn start(fails: Fails) -> Self {
        let inner = Arc::new(Inner {
            fails,
            files: Edge::shared().url,
            http: Client::new(),
        });
        let routes = Router::new().fallback(answer).with_state(inner);
        let (url, server) = serve(routes).await;
        Self {
            url,
            _server: server,
        }
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let asset = path.starts_with("/assets/");
    let served = path == "/widget.js" || asset && inner.fails != Fails::WithHtmlForTheFilesToo;
    match inner.fails {
        Fails::InTheWasm => inner.real(request, path.ends_with("/widget.wasm")).await,
        Fails::InTheLoader => inner.real(request, path.starts_with("/widget-")).await,
        _ if served => inner.real(request, false).await,
        fails => fails.answer().await,
    }
}

impl Inner {
    async fn real(&self, request: Request, spoilt: bool) -> Response {
        real(&self.http, &self.files, request, spoilt).await
    }
}

/// What the real edge says, perhaps with its last byte changed.
pub(super) async fn real(http: &Client, edge: &str, request: Request, spoilt: bool) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().expect("a path");
    let body = to_bytes(body, 1_000_000).await.expect("a body");
    let mut asked = http.request(head.method, format!("{edge}{path}"));
    for name in [HOST, ORIGIN, CONTENT_TYPE, AUTHORIZATION] {
        if let Some(value) = head.headers.get(&name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.body(body).send().await.expect("an answer");
    let mut said = Response::builder().status(answer.status());
    for name in [
        CONTENT_TYPE,
        ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_ALLOW_HEADERS,
        SET_COOKIE,
    ] {
        if let Some(value) = answer.headers().get(&name) {
            said = said.header(name, value);
        }
    }
    let mut bytes = answer.bytes().await.expect("a body").to_vec();
    if spoilt && let Some(last) = bytes.last_mut() {
        // Of a script, it is a line feed.
        *last ^= 1 << 5;
    }
    let said = said.header(CACHE_CONTROL, "no-store");
    said.body(Body::from(bytes)).expect("an answer")
}
