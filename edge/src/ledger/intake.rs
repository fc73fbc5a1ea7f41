//! A signed report by the short way: `edge/js/entry.js` calls the object with what the shop sent, and gets the answer's parts.
//!
//! Orders are what a ledger is for, so nothing is wrapped up for the way to it, no promise is made on this side, and the
//! command is over when the call returns. A report that comes in another form (in pieces, say) goes through the router.

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::failure::Failure;
use super::object::Ledger;
use super::protocol::{Command, Credential, Envelope, Reply};
use crate::app::{idempotency, link_base};
use crate::body::decoded;
use crate::clock::now;
use crate::error::AppError;
use crate::visitor::network_prefix;

#[wasm_bindgen]
impl Ledger {
    /// Records a report. What the request does not have is `null`. Answers status, body, `Retry-After` or `null`, and the
    /// rows that were written.
    #[expect(clippy::too_many_arguments, reason = "as many as a request has parts")]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the bindings own what they pass"
    )]
    pub fn report(
        &self,
        program: &str,
        url: &str,
        network: Option<String>,
        id: Option<String>,
        timestamp: Option<String>,
        signature: Option<String>,
        idempotency_key: Option<String>,
        body: Vec<u8>,
        fault: Option<u32>,
    ) -> Array {
        let credential = match (id, timestamp, signature) {
            (Some(id), Some(timestamp), Some(signature)) => Credential::Signed {
                id,
                timestamp,
                signature,
            },
            _ => Credential::None,
        };
        let envelope = ProgramId::parse(program)
            .map_err(|_| Rejection::UnknownProgram.into())
            .and_then(|program| {
                let body = signed_text(&credential, body)?;
                Ok(Envelope {
                    now: now(program.as_str()),
                    link_base: link_base(self.inner.default_program.as_deref(), url, &program),
                    source: network.as_deref().and_then(network_prefix),
                    credential,
                    idempotency: idempotency(idempotency_key, "orders", &body)?,
                    command: Command::Report { body },
                    program,
                })
            });
        let (answer, rows) = match envelope {
            Ok(envelope) => {
                let fault = fault.filter(|_| cfg!(feature = "dev"));
                let (reply, rows) = self.inner.command(&envelope, fault);
                (answer(reply), rows)
            }
            Err(error) => (Err(error), 0),
        };
        let (status, text, retry_after) = match answer {
            Ok((status, text)) => (status, text, None),
            Err(error) => error.parts(),
        };
        [
            JsValue::from(status),
            JsValue::from(text),
            JsValue::from(retry_after),
            JsValue::from(u32::try_from(rows).unwrap_or(u32::MAX)),
        ]
        .into_iter()
        .collect()
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

/// The body as text; without a signature it is not even looked at.
fn signed_text(credential: &Credential, body: Vec<u8>) -> Result<String, AppError> {
    match credential {
        Credential::Signed { .. } => decoded(body),
        _ => Err(Rejection::SignatureMissing.into()),
    }
}

fn answer(reply: Result<Reply, Failure>) -> Result<(u16, String), AppError> {
    match reply {
        Ok(Reply::Done { status, body, .. }) => Ok((status, body)),
        Ok(Reply::Rejected(rejection)) | Err(Failure::Rejected(rejection)) => Err(rejection.into()),
        Err(Failure::Broken(what)) => Err(AppError::Internal(what)),
    }
}
