//! `transactionSync`, the only way in which the ledger writes, and the alarm that is set with it.
//!
//! The platform rolls a synchronous transaction back when its closure throws, and only then; returning an error value
//! keeps what was written. The `worker` crate has no binding for it, so this one throws for every `Err`.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Storage;

use super::failure::Failure;

#[wasm_bindgen]
extern "C" {
    type SyncStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        closure: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &SyncStorage, at_ms: f64) -> Result<Promise, JsValue>;
}

/// Sets the alarm, Unix milliseconds. The write is under way when this returns, so that no answer can overtake it; the
/// future tells whether it succeeded.
pub(crate) fn set_alarm(
    storage: &Storage,
    at_ms: i64,
) -> impl Future<Output = Result<(), JsValue>> + use<> {
    let raw: &JsValue = storage.as_raw().as_ref();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 are far below 2^53"
    )]
    let asked = raw.unchecked_ref::<SyncStorage>().set_alarm(at_ms as f64);
    async move { JsFuture::from(asked?).await.map(drop) }
}

/// Runs the closure in a transaction: all of its writes, or with `Err` none.
pub(crate) fn transaction<T>(
    storage: &Storage,
    body: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut body = Some(body);
    let mut outcome = None;
    let committed = commit(storage, &mut || {
        outcome = body.take().map(|body| body());
        matches!(outcome, Some(Ok(_)))
    });
    match (outcome, committed) {
        (Some(Ok(_)), Err(error)) => Err(Failure::Broken(format!("the commit failed: {error:?}"))),
        (Some(result), _) => result,
        (None, error) => Err(Failure::Broken(format!(
            "no transaction was opened: {error:?}"
        ))),
    }
}

/// Commits what the closure has written when it says so. One function for all commands: each is compiled into its own
/// caller, and this part need not be.
fn commit(storage: &Storage, body: &mut dyn FnMut() -> bool) -> Result<(), JsValue> {
    let raw: &JsValue = storage.as_raw().as_ref();
    raw.unchecked_ref::<SyncStorage>()
        .transaction_sync(&mut || {
            body()
                .then_some(())
                .ok_or_else(|| JsValue::from_str("rolled back"))
        })
}
