//! Who calls, as far as the Worker can tell: the ledger judges keys, the administrator's key is judged here.

use crate::app::App;
use crate::config::worker_secret;
use crate::ledger::protocol::Credential;

/// Longest bearer key that is passed on.
const BEARER_LENGTH_MAX: usize = 256;

/// The caller of a merchant route.
pub(crate) fn merchant(app: &App) -> Credential {
    match bearer(app) {
        Some(key) if is_admin(app, &key) => Credential::Admin,
        Some(key) if key.len() <= BEARER_LENGTH_MAX => Credential::Bearer(key),
        Some(_) | None => Credential::None,
    }
}

/// The sender of a signed message.
pub(crate) fn signed(app: &App) -> Credential {
    let header = |name| app.header(name);
    match (
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
    ) {
        (Some(id), Some(timestamp), Some(signature)) => Credential::Signed {
            id,
            timestamp,
            signature,
        },
        _ => Credential::None,
    }
}

/// The text after `Authorization: Bearer`.
pub(crate) fn bearer(app: &App) -> Option<String> {
    let header = app.header("authorization")?;
    let (scheme, key) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| key.trim().to_owned())
}

fn is_admin(app: &App, key: &str) -> bool {
    worker_secret(&app.env).is_some_and(|secret| secret.is_admin(key))
}
