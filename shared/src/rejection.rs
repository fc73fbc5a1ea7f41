//! Why a command was refused.
//!
//! One closed list for the whole domain. It knows no HTTP: `edge/src/error.rs` gives each its status. The order is that of
//! precedence: when several reasons hold, the first is answered, so that an answer never depends on the order of checks
//! in some function.

use std::fmt;

use crate::program::InvalidSetting;
use crate::scope::Scope;

/// A refused command, in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejection {
    /// There is no such program.
    UnknownProgram,
    /// A program of this id is there already.
    ProgramExists,
    /// No credential, or none of this program's.
    Unauthorized,
    /// The key's scope is smaller than this one, which the route asks for.
    ScopeTooSmall(Scope),
    /// The order report's signature is missing.
    SignatureMissing,
    /// The order report was signed too long ago, or in the future.
    SignatureStale,
    /// The order report's signature is not ours.
    SignatureForged,
    /// The customer token is no HS256 JWT, or was not signed by the shop.
    CustomerTokenInvalid,
    /// The customer token has expired.
    CustomerTokenExpired,
    /// The customer token's `nbf` lies ahead.
    CustomerTokenNotYetValid,
    /// The customer token is for another audience.
    CustomerTokenAudience,
    /// The customer token lives longer than an hour.
    CustomerTokenLivesTooLong,
    /// The click token is malformed, forged, or of another program.
    ClickTokenInvalid,
    /// The click lies outside the attribution window.
    ClickTokenExpired,
    /// An order has used the click.
    ClickTokenUsed,
    /// The secret of a link that proves an address is wrong, used or over.
    ProofInvalid,
    /// There is no such referral code.
    UnknownCode,
    /// The customer is not enrolled.
    UnknownReferrer,
    /// A field of the body breaks a rule; the text names it.
    InvalidBody(String),
    /// The place where a page is to begin is none that a page before has named.
    InvalidCursor,
    /// A setting breaks a rule; the text names it.
    InvalidSettings(String),
    /// A referrer has earned more than a dry run can take in.
    DryRunTooLarge,
    /// An amount is negative, or beyond 2^53 - 1 minor units.
    InvalidAmount,
    /// What a platform has delivered is signed, and cannot be understood.
    DeliveryUnreadable(String),
    /// No currency of ISO 4217, or a refund or an edit in another one than its order.
    WrongCurrency,
    /// The merchant has stopped the program.
    ProgramEnded,
    /// The offer is for new customers.
    ExistingCustomer,
    /// The invitee is another referrer's already.
    AlreadyReferred,
    /// The invitee is the referrer.
    SelfReferral,
    /// This code has as many unused discounts as the program allows.
    TooManyDiscountsForCode,
    /// This visitor's network has as many unused discounts of this code as the program allows.
    TooManyDiscountsForSource,
    /// The order is known with another amount.
    ExistsWithDifferentAmount,
    /// The order is known with another currency.
    ExistsWithDifferentCurrency,
    /// The order is known with another customer.
    ExistsWithDifferentCustomer,
    /// The refund, dispute, edit or use of credit is known with other contents.
    ExistsWithDifferentFact,
    /// A reward that stands where it does cannot take this step.
    RewardStepNotAllowed,
    /// The customer has less credit than that.
    NotEnoughCredit,
    /// An event is to be sent again, and the settings name no address for it.
    NoWebhookUrl,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// There is no such thing in this program.
    NotFound,
    /// Two keys of a kind, and of a scope, live at once; revoke one first.
    TooManyKeys,
    /// The last live key of its kind cannot be revoked before another is made.
    LastKey,
}

impl Rejection {
    /// The stable code of the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownProgram => "unknown_program",
            Self::ProgramExists => "program_exists",
            Self::Unauthorized => "unauthorized",
            Self::ScopeTooSmall(_) => "scope_too_small",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureStale => "signature_stale",
            Self::SignatureForged => "signature_invalid",
            Self::CustomerTokenInvalid => "customer_token_invalid",
            Self::CustomerTokenExpired => "customer_token_expired",
            Self::CustomerTokenNotYetValid => "customer_token_not_yet_valid",
            Self::CustomerTokenAudience => "customer_token_audience",
            Self::CustomerTokenLivesTooLong => "customer_token_lives_too_long",
            Self::ClickTokenInvalid => "click_token_invalid",
            Self::ClickTokenExpired => "click_token_expired",
            Self::ClickTokenUsed => "click_token_used",
            Self::ProofInvalid => "proof_invalid",
            Self::UnknownCode => "unknown_code",
            Self::UnknownReferrer => "unknown_referrer",
            Self::InvalidBody(_) => "invalid_body",
            Self::InvalidCursor => "invalid_query",
            Self::InvalidSettings(_) => "invalid_settings",
            Self::DryRunTooLarge => "dry_run_too_large",
            Self::InvalidAmount => "invalid_amount",
            Self::DeliveryUnreadable(_) => "delivery_unreadable",
            Self::WrongCurrency => "wrong_currency",
            Self::ProgramEnded => "program_ended",
            Self::ExistingCustomer => "existing_customer",
            Self::AlreadyReferred => "already_referred",
            Self::SelfReferral => "self_referral",
            Self::TooManyDiscountsForCode => "too_many_discounts_for_code",
            Self::TooManyDiscountsForSource => "too_many_discounts_for_source",
            Self::ExistsWithDifferentAmount => "exists_with_different_amount",
            Self::ExistsWithDifferentCurrency => "exists_with_different_currency",
            Self::ExistsWithDifferentCustomer => "exists_with_different_customer",
            Self::ExistsWithDifferentFact => "exists_with_different_fact",
            Self::RewardStepNotAllowed => "reward_step_not_allowed",
            Self::NotEnoughCredit => "not_enough_credit",
            Self::NoWebhookUrl => "no_webhook_url",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::NotFound => "not_found",
            Self::TooManyKeys => "too_many_keys",
            Self::LastKey => "last_key",
        }
    }
}

