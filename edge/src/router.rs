//! Every URL there is, on one screen: what serves it, who may call, and how long its body may be.
//!
//! A route for pages answers only to origins that the program lists; a route for servers has no cross-origin answer at all.

use goodword_shared::rejection::Rejection;
use worker::Response;

use crate::app::App;
use crate::body::{self, BODY_LENGTH_MAX};
use crate::cors;
use crate::error::AppError;
use crate::handlers::{
    claims, credits, deliveries, discounts, events, exposures, facts, front, health, invitations,
    keys, live, log, orders, programs, referrers, rewards, settings, tally, touches,
};
use crate::redirect::{read_link, resolve};

/// A bulk of text that a handler may want.
pub(crate) struct Call<'a> {
    /// Method, upper case.
    pub(crate) method: &'a str,
    /// Path segments after `/v1/programs/{program}`, percent-decoded.
    pub(crate) rest: Vec<String>,
    /// Query, as it is.
    pub(crate) query: &'a str,
    /// Body, read to its limit.
    pub(crate) body: String,
}

/// Serves a request. `HEAD` is answered like `GET`, without the body.
pub(crate) async fn route(app: &App) -> Result<Response, AppError> {
    let method = app.request().method();
    if method != "HEAD" || read_link(app.path()).is_some() {
        return answer(app, method).await;
    }
    let response = match answer(app, "GET".into()).await {
        Ok(response) => response,
        Err(error) => error.into_response()?,
    };
    let headers = response.headers().clone();
    Ok(Response::empty()?
        .with_status(response.status_code())
        .with_headers(headers))
}

