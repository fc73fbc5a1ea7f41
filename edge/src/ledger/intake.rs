//! How a request enters a ledger: `edge/js/entry.js` calls the object with its parts, and gets the answer's parts.
//!
//! A command is over when the call returns: no promise is made on this side. Orders are what a ledger is for, so signed
//! reports have a way of their own, past the Worker's router. A report that comes in another form (in pieces, say) comes
//! like everything else.

use goodword_shared::channel::Channel;
use goodword_shared::hook::Platform;
use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::failure::Failure;
use super::object::Ledger;
use super::protocol::{Command, Credential, Envelope, Hook, Reply};
use crate::app::{idempotency, link_base};
use crate::auth;
use crate::body::decoded;
use crate::clock::now;
use crate::error::AppError;
use crate::redirect::path_of;
use crate::request::{Request, scope, signed};
use crate::router::find;
use crate::visitor::network_prefix;

/// Stands in a report's head for a header that the request does not have. No header can hold it.
const ABSENT: &str = "\0";

/// The head of a report: a line each, in this order.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    pub(crate) program: &'a str,
    pub(crate) url: &'a str,
    /// The caller's address.
    pub(crate) network: Option<&'a str>,
    /// The three headers of the signature, when all are there.
    pub(crate) signed: Option<[String; 3]>,
    pub(crate) idempotency_key: Option<&'a str>,
}

impl<'a> Head<'a> {
    /// Reads what `edge/js/entry.js` has written. What the request does not have is [`ABSENT`].
    pub(crate) fn read(text: &'a str) -> Self {
        let mut lines = text.split('\n');
        let mut next = || lines.next().filter(|line| *line != ABSENT);
        let (program, url) = (next().unwrap_or_default(), next().unwrap_or_default());
        let network = next();
        let mut owned = || next().map(str::to_owned);
        let signed = signed(owned(), owned(), owned());
        Self {
            program,
            url,
            network,
            signed,
            idempotency_key: next(),
        }
    }
}

/// The head of what a platform sends.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    head: Head<'a>,
    headers: &'a str,
}

impl<'a> Said<'a> {
    /// Reads what `edge/js/entry.js` has written: three lines as in a [`Head`], and all headers.
    pub(crate) fn read(text: &'a str) -> Self {
        let headers = text.splitn(4, '\n').nth(3).unwrap_or_default();
        let begin = text.len().saturating_sub(headers.len());
        Self {
            head: Head::read(text.get(..begin).unwrap_or_default()),
            headers,
        }
    }

    /// As the URL names it: what follows the program.
    pub(crate) fn platform(&self) -> &'a str {
        let path = path_of(self.head.url).unwrap_or_default();
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        path.splitn(4, '/').nth(3).unwrap_or_default()
    }

    /// A header by its name in small letters, as the platform writes them.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let mut lines = self.headers.split('\n');
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
    }
}

#[wasm_bindgen]
impl Ledger {
    /// Records a report, given its [`Head`] as one text. Answers in one text as well, status, rows that were written, and
    /// `Retry-After` or nothing in the first line, and then the body: every value that crosses into an object by itself
    /// costs a microsecond or two.
    pub fn report(&self, head: &str, body: Vec<u8>, fault: Option<u32>) -> String {
        let head = Head::read(head);
        let credential = auth::signed(head.signed);
        let envelope = ProgramId::parse(head.program)
            .map_err(|_| Rejection::UnknownProgram.into())
            .and_then(|program| {
                let body = signed_text(&credential, body)?;
                Ok(Envelope {
                    now: now(program.as_str()),
                    link_base: self.link_base(head.url, &program),
                    source: head.network.and_then(network_prefix),
                    credential,
                    idempotency: idempotency(head.idempotency_key, "orders", &body)?,
                    command: Command::Report { body },
                    program,
                })
            });
        self.recorded(envelope, fault)
    }

    /// Records what a platform sends, given program, URL, the caller's address, and then all headers, a line each as `name:value`.
    /// Answers as [`Self::report`] does.
    pub fn hook(&self, head: &str, body: Vec<u8>) -> String {
        let said = Said::read(head);
        let envelope = ProgramId::parse(said.head.program)
            .map_err(|_| Rejection::UnknownProgram.into())
            .and_then(|program| {
                let body = decoded(body)?;
                let platform = said.platform();
                let signature = Platform::from_name(platform)
                    .and_then(Platform::scheme)
                    .and_then(|scheme| said.header(scheme.header));
                let hook = Hook {
                    platform: platform.to_owned(),
                    signature: signature.map(str::to_owned),
                    body,
                };
                Ok(Envelope {
                    now: now(program.as_str()),
                    link_base: self.link_base(said.head.url, &program),
                    source: None,
                    credential: Credential::None,
                    idempotency: None,
                    command: Command::Hook(hook),
                    program,
                })
            });
        self.recorded(envelope, None)
    }