/// What the caller can do about it, in a sentence.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownProgram => "there is no program of this id; check data-program or the URL",
            Self::ProgramExists => {
                "a program of this id is there already; change it through its settings"
            }
            Self::Unauthorized => "send a live key of this program as `Authorization: Bearer`",
            Self::ScopeTooSmall(Scope::Admin) => "this takes an api key of scope admin",
            Self::ScopeTooSmall(_) => "this takes an api key of scope operate or admin",
            Self::SignatureMissing => {
                "send webhook-id, webhook-timestamp (Unix seconds) and webhook-signature"
            }
            Self::SignatureStale => {
                "the signature is more than 300 seconds off; sign anew and check the clock"
            }
            Self::SignatureForged => {
                "sign `id.timestamp.body`, byte for byte, with the program's orders key"
            }
            Self::CustomerTokenInvalid => {
                "send an HS256 JWT with sub and exp, signed with the program's customers key"
            }
            Self::CustomerTokenExpired => "the customer token has expired; mint a fresh one",
            Self::CustomerTokenNotYetValid => {
                "the customer token's nbf lies ahead; check the clock of the shop's server"
            }
            Self::CustomerTokenAudience => "the customer token's aud must be the program's id",
            Self::CustomerTokenLivesTooLong => "the customer token's exp must lie within an hour",
            Self::ClickTokenInvalid => {
                "this is no click token of this program; open the share link again"
            }
            Self::ClickTokenExpired => "the click is too long ago; open the share link again",
            Self::ClickTokenUsed => "an order has used this click; open the share link again",
            Self::ProofInvalid => {
                "this link proves nothing, or nothing any more; ask for another one"
            }
            Self::UnknownReferrer => "this customer is not enrolled; POST to referrers first",
            Self::UnknownCode => "there is no such referral code; check its spelling",
            Self::InvalidBody(what) | Self::InvalidSettings(what) | Self::DeliveryUnreadable(what) => what,
            Self::InvalidCursor => "after: expected `next` of the page before",
            Self::DryRunTooLarge => {
                "a referrer had earned 5000 rewards by then; take the answers up to here, what follows is not compared"
            }
            Self::InvalidAmount => "amounts are whole minor units from 0 to 9007199254740991",
            Self::WrongCurrency => {
                "use an ISO 4217 code, and for refunds and edits the currency of their order"
            },
            Self::ProgramEnded => "the merchant has ended this program",
            Self::ExistingCustomer => "the offer is for new customers",
            Self::AlreadyReferred => "whoever has a referrer stays with them",
            Self::SelfReferral => "nobody can invite themselves",
            Self::TooManyDiscountsForCode => {
                "this code has too many unused discounts; try again when some have expired"
            }
            Self::TooManyDiscountsForSource => {
                "there are unused discounts of this code for this network; use one of those"
            }
            Self::ExistsWithDifferentAmount => {
                "the order is known with another amount; report an order_edit or a refund to change it"
            }
            Self::ExistsWithDifferentCurrency => "the order is known with another currency",
            Self::ExistsWithDifferentCustomer => "the order is known with another customer",
            Self::ExistsWithDifferentFact => "a fact of this id is known with other contents",
            Self::RewardStepNotAllowed => {
                "a reward in this state does not take this step; read it to see where it stands"
            }
            Self::NotEnoughCredit => "the customer has less credit than that; nothing was taken",
            Self::NoWebhookUrl => "name a webhook_url in the settings before sending events again",
            Self::IdempotencyKeyReused => {
                "this Idempotency-Key was used for another request; use a new one"
            }
            Self::NotFound => "there is no such thing in this program",
            Self::TooManyKeys => "two keys of this kind and scope are live; revoke one first",
            Self::LastKey => "make another key of this kind before revoking the last",
        })
    }
}

impl From<InvalidSetting> for Rejection {
    fn from(invalid: InvalidSetting) -> Self {
        Self::InvalidSettings(format!("{}: expected {}", invalid.field, invalid.expected))
    }
}

#[cfg(test)]
mod tests {
    use super::Rejection;

    #[test]
    fn credentials_are_judged_before_contents_and_contents_before_rules() {
        assert!(Rejection::Unauthorized < Rejection::InvalidAmount);
        assert!(Rejection::InvalidAmount < Rejection::SelfReferral);
        assert!(Rejection::UnknownProgram < Rejection::Unauthorized);
    }
}
