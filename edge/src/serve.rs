//! From a request to its answer: share links, then pages, then servers.

use std::rc::Rc;

use worker::Response;

use crate::app::App;
use crate::body::{self, BODY_LENGTH_MAX};
use crate::cors;
use crate::error::{AppError, URL_LENGTH_MAX};
use crate::handlers::{
    command, export, exposures, front, health, import, live, offer, programs, tally,
};
use crate::memory::LiveProgram;
use crate::redirect::{read_link, resolve};
use crate::router::{Caller, Found, Route, find};

/// Longest delivery of a platform, as `edge/js/entry.js` has it.
const DELIVERY_LENGTH_MAX: usize = 1_048_576;

/// Serves a request. `HEAD` is answered like `GET`, without the body.
pub(crate) async fn serve(app: &App) -> Result<Response, AppError> {
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
            _ => Err(AppError::MethodNotAllowed("GET, HEAD".into())),
        };
    }
    if app.url().len() > URL_LENGTH_MAX {
        return Err(AppError::UrlTooLong);
    }
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let found = find(&method, path)?;
    if found.caller == Caller::Worker {
        return Err(AppError::NoRoute);
    }
    if !found.caller.is_page() {
        return by_route(app, method, &found, None).await;
    }
    let live = app.program(found.parameter(0)).await?;
    let origin = cors::allowed_origin(app, &live)?;
    if method == "OPTIONS" {
        return cors::preflight(origin.as_deref(), path);
    }
    let mut response = match by_route(app, method, &found, Some(&live)).await {
        Ok(response) => response,
        Err(error) => error.into_response()?,
    };
    // A socket's answer cannot be given headers, and needs none.
    if response.status_code() != 101 {
        cors::allow(&mut response, origin.as_deref(), path)?;
    }
    Ok(response)
}

/// Answers a route; those of pages come with their program.
async fn by_route(
    app: &App,
    method: String,
    found: &Found,
    program: Option<&Rc<LiveProgram>>,
) -> Result<Response, AppError> {
    if found.route == Ok(Route::ImportCustomers) {
        return import::customers(app, found).await;
    }
    if found.route == Ok(Route::Hook) {
        // All others go to their ledger by the shortest way.
        return Err(AppError::BodyTooLarge(DELIVERY_LENGTH_MAX));
    }
    let body = match method.as_str() {
        "POST" | "PUT" => body::text(app, longest_body(found)).await?,
        _ => String::new(),
    };
    let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
    let request = app.passed_on(method, body);
    match (route, program) {
        (Route::Front, _) => front::front(),
        (Route::Health, _) => health::health(app),
        (Route::ListPrograms, _) => programs::list(app, found, request).await,
        (Route::Offer, Some(program)) => offer::read(program),
        (Route::Live, Some(program)) => live::connect(app, program, found.parameter(1)).await,
        (Route::Exposures, Some(program)) => exposures::record(app, program, &request.body).await,
        (Route::Export, _) => export::read(app, found, &request).await,
        (Route::Tally, _) => tally::read(app, found, &request).await,
        _ => command::carry_out(app, found, route, &request).await,
    }
}

/// How long a body may be: a thousand customers with names and addresses need more than anything else.
const fn longest_body(found: &Found) -> usize {
    match found.route {
        Ok(Route::EnrolMany) => BODY_LENGTH_MAX.saturating_mul(8),
        _ => BODY_LENGTH_MAX,
    }
}
