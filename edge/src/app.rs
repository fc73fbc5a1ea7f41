//! One request's surroundings: bindings, caller, time, and the program it is about.

use std::rc::Rc;

use goodword_shared::id::ProgramId;
use goodword_shared::part;
use goodword_shared::rejection::Rejection;
use worker::{Context, Env};

use crate::adapters::{bindings, ledger, programs};
use crate::auth::bearer;
use crate::clock::{now, real_now};
use crate::config::{FAULT_HEADER, READS, default_program, worker_secret};
use crate::counts;
use crate::error::AppError;
use crate::ledger::protocol::{Idempotency, ProgramRecord};
use crate::memory::{self, LiveProgram};
use crate::redirect::path_of;
use crate::request::{Request, signed};
use crate::visitor::{caller_of, network_prefix};

/// What every handler works with.
pub(crate) struct App {
    pub(crate) env: Env,
    context: Context,
    request: web_sys::Request,
    url: String,
}

impl App {
    /// Surroundings of a request.
    pub(crate) fn new(request: web_sys::Request, env: Env, context: Context) -> Self {
        let url = request.url();
        Self {
            env,
            context,
            request,
            url,
        }
    }

    /// The request as it came.
    pub(crate) fn request(&self) -> &web_sys::Request {
        &self.request
    }

    /// The absolute URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        path_of(&self.url).unwrap_or("/")
    }

    /// A header of the request.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }

    /// Goes on with something after the answer.
    pub(crate) fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        self.context.wait_until(work);
    }

    /// Sees to it that what was counted is sent.
    pub(crate) fn flush_counts(&self) {
        if counts::flush_due() {
            self.after_answer(counts::flush(self.env.clone()));
        }
    }

    /// A program by id: from memory, KV, or its ledger.
    pub(crate) async fn program(&self, id: &str) -> Result<Rc<LiveProgram>, AppError> {
        let id = ProgramId::parse(id).map_err(|_| Rejection::UnknownProgram)?;
        let now = now(id.as_str());
        if let Some(live) = memory::program(id.as_str(), now) {
            return Ok(live);
        }
        let record = match programs::read(&self.env, &id).await {
            Ok(Some(record)) => record,
            // KV does not know it, does not know it yet, or is down: the ledger does.
            Ok(None) | Err(_) => match self.record_from_ledger(&id).await {
                Ok(record) => record,
                Err(refused @ AppError::Rejected(_)) => return Err(refused),
                // Neither answers. Whoever is on the way to the shop is better served by what was known than not at all.
                Err(error) => return memory::last_known_program(id.as_str()).ok_or(error),
            },
        };
        let secret = worker_secret(&self.env).ok_or_else(|| {
            AppError::Internal("GOODWORD_SECRET is missing or not 64 hex digits".into())
        })?;
        let live = LiveProgram::open(id, record, &secret);
        Ok(memory::remember_program(live, now))
    }

    /// The program of the short form of share links.
    pub(crate) async fn default_program(&self) -> Result<Rc<LiveProgram>, AppError> {
        let name = default_program(&self.env).ok_or(Rejection::UnknownProgram)?;
        memory::set_default_program(&name);
        self.program(&name).await
    }

    /// The caller's network; nothing when the platform does not tell.
    pub(crate) fn network(&self) -> String {
        let address = self.header("cf-connecting-ip");
        let network = address.as_deref().and_then(network_prefix);
        network.unwrap_or_default()
    }

    /// Goes on unless the caller's network has done this too often of late. Each thing is counted by itself, so that many
    /// page views never keep anybody from a discount. A limiter that fails limits nobody.
    pub(crate) async fn require_below_limit(
        &self,
        binding: &str,
        what: &str,
    ) -> Result<(), AppError> {
        let network = self.network();
        // In test builds all browsers are on one machine: the page that each is on stands for its network.
        #[cfg(feature = "test-clock")]
        let network = format!("{network}/{}", self.header("origin").unwrap_or_default());
        if self
            .is_below_limit(binding, &format!("{what}/{network}"))
            .await
        {
            Ok(())
        } else {
            Err(AppError::TooManyRequests)
        }
    }

    /// Counts once under a key, and says whether that is within the limit.
    async fn is_below_limit(&self, binding: &str, key: &str) -> bool {
        let counted = bindings::count(&self.env, binding, key).await;
        counted.map_or(true, |within| !within.is_falsy())
    }

    /// What a ledger is told of the request.
    pub(crate) fn passed_on(&self, method: String, body: String) -> Request {
        let header = |name| self.header(name);
        Request {
            method,
            url: self.url.clone(),
            body,
            network: header("cf-connecting-ip"),
            bearer: header("authorization").as_deref().and_then(bearer),
            signed: signed(
                header("webhook-id"),
                header("webhook-timestamp"),
                header("webhook-signature"),
            ),
            idempotency_key: header("idempotency-key"),
        }
    }

    /// The URL of something that the Worker itself asks of a ledger.
    pub(crate) fn own_url(&self, path: &str) -> String {
        format!("{}{path}", origin_of(&self.url))
    }

    /// Asks the ledger of a program for something on the Worker's own behalf.
    pub(crate) async fn ask(
        &self,
        program: &ProgramId,
        path: &str,
    ) -> Result<ledger::Answer, AppError> {
        let request = Request {
            method: "GET".into(),
            url: self.own_url(&format!("/ledger/{program}/{path}")),
            ..Request::default()
        };
        ledger::call(&self.env, program, &request, None).await
    }

    /// Passes a request on to the ledger of its program. A caller from whom too many bad credentials came of late is not
    /// heard: the ledger is asked by whoever may, and not by whoever guesses.
    pub(crate) async fn ledger(
        &self,
        program: &ProgramId,
        request: &Request,
    ) -> Result<ledger::Answer, AppError> {
        if self.is_shut_out() {
            return Err(AppError::TooManyRequests);
        }
        let fault = self.header(FAULT_HEADER);
        let answer = ledger::call(&self.env, program, request, fault.as_deref()).await?;
        if is_guess(&answer)
            && !self
                .is_below_limit(READS, &format!("credentials/{}", self.caller()))
                .await
        {
            memory::shut_out(&self.caller(), real_now());
        }
        Ok(answer)
    }

    /// What tells the caller from all others.
    fn caller(&self) -> String {
        let header = |name| self.header(name).unwrap_or_default();
        caller_of(&header("cf-connecting-ip"), &header("cf-worker"))
    }

    /// Whether too many bad credentials came from the caller of late.
    fn is_shut_out(&self) -> bool {
        memory::is_shut_out(&self.caller(), real_now())
    }

    async fn record_from_ledger(&self, id: &ProgramId) -> Result<ProgramRecord, AppError> {
        self.require_below_limit(crate::config::MISSES, "programs")
            .await?;
        let answer = self.ask(id, "record").await?;
        match answer.status {
            200 => goodword_shared::json::parse(&answer.body).map_err(AppError::internal),
            404 => Err(Rejection::UnknownProgram.into()),
            status => Err(AppError::Internal(format!("a ledger answered {status}"))),
        }
    }
}

