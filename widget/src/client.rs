//! Requests to the edge: no credentials, no preflight (a string body is `text/plain`), and a time limit on each.

use gloo_net::http;
use goodword_shared::api::{ProgramOffer, ReferrerView};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::Promise;
use web_sys::{Request, RequestCredentials, RequestInit, Response};

use crate::decode::Decoder;
use crate::host;

/// Why there is no answer.
pub(crate) enum Failure {
    /// The edge was not reached in time, or what it said made no sense.
    Unreachable,
    /// The edge has refused, with the code of its problem.
    Refused(String),
}

impl Failure {
    /// The code for the page's `goodword:error` event.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused(code) => code,
        }
    }
}

/// `GET /v1/programs/{program}`. `first` is the loader's answer or its promise, if there is one.
pub(crate) async fn program(api: &str, first: JsValue) -> Result<ProgramOffer, Failure> {
    read(answer(first, api, None).await?)
}

/// `POST /v1/programs/{program}/referrers` for a signed-in customer; `first` as above.
pub(crate) async fn referrer(
    api: &str,
    first: JsValue,
    customer_token: &str,
) -> Result<ReferrerView, Failure> {
    #[derive(Serialize)]
    struct Enrol<'a> {
        customer_token: &'a str,
    }
    let body = serde_json::to_string(&Enrol { customer_token });
    let url = [api, "/referrers"].concat();
    read(answer(first, &url, body.ok()).await?)
}

/// Reads what was answered. The only generic step, so that the rest is there once.
pub(crate) fn read<T: DeserializeOwned>(answer: JsValue) -> Result<T, Failure> {
    T::deserialize(Decoder::new(answer)).map_err(|_| Failure::Unreachable)
}

async fn answer(first: JsValue, url: &str, body: Option<String>) -> Result<JsValue, Failure> {
    if !first.is_falsy() {
        let promise = Promise::resolve(&first);
        return JsFuture::from(promise).await.map_err(refused);
    }
    let (ok, answer) = fetch(url, body).await.ok_or(Failure::Unreachable)?;
    if ok { Ok(answer) } else { Err(refused(answer)) }
}

/// The refusal in a problem of the edge, or in whatever else came instead of an answer.
fn refused(problem: JsValue) -> Failure {
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    match read(problem) {
        Ok(Problem { code }) => Failure::Refused(code),
        Err(failure) => failure,
    }
}

async fn fetch(url: &str, body: Option<String>) -> Option<(bool, JsValue)> {
    let init = RequestInit::new();
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(host::limit().as_ref());
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(&body));
    }
    // Built here and not by gloo-net's builder, which brings URL parsing and header maps along.
    let request = Request::new_with_str_and_init(url, &init).ok()?;
    let response = http::Request::from(request).send().await.ok()?;
    let ok = response.ok();
    let response: Response = response.into();
    let json = JsFuture::from(response.json().ok()?).await.ok()?;
    Some((ok, json))
}
