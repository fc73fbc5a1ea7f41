//! The edge's parsers of outside bytes, as plain functions for the fuzzer (`tests/fuzz`). Never part of a Worker.
//!
//! What comes out is told as text or as numbers: the fuzzer compares outcomes, and the types stay private.

use crate::error::AppError;
use crate::handlers::exposures;
use crate::ledger::commands::export::key_of;
use crate::ledger::exports::Export;
use crate::redirect;
use crate::request::Request;
use crate::router;

/// Program and command of a request; what was wrong otherwise.
pub fn command(
    method: &str,
    url: &str,
    bearer: Option<&str>,
    body: &str,
) -> Result<String, String> {
    let request = Request {
        method: method.into(),
        url: url.into(),
        body: body.into(),
        bearer: bearer.map(str::to_owned),
        ..Request::default()
    };
    told(read_command(&request))
}

fn read_command(request: &Request) -> Result<String, AppError> {
    let path = redirect::path_of(&request.url).unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let found = router::find(&request.method, path)?;
    let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
    let (program, command) = request.command(&found, route)?;
    Ok(format!("{program}: {command:?}"))
}

/// The key that a cursor of a table's pages stands for.
pub fn cursor(table: &str, cursor: &str) -> Option<String> {
    key_of(Export::of(table)?, cursor)
}

/// The events of a body that says what was shown.
pub fn exposures(body: &str) -> Result<String, String> {
    told(exposures::read(body).map(|events| format!("{events:?}")))
}

/// Route and parameters of a path.
pub fn route(method: &str, path: &str) -> Result<(String, Vec<String>), String> {
    let found = told(router::find(method, path))?;
    let parameters = (0..3).map(|index| found.parameter(index).to_owned());
    Ok((format!("{:?}", found.route), parameters.collect()))
}

/// Program, code and query of a share link.
pub fn share_link(path: &str) -> Option<(Option<&str>, &str, &str)> {
    redirect::read_link(path).map(|link| (link.program, link.code, link.query))
}

/// The way that a share link's query names, where it has nothing else.
pub fn plain_way(query: &str) -> Option<goodword_shared::channel::Way> {
    redirect::plain_way(query)
}

/// The path and query of an absolute URL.
pub fn path_of(url: &str) -> Option<&str> {
    redirect::path_of(url)
}

/// A word in a URL's query.
pub fn word(url: &str, name: &str) -> Option<String> {
    let request = Request {
        url: url.into(),
        ..Request::default()
    };
    request.word(name).map(str::to_owned)
}

/// What follows `Bearer` in `Authorization`.
pub fn bearer(authorization: &str) -> Option<String> {
    crate::auth::bearer(authorization)
}

/// An `Idempotency-Key`, scoped to a route, and the fingerprint of its request.
pub fn idempotency(key: &str, body: &str) -> Result<Option<(String, String)>, String> {
    let read = told(crate::app::idempotency(Some(key), "claims", body))?;
    Ok(read.map(|read| (read.key, read.fingerprint)))
}

/// Whether a user agent draws previews.
pub fn is_previewer(agent: &str) -> bool {
    crate::visitor::is_previewer(Some(agent.into()))
}

/// The network of an address.
pub fn network_prefix(address: &str) -> Option<String> {
    crate::visitor::network_prefix(address)
}

fn told<T>(result: Result<T, AppError>) -> Result<T, String> {
    result.map_err(|error| format!("{error:?}"))
}
