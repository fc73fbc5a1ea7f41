//! Whether a referral code is somebody's: the redirect's last resort, for a link that KV does not know yet.

use goodword_shared::code::ReferralCode;
use goodword_shared::rejection::Rejection;

use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;

/// Answers with the code in its normal form, or unknown_code.
pub(crate) fn resolve(context: &Context<'_>, code: &str) -> Result<Reply, Failure> {
    let code = ReferralCode::parse(code).map_err(|_| Rejection::UnknownCode)?;
    match context.store.person_by_code(&code)? {
        Some(_) => done(200, &object!({ "code": code.as_str() })),
        None => Err(Rejection::UnknownCode.into()),
    }
}