async fn answer(app: &App, method: String) -> Result<Response, AppError> {
    let path = app.path();
    if let Some(link) = read_link(path) {
        return match method.as_str() {
            "GET" | "HEAD" => resolve(app, link).await,
            _ => Err(AppError::MethodNotAllowed("GET, HEAD")),
        };
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = decoded(path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (method.as_str(), segments.as_slice()) {
        // GET /
        ("GET", [""]) => front::front(),
        // GET /healthz
        ("GET", ["healthz"]) => health::health(app),
        // POST /v1/programs
        ("POST", ["v1", "programs"]) => {
            programs::create(app, &body::text(app, BODY_LENGTH_MAX).await?).await
        }
        (_, ["v1", "programs"]) => Err(AppError::MethodNotAllowed("POST")),
        (_, ["" | "healthz"]) => Err(AppError::MethodNotAllowed("GET")),
        // POST /test/clock/{program}
        #[cfg(feature = "test-clock")]
        ("POST", ["test", "clock", program]) => {
            crate::handlers::clock::set(app, program, &body::text(app, BODY_LENGTH_MAX).await?)
                .await
        }
        (_, ["v1", "programs", program, rest @ ..]) => {
            let rest = rest.iter().map(|segment| (*segment).to_owned()).collect();
            let call = Call {
                method: &method,
                rest,
                query,
                body: String::new(),
            };
            in_program(app, program, call).await
        }
        _ => Err(AppError::NoRoute),
    }
}

/// Routes of one program: pages first, then servers.
async fn in_program(app: &App, program: &str, mut call: Call<'_>) -> Result<Response, AppError> {
    let rest = call.rest.clone();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if is_for_pages(&rest) {
        let live = app.program(program).await?;
        let origin = cors::allowed_origin(app, &live)?;
        if call.method == "OPTIONS" {
            return cors::preflight(origin.as_deref());
        }
        let answer = for_pages(app, &live, &rest, &mut call).await;
        let mut response = match answer {
            Ok(response) => response,
            Err(error) => error.into_response()?,
        };
        // A socket's answer cannot be given headers, and needs none.
        if response.status_code() != 101 {
            cors::allow(&mut response, origin.as_deref())?;
        }
        return Ok(response);
    }
    for_servers(app, program, &rest, &mut call).await
}

async fn for_pages(
    app: &App,
    live: &std::rc::Rc<crate::memory::LiveProgram>,
    rest: &[&str],
    call: &mut Call<'_>,
) -> Result<Response, AppError> {
    if matches!(call.method, "POST" | "PUT") {
        call.body = body::text(app, BODY_LENGTH_MAX).await?;
    }
    match (call.method, rest) {
        // GET /v1/programs/{program}
        ("GET", []) => programs::offer(live),
        // POST /v1/programs/{program}/referrers
        ("POST", ["referrers"]) => referrers::enrol(app, live, &call.body).await,
        // GET /v1/programs/{program}/referrers/me
        ("GET", ["referrers", "me"]) => referrers::me(app, live).await,
        // PUT /v1/programs/{program}/referrers/me/reward
        ("PUT", ["referrers", "me", "reward"]) => referrers::choose(app, live, &call.body).await,
        // GET /v1/programs/{program}/live/{channel}
        ("GET", ["live", channel]) => live::connect(app, live, channel).await,
        // POST /v1/programs/{program}/exposures
        ("POST", ["exposures"]) => exposures::record(app, live, &call.body).await,
        // GET /v1/programs/{program}/invitations/{token}
        ("GET", ["invitations", token]) => invitations::read(app, live, token).await,
        // POST /v1/programs/{program}/claims
        ("POST", ["claims"]) => claims::claim(app, live, &call.body).await,
        (_, ["referrers" | "exposures" | "claims"]) => {
            Err(AppError::MethodNotAllowed("POST, OPTIONS"))
        }
        (_, ["referrers", "me", "reward"]) => Err(AppError::MethodNotAllowed("PUT, OPTIONS")),
        _ => Err(AppError::MethodNotAllowed("GET, OPTIONS")),
    }
}

async fn for_servers(
    app: &App,
    program: &str,
    rest: &[&str],
    call: &mut Call<'_>,
) -> Result<Response, AppError> {
    let id =
        goodword_shared::id::ProgramId::parse(program).map_err(|_| Rejection::UnknownProgram)?;
    let known = matches!(
        rest,
        ["discounts", "check"]
            | ["credits", "take"]
            | ["settings", "dry-run"]
            | ["orders"
                | "settings"
                | "keys"
                | "log"
                | "tally"
                | "facts"
                | "deliveries"
                | "rewards"
                | "touches"
                | "events",]
            | ["orders" | "keys" | "rewards" | "credits", _]
            | ["orders", _, "explanation"]
            | ["deliveries", "replay"]
            | ["deliveries", _, "replay"]
            | ["rewards", _, _]
    );
    if !known {
        return Err(AppError::NoRoute);
    }
    if matches!(call.method, "POST" | "PUT") {
        call.body = body::text(app, BODY_LENGTH_MAX).await?;
    }
    match (call.method, rest) {
        // POST /v1/programs/{program}/discounts/check
        ("POST", ["discounts", "check"]) => discounts::check(app, &id, &call.body).await,
        // POST /v1/programs/{program}/touches
        ("POST", ["touches"]) => touches::enter(app, &id, &call.body).await,
        // POST /v1/programs/{program}/orders
        ("POST", ["orders"]) => orders::report(app, &id, &call.body).await,
        // POST /v1/programs/{program}/events
        ("POST", ["events"]) => events::report(app, &id, &call.body).await,
        // GET /v1/programs/{program}/orders/{order}
        ("GET", ["orders", order]) => orders::read(app, &id, order).await,
        // GET /v1/programs/{program}/orders/{order}/explanation
        ("GET", ["orders", order, "explanation"]) => orders::explain(app, &id, order).await,
        // GET /v1/programs/{program}/settings
        ("GET", ["settings"]) => settings::read(app, &id).await,
        // PUT /v1/programs/{program}/settings
        ("PUT", ["settings"]) => settings::change(app, &id, &call.body).await,
        // POST /v1/programs/{program}/settings/dry-run
        ("POST", ["settings", "dry-run"]) => settings::dry_run(app, &id, &call.body).await,
        // GET /v1/programs/{program}/keys
        ("GET", ["keys"]) => keys::list(app, &id).await,
        // POST /v1/programs/{program}/keys
        ("POST", ["keys"]) => keys::create(app, &id, &call.body).await,
        // DELETE /v1/programs/{program}/keys/{key}
        ("DELETE", ["keys", key]) => keys::revoke(app, &id, key).await,
        // GET /v1/programs/{program}/rewards
        ("GET", ["rewards"]) => rewards::list(app, &id, call.query).await,
        // GET /v1/programs/{program}/rewards/{reward}
        ("GET", ["rewards", reward]) => rewards::read(app, &id, reward).await,
        // POST /v1/programs/{program}/rewards/{reward}/{step}
        ("POST", ["rewards", reward, step]) => {
            rewards::step(app, &id, reward, step, &call.body).await
        }
        // POST /v1/programs/{program}/credits/take
        ("POST", ["credits", "take"]) => credits::take(app, &id, &call.body).await,
        // GET /v1/programs/{program}/credits/{customer}
        ("GET", ["credits", customer]) => credits::read(app, &id, customer).await,
        // GET /v1/programs/{program}/log
        ("GET", ["log"]) => log::read(app, &id, call.query).await,
        // GET /v1/programs/{program}/facts
        ("GET", ["facts"]) => facts::read(app, &id, call.query).await,
        // GET /v1/programs/{program}/deliveries
        ("GET", ["deliveries"]) => deliveries::list(app, &id, call.query).await,
        // POST /v1/programs/{program}/deliveries/replay
        ("POST", ["deliveries", "replay"]) => deliveries::replay_since(app, &id, &call.body).await,
        // POST /v1/programs/{program}/deliveries/{delivery}/replay
        ("POST", ["deliveries", delivery, "replay"]) => {
            deliveries::replay(app, &id, delivery).await
        }
        // GET /v1/programs/{program}/tally
        ("GET", ["tally"]) => tally::read(app, &id, call.query).await,
        (
            _,
            ["discounts", "check"]
            | ["settings", "dry-run"]
            | ["credits", "take"]
            | ["orders" | "touches" | "events"]
            | ["rewards", _, _]
            | ["deliveries", "replay"]
            | ["deliveries", _, "replay"],
        ) => Err(AppError::MethodNotAllowed("POST")),
        (_, ["settings"]) => Err(AppError::MethodNotAllowed("GET, PUT")),
        (_, ["keys"]) => Err(AppError::MethodNotAllowed("GET, POST")),
        (_, ["keys", _]) => Err(AppError::MethodNotAllowed("DELETE")),
        _ => Err(AppError::MethodNotAllowed("GET")),
    }
}

fn is_for_pages(rest: &[&str]) -> bool {
    matches!(
        rest,
        [] | ["referrers" | "exposures" | "claims"]
            | ["referrers", "me"]
            | ["referrers", "me", "reward"]
            | ["live" | "invitations", _]
    )
}

/// Segments of a path, percent-decoded; a path that is not UTF-8 is none of ours.
fn decoded(path: &str) -> Result<Vec<String>, AppError> {
    path.trim_start_matches('/')
        .split('/')
        .map(|segment| {
            let decoded = percent_encoding::percent_decode_str(segment).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| AppError::NoRoute)
        })
        .collect()
}