    /// Carries out what the Worker passes on. Answers status, body, `Retry-After` or `null`, the rows that were written, and
    /// channel and variant of a new claim.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the bindings own what they pass"
    )]
    pub fn command(&self, parts: Array, fault: Option<String>) -> Array {
        let request = Request::from_parts(&mut parts.iter().map(|part| part.as_string()));
        let (reply, rows) = match self.envelope(request) {
            Ok(envelope) => {
                let fault = fault.filter(|_| cfg!(feature = "dev"));
                let (reply, rows) = match fault.as_deref() {
                    Some("trap") => {
                        self.inner.traps.set(true);
                        self.inner.command(&envelope, None)
                    }
                    Some("forget") => self.inner.forget(&envelope),
                    Some("rows") if cfg!(feature = "test-clock") => (self.inner.written(), 0),
                    fault => {
                        let fault = fault.and_then(|statement| statement.parse().ok());
                        self.inner.command(&envelope, fault)
                    }
                };
                (done(reply), rows)
            }
            Err(error) => (Err(error), 0),
        };
        let claimed_by = reply.as_ref().ok().and_then(|done| done.claimed_by);
        let answer = answer(reply, rows);
        if let Some((channel, variant)) = claimed_by {
            answer.push(&JsValue::from(channel.name()));
            answer.push(&JsValue::from(variant));
        }
        answer
    }

    /// Looks after what is due, in case that the alarm was lost: the cron's call.
    pub fn wake(&self, program: &str) {
        let Ok(program) = ProgramId::parse(program) else {
            return;
        };
        let envelope = Envelope {
            now: now(program.as_str()),
            program,
            link_base: String::new(),
            source: None,
            credential: Credential::None,
            idempotency: None,
            command: Command::Wake,
        };
        // A default program that was never created has nothing to forget.
        if let (Err(Failure::Broken(what)), _) = self.inner.command(&envelope, None) {
            worker::console_error!("[goodword] ledger: cron: {what}");
        }
    }
}

impl Ledger {
    /// Runs what was read, and answers in one text.
    fn recorded(&self, envelope: Result<Envelope, AppError>, fault: Option<u32>) -> String {
        let (reply, rows) = match envelope {
            Ok(envelope) => {
                let fault = fault.filter(|_| cfg!(feature = "dev"));
                let (reply, rows) = self.inner.command(&envelope, fault);
                (done(reply), rows)
            }
            Err(error) => (Err(error), 0),
        };
        let (status, body, retry_after) = parts(reply);
        let (status, rows) = (status.to_string(), rows.to_string());
        let retry_after = retry_after.unwrap_or_default();
        [&status, " ", &rows, " ", retry_after, "\n", &body].concat()
    }

    /// A command with everything that is not in the ledger itself.
    fn envelope(&self, mut request: Request) -> Result<Envelope, AppError> {
        let path = path_of(&request.url).unwrap_or_default();
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let found = find(&request.method, path)?;
        let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
        let (program, command) = request.command(&found, route)?;
        let idempotency = match scope(&request, &found, route) {
            Some((name, text)) => idempotency(request.idempotency_key.as_deref(), &name, text)?,
            None => None,
        };
        let secret = self.inner.engine.as_ref().map(|engine| &engine.secret);
        Ok(Envelope {
            now: now(program.as_str()),
            link_base: self.link_base(&request.url, &program),
            source: request.network.as_deref().and_then(network_prefix),
            credential: auth::credential(found.caller, &mut request, secret),
            idempotency,
            command,
            program,
        })
    }

    fn link_base(&self, url: &str, program: &ProgramId) -> String {
        let inner = &self.inner;
        link_base(
            inner.default_program.as_deref(),
            &inner.base_path,
            url,
            program,
        )
    }
}

/// The body as text; without a signature it is not even looked at.
fn signed_text(credential: &Credential, body: Vec<u8>) -> Result<String, AppError> {
    match credential {
        Credential::Signed { .. } => decoded(body),
        _ => Err(Rejection::SignatureMissing.into()),
    }
}

/// What a command has done.
struct Done {
    status: u16,
    body: String,
    claimed_by: Option<(Channel, u8)>,
}

fn done(reply: Result<Reply, Failure>) -> Result<Done, AppError> {
    match reply {
        Ok(Reply::Done {
            status,
            body,
            claimed_by,
        }) => Ok(Done {
            status,
            body,
            claimed_by,
        }),
        Ok(Reply::Rejected(rejection)) | Err(Failure::Rejected(rejection)) => Err(rejection.into()),
        Err(Failure::Broken(what)) => Err(AppError::Internal(what)),
    }
}

fn parts(done: Result<Done, AppError>) -> (u16, String, Option<&'static str>) {
    match done {
        Ok(done) => (done.status, done.body, None),
        Err(error) => error.parts(),
    }
}

fn answer(done: Result<Done, AppError>, rows: usize) -> Array {
    let (status, body, retry_after) = parts(done);
    [
        JsValue::from(status),
        JsValue::from(body),
        JsValue::from(retry_after),
        JsValue::from(u32::try_from(rows).unwrap_or(u32::MAX)),
    ]
    .into_iter()
    .collect()
}
