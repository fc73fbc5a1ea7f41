//! A shop on whose own host the Worker answers as well, below a path: what a route of the shop's zone does.
//!
//! Its server does with an order what API.md says: one line reads the cookie.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, post};
use reqwest::Client;

use super::edge_stand_in::real;
use super::free_port::{Server, serve};
use crate::harness::own_edge::OwnEdge;
use crate::harness::program::Program;
use crate::harness::setup::Setup;
use crate::store::examples::Tag;
use crate::store::ids::lock;

/// Below which path the Worker answers.
const BELOW: &str = "/refer";

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pages/plain.html");

/// An open shop. Dropping it closes it, and ends its edge.
#[derive(Debug)]
pub struct OwnHost {
    /// Its address, without a slash at its end.
    pub url: String,
    /// Its program.
    pub program: Program,
    inner: Arc<Inner>,
    _server: Server,
    _edge: OwnEdge,
}

#[derive(Debug)]
struct Inner {
    http: Client,
    /// The edge's address without a path.
    edge: String,
    page: Mutex<String>,
    /// The token of each order, as its server has read it.
    tokens: Mutex<Vec<Option<String>>>,
}

impl OwnHost {
    /// Opens one with these attributes on its tag.
    pub async fn open(attributes: &str) -> Self {
        let own = OwnEdge::start_below(BELOW).await;
        let edge = own.edge();
        let inner = Arc::new(Inner {
            http: Client::new(),
            edge: edge.url.trim_end_matches(BELOW).to_owned(),
            page: Mutex::default(),
            tokens: Mutex::default(),
        });
        let routes = Router::new()
            .route("/orders", post(order))
            .route(&format!("{BELOW}/{{*rest}}"), any(worker))
            .fallback(page)
            .with_state(Arc::clone(&inner));
        let (url, server) = serve(routes).await;
        let program = Setup::default()
            .set("store_url", format!("{url}/"))
            .set("allowed_origins", vec![url.as_str()])
            .create(&edge)
            .await;
        let tag = Tag {
            src: format!("{BELOW}/widget.js"),
            program: program.id.clone(),
            customer: String::new(),
            attributes: attributes.to_owned(),
        };
        let html = std::fs::read_to_string(PAGE).expect("a page");
        *lock(&inner.page) = tag.put_into(&html);
        Self {
            url,
            program,
            inner,
            _server: server,
            _edge: own,
        }
    }

    /// Where a friend of Jane's arrives who has followed her link.
    pub async fn invitation(&self) -> String {
        let token = self.program.click_on_janes().await;
        format!("{}/?gw={token}", self.url)
    }

    /// The tokens of all orders, in their order: what its server has found in the cookie of the program.
    pub fn tokens(&self) -> Vec<Option<String>> {
        lock(&self.inner.tokens).clone()
    }
}

async fn page(State(shop): State<Arc<Inner>>) -> Html<String> {
    Html(lock(&shop.page).clone())
}

/// The request as the Worker gets it: under the shop's own name.
async fn worker(State(shop): State<Arc<Inner>>, request: Request) -> Response {
    real(&shop.http, &shop.edge, request, false).await
}

async fn order(State(shop): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let cookies = headers.get(COOKIE).map(HeaderValue::to_str);
    let cookies = cookies.and_then(Result::ok).unwrap_or_default();
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    let ours = pairs.find(|(name, _)| name.starts_with("__Secure-goodword-"));
    lock(&shop.tokens).push(ours.map(|(_, token)| token.to_owned()));
    StatusCode::NO_CONTENT.into_response()
}
