//! Calls a ledger object, for no longer than a caller would wait.

use std::time::Duration;

use futures_util::future::{Either, select};
use goodword_shared::channel::Channel;
use goodword_shared::id::ProgramId;
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use worker::{Delay, Env};

use crate::config::LEDGER;
use crate::error::AppError;
use crate::ledger::ledger_for;
use crate::request::Request;

/// Longest wait for an object. It may be starting, or gone: the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a ledger answered, and the rows it wrote.
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// JSON; of a refusal, problem+json.
    pub(crate) body: String,
    /// Seconds after which to come back.
    pub(crate) retry_after: Option<String>,
    /// Channel and variant of a new claim.
    pub(crate) claimed_by: Option<(Channel, u8)>,
    /// Rows written, for development builds.
    pub(crate) rows_written: Option<String>,
}

impl Answer {
    /// Whether nothing was done.
    pub(crate) const fn is_refusal(&self) -> bool {
        self.status >= 400
    }
}

#[wasm_bindgen]
extern "C" {
    /// An object as other Workers see it; `edge/js/entry.js` takes the call there.
    type Stub;

    #[wasm_bindgen(method, catch)]
    fn command(this: &Stub, parts: &Array, fault: Option<&str>) -> Result<Promise, JsValue>;
}

/// Passes a request on to the ledger of its program.
pub(crate) async fn call(
    env: &Env,
    program: &ProgramId,
    request: &Request,
    fault: Option<&str>,
) -> Result<Answer, AppError> {
    let parts: Array = request.parts().into_iter().map(JsValue::from).collect();
    let answer = within_patience(async {
        let stub = env
            .durable_object(LEDGER)?
            .get_by_name(&ledger_for(program, None))?
            .into_rpc::<Stub>();
        let fault = fault.filter(|_| cfg!(feature = "dev"));
        Ok(JsFuture::from(stub.command(&parts, fault)?).await?)
    });
    read(&Array::from(&answer.await?)).ok_or_else(|| AppError::internal("no answer of a ledger's"))
}

/// An answer out of its parts, as `intake` puts them together.
fn read(parts: &Array) -> Option<Answer> {
    let variant = number(&parts.get(5)).and_then(|variant| u8::try_from(variant).ok());
    let channel = parts.get(4).as_string();
    Some(Answer {
        status: u16::try_from(number(&parts.get(0))?).ok()?,
        body: parts.get(1).as_string()?,
        retry_after: parts.get(2).as_string(),
        claimed_by: channel
            .zip(variant)
            .map(|(channel, variant)| (Channel::from_name(&channel), variant)),
        rows_written: cfg!(feature = "dev")
            .then(|| number(&parts.get(3)).unwrap_or_default().to_string()),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what the object wrote as an integer"
)]
fn number(value: &JsValue) -> Option<u32> {
    value.as_f64().map(|number| number as u32)
}

/// Waits for an object, but not for ever.
pub(crate) async fn within_patience<T>(
    work: impl Future<Output = worker::Result<T>>,
) -> Result<T, AppError> {
    match select(Box::pin(work), Delay::from(PATIENCE)).await {
        Either::Left((Ok(value), _)) => Ok(value),
        Either::Left((Err(error), _)) => {
            worker::console_error!("[goodword] object: {error}");
            Err(AppError::Unavailable)
        }
        Either::Right(((), _)) => Err(AppError::Unavailable),
    }
}
