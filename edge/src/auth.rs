//! Who calls: what a request says of it, as credentials that the commands of the ledger judge.

use crate::ledger::protocol::Credential;
use crate::request::Request;
use crate::router::Caller;
use crate::vault::WorkerSecret;

/// Longest bearer key that is looked at.
const BEARER_LENGTH_MAX: usize = 256;

/// The credential that a route takes. The administrator's key is known by the Worker's secret.
pub(crate) fn credential(
    caller: Caller,
    request: &mut Request,
    secret: Option<&WorkerSecret>,
) -> Credential {
    match caller {
        Caller::Shop => signed(request.signed.take()),
        Caller::Merchant(scope) => match request.bearer.take() {
            Some(key) if secret.is_some_and(|secret| secret.is_admin(&key)) => Credential::Admin,
            Some(key) if key.len() <= BEARER_LENGTH_MAX => Credential::Bearer(key, scope),
            Some(_) | None => Credential::None,
        },
        Caller::Anyone | Caller::Page | Caller::Customer | Caller::Platform | Caller::Worker => {
            Credential::None
        }
    }
}

/// The sender of a signed message.
pub(crate) fn signed(headers: Option<[String; 3]>) -> Credential {
    match headers {
        Some([id, timestamp, signature]) => Credential::Signed {
            id,
            timestamp,
            signature,
        },
        None => Credential::None,
    }
}

/// The text after `Bearer` in `Authorization`.
pub(crate) fn bearer(authorization: &str) -> Option<String> {
    let (scheme, key) = authorization.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| key.trim().to_owned())
}