/// Whether what was refused may have been a guess: a credential, or the name of a program. A token that is only late is no
/// guess: many of a campus behind one address may have left a page open.
fn is_guess(answer: &ledger::Answer) -> bool {
    let says = |rejection: Rejection| part::has(&answer.body, rejection.code());
    match answer.status {
        401 => !says(Rejection::CustomerTokenExpired) && !says(Rejection::CustomerTokenNotYetValid),
        404 => says(Rejection::UnknownProgram),
        _ => false,
    }
}

/// Where share links of a program begin, by the address of a request and the path below which the Worker answers.
pub(crate) fn link_base(
    default_program: Option<&str>,
    base_path: &str,
    url: &str,
    program: &ProgramId,
) -> String {
    let origin = origin_of(url);
    if default_program == Some(program.as_str()) {
        format!("{origin}{base_path}/r/")
    } else {
        format!("{origin}{base_path}/r/{program}/")
    }
}

/// An idempotency key with the fingerprint of its request, scoped to the route.
pub(crate) fn idempotency(
    key: Option<&str>,
    route: &str,
    body: &str,
) -> Result<Option<Idempotency>, AppError> {
    let Some(key) = key else {
        return Ok(None);
    };
    // The draft standard quotes the key; most clients do not.
    let key = key.trim().trim_matches('"');
    let valid = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if !valid {
        return Err(AppError::IdempotencyKeyInvalid);
    }
    Ok(Some(Idempotency {
        key: format!("{route}:{key}"),
        fingerprint: crate::body::fingerprint(route, body),
    }))
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let path = path_of(url).unwrap_or_default().len();
    url.len()
        .checked_sub(path)
        .and_then(|end| url.get(..end))
        .unwrap_or_default()
}
