//! The release as a host sends it: compressed, and kept by browsers. Everything else is asked of the real edge.
//!
//! Beside it is a floor: a script of the loader's size, which fetches one file of the size of all that a view needs. Nothing that is
//! fetched in two steps can be there sooner.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use reqwest::Client;

use super::edge_stand_in::real;
use super::free_port::{Server, serve};
use crate::harness::edge::Edge;

/// The script of the floor.
const STUB: &str = "fetch(new URL('rest.bin',document.currentScript.src)).then((it)=>it.arrayBuffer()).then(()=>{there=performance.now()})//";

/// What each view is made of, beside the loader.
const VIEWS: [(&str, &[&str]); 2] = [
    ("banner", &["invite.js", "style.js"]),
    ("dialog", &["widget.js", "widget.wasm", "style.js"]),
];

/// A running carrier. Dropping it ends it.
#[derive(Debug)]
pub struct Carrier {
    /// Its address, without a slash at its end.
    pub url: String,
    _server: Server,
}

struct Load {
    /// Every file of the release, compressed, under its own name.
    folder: PathBuf,
    loader: usize,
    views: BTreeMap<&'static str, usize>,
    edge: String,
    http: Client,
}

impl Carrier {
    /// Serves the compressed release in this folder.
    pub async fn start(folder: &std::path::Path) -> Self {
        let mut assets = std::fs::read_dir(folder.join("assets")).expect("a folder");
        let assets = assets.next().expect("a release").expect("a release").path();
        let size = |names: &[&str]| {
            names
                .iter()
                .map(|name| read(&assets.join(name)).len())
                .sum()
        };
        let load = Arc::new(Load {
            folder: folder.to_owned(),
            loader: read(&folder.join("widget.js")).len(),
            views: VIEWS
                .into_iter()
                .map(|(view, names)| (view, size(names)))
                .collect(),
            edge: Edge::shared().url,
            http: Client::new(),
        });
        let routes = Router::new()
            .route("/floor/{view}", get(floor))
            .route("/{view}/stub.js", get(stub))
            .route("/{view}/rest.bin", get(rest))
            .fallback(file_or_answer)
            .with_state(load);
        let (url, server) = serve(routes).await;
        Self {
            url,
            _server: server,
        }
    }
}

async fn floor(Path(view): Path<String>) -> Html<String> {
    Html(format!(
        "<!doctype html><link rel=\"icon\" href=\"data:,\"><script async src=\"/{view}/stub.js\"></script><p>A page",
    ))
}

async fn stub(State(load): State<Arc<Load>>) -> Response {
    let padded = format!("{STUB:a<width$}", width = load.loader);
    assert_eq!(padded.len(), load.loader, "a stub of the loader's size");
    kept("text/javascript", padded.into())
}

async fn rest(State(load): State<Arc<Load>>, Path(view): Path<String>) -> Response {
    kept(
        "application/octet-stream",
        vec![0; load.views[view.as_str()]],
    )
}

async fn file_or_answer(State(load): State<Arc<Load>>, request: Request) -> Response {
    let path = request.uri().path();
    let name = path.trim_start_matches('/');
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        Some((_, "wasm")) => "application/wasm",
        Some((_, "json")) if name.starts_with("assets/") => "application/json",
        _ => return real(&load.http, &load.edge, request, false).await,
    };
    let mut answer = kept(kind, read(&load.folder.join(name)));
    let encoding = "br".parse().expect("a value");
    answer.headers_mut().insert(CONTENT_ENCODING, encoding);
    answer
}

fn read(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn kept(kind: &'static str, bytes: Vec<u8>) -> Response {
    let head = [
        (CONTENT_TYPE, kind),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (head, Body::from(bytes)).into_response()
}
