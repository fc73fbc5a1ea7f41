//! The edge's parsers of outside bytes, as plain functions for the fuzzer (`tests/fuzz`). Never part of a Worker.
//!
//! What comes out is told as text or as numbers: the fuzzer compares outcomes, and the types stay private.

use goodword_shared::history::Former;
use goodword_shared::keyed_hash::SecretKey;

use crate::auth;
use crate::counts::Batch;
use crate::error::AppError;
use crate::handlers::{export, exposures, import, tally};
use crate::ledger::commands::export::key_of;
use crate::ledger::commands::{block_list, claim, export_person, risk};
use crate::ledger::exports::Export;
use crate::ledger::intake::Head;
use crate::ledger::protocol::{BlockEntry, BlockKind};
use crate::redirect;
use crate::request::{Request, scope};
use crate::router::{self, Found};
use crate::vault::WorkerSecret;
use crate::visitor;

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
    let found = found(request)?;
    let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
    let (program, command) = request.command(&found, route)?;
    Ok(format!("{program}: {command:?}"))
}

fn found(request: &Request) -> Result<Found, AppError> {
    let path = redirect::path_of(&request.url).unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    router::find(&request.method, path)
}

fn with_url(url: &str) -> Request {
    Request {
        url: url.into(),
        ..Request::default()
    }
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
    with_url(url).word(name).map(str::to_owned)
}

/// What follows `Bearer` in `Authorization`.
pub fn bearer(authorization: &str) -> Option<String> {
    auth::bearer(authorization)
}

/// An `Idempotency-Key`, scoped to a route, and the fingerprint of its request.
pub fn idempotency(key: &str, body: &str) -> Result<Option<(String, String)>, String> {
    let read = told(crate::app::idempotency(Some(key), "claims", body))?;
    Ok(read.map(|read| (read.key, read.fingerprint)))
}

/// The head of a report, line by line.
pub fn report_head(text: &str) -> [Option<String>; 7] {
    let head = Head::read(text);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let [id, timestamp, signature] = head
        .signed
        .map_or([const { None }; 3], |signed| signed.map(Some));
    [
        Some(head.program.to_owned()),
        Some(head.url.to_owned()),
        owned(head.network),
        id,
        timestamp,
        signature,
        owned(head.idempotency_key),
    ]
}

/// The parts of a request, after they have been one.
pub fn passed_on(parts: &[Option<String>]) -> Vec<Option<String>> {
    let request = Request::from_parts(&mut parts.iter().cloned());
    request.parts().map(|part| part.map(str::to_owned)).into()
}

/// What a ledger takes a request for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Program and command.
    pub command: String,
    /// Who calls.
    pub credential: String,
    /// Scoped key and fingerprint.
    pub idempotency: Option<(String, String)>,
    /// The caller's network.
    pub network: Option<String>,
}

/// A request of these parts, read as a ledger does.
pub fn taken(parts: &[Option<String>]) -> Result<Taken, String> {
    told(take(Request::from_parts(&mut parts.iter().cloned())))
}

fn take(mut request: Request) -> Result<Taken, AppError> {
    let command = read_command(&request)?;
    let found = found(&request)?;
    let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
    let idempotency = match scope(&request, &found, route) {
        Some((name, text)) => {
            crate::app::idempotency(request.idempotency_key.as_deref(), &name, text)?
        }
        None => None,
    };
    let network = request.network.as_deref().and_then(visitor::network_prefix);
    let secret = WorkerSecret::parse(&"5a".repeat(32), None);
    let credential = auth::credential(found.caller, &mut request, secret.as_ref());
    Ok(Taken {
        command,
        credential: format!("{credential:?}"),
        idempotency: idempotency.map(|read| (read.key, read.fingerprint)),
        network,
    })
}

/// The first and the last day that are asked of a tally.
pub fn tally_days(url: &str, today: u32) -> Result<(u32, u32), String> {
    told(tally::days(&with_url(url), today))
}

/// A day of a query, as the tally itself reads it.
pub fn tally_day(url: &str, name: &str) -> i64 {
    crate::tally::day_of(url, name)
}

/// Counts as they come to the tally, written as they are sent.
pub fn tally_batch(text: &str) -> Option<(usize, String)> {
    let batch: Batch = goodword_shared::json::parse(text).ok()?;
    Some((batch.len(), serde_json::to_string(&batch).ok()?))
}

/// Whether an export is asked for as CSV.
pub fn is_csv(url: &str, accept: Option<&str>) -> Result<bool, String> {
    told(export::is_csv(&with_url(url), || accept.map(str::to_owned)))
}

/// Person, part and record of a cursor.
pub fn place(cursor: &str) -> Option<[String; 3]> {
    let place = export_person::place(cursor).ok()?;
    Some([place.person, place.part, place.record])
}

/// An entry of a block-list: as what it is compared, and with what.
pub fn block(kind: &str, value: &str) -> Option<(&'static str, String)> {
    let kind = serde_json::to_string(kind).ok()?;
    let kind: BlockKind = goodword_shared::json::parse(&kind).ok()?;
    let value = value.to_owned();
    let blocked = block_list::read(&SecretKey([1; 32]), &BlockEntry { kind, value })?;
    Some((blocked.kind, blocked.value))
}

/// Whether this is an id of a browser.
pub fn is_browser_id(text: &str) -> bool {
    risk::browser_id(text).is_ok()
}

/// Whether this is an id of a claim.
pub fn is_claim_id(text: &str) -> bool {
    claim::is_claim_id(text)
}

/// Batches of a file of customers, how many lines were read, and how many of them were bad.
pub fn customers(pieces: &[&[u8]]) -> Result<(Vec<String>, u64, u64), String> {
    told(import::read(pieces))
}

/// How many customers a ledger finds in a batch.
pub fn batch(lines: &str) -> Option<usize> {
    let lines = lines.lines().map(Former::from_line);
    let former: Vec<Former> = lines.collect::<Result<_, _>>().ok()?;
    Some(former.len())
}

/// Who is one caller, of an address and the host of a Worker.
pub fn caller_of(address: &str, worker: &str) -> String {
    visitor::caller_of(address, worker)
}

/// Whether a person follows a link, by what their browser says of the request.
pub fn is_followed(destination: Option<&str>, mode: Option<&str>) -> bool {
    visitor::is_followed(|name| {
        let said = match name {
            "sec-fetch-dest" => destination,
            "sec-fetch-mode" => mode,
            _ => None,
        };
        said.map(str::to_owned)
    })
}

/// How many characters of a user agent are read.
pub const AGENT_LENGTH_MAX: usize = visitor::AGENT_LENGTH_MAX;

/// Whether a user agent draws previews.
pub fn is_previewer(agent: &str) -> bool {
    visitor::is_previewer(Some(agent.into()))
}

/// The network of an address.
pub fn network_prefix(address: &str) -> Option<String> {
    visitor::network_prefix(address)
}

fn told<T>(result: Result<T, AppError>) -> Result<T, String> {
    result.map_err(|error| format!("{error:?}"))
}
