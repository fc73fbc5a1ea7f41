//! What the Worker says to a ledger object, and what it hears back.
//!
//! One envelope, one closed list of commands: an object has no other entrance, but for signed reports (`intake`). The Worker has checked size and syntax; the
//! ledger checks credentials, because only it has the keys.

use goodword_shared::cart::Line;
use goodword_shared::channel::Channel;
use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::program::Settings;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use serde::{Deserialize, Serialize};

/// A command with everything that is not in the ledger itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// Which program.
    pub(crate) program: ProgramId,
    /// The time of the request.
    pub(crate) now: Millis,
    /// Start of this program's share links, such as `https://refer.example/r/`.
    pub(crate) link_base: String,
    /// The caller's network, cut to its prefix; hashed before it is stored.
    pub(crate) source: Option<String>,
    /// Who calls.
    pub(crate) credential: Credential,
    /// `Idempotency-Key` and the fingerprint of the request, when the caller sent one.
    pub(crate) idempotency: Option<Idempotency>,
    /// What to do.
    pub(crate) command: Command,
}

/// Who calls.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Credential {
    /// Nobody in particular.
    None,
    /// The deployment's administrator, checked by the Worker.
    Admin,
    /// A bearer key.
    Bearer(String),
    /// A signed message.
    Signed {
        /// `webhook-id`.
        id: String,
        /// `webhook-timestamp`.
        timestamp: String,
        /// `webhook-signature`.
        signature: String,
    },
}

/// An idempotency key and what it was used for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Idempotency {
    /// The caller's key.
    pub(crate) key: String,
    /// Hash of route and body.
    pub(crate) fingerprint: String,
}

/// Everything a ledger does.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Create the program; answers with its keys, once.
    CreateProgram { settings: Box<Settings> },
    /// The settings in force.
    ReadSettings,
    /// A new version of the settings.
    ChangeSettings { settings: Box<Settings> },
    /// What other settings would have decided on past orders.
    DryRun(DryRunRequest),
    /// The record that KV carries.
    ProgramRecord,
    /// Keys without their secrets.
    ListKeys,
    /// A new key of a kind; answers with it, once.
    CreateKey { kind: String },
    /// Revoke a key.
    RevokeKey { id: String },
    /// Enrol or find a customer.
    Enrol { customer_token: String },
    /// A customer's code, link and progress, if they are enrolled.
    ReadReferrer { customer_token: String },
    /// Enrol a guest by e-mail.
    EnrolGuest { email: String, name: Option<String> },
    /// Whether a referral code is somebody's.
    Resolve { code: String },
    /// What a click offers.
    ReadInvitation { token: String },
    /// Take the offer.
    Claim(ClaimRequest),
    /// A referral that staff enters.
    EnterTouch(TouchRequest),
    /// What a discount code is worth on a cart.
    CheckDiscount(CheckRequest),
    /// A signed report, as it came.
    Report { body: String },
    /// A signed event, as it came.
    Event { body: String },
    /// An order with its decision.
    ReadOrder { id: String },
    /// Why an order is whose it is, in words.
    ExplainOrder { id: String },
    /// The activity log after a sequence number.
    ReadLog { after: i64 },
    /// Test builds: move this program's clock.
    SetClock { offset_ms: i64 },
}

/// A claim, by click token or by referral code.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimRequest {
    /// Click token.
    pub(crate) token: Option<String>,
    /// Referral code, typed.
    pub(crate) code: Option<String>,
    /// The visitor, when the shop knows them.
    pub(crate) customer_token: Option<String>,
    /// Tells a typed code's claims apart, so that a claim may be repeated: 16 to 128 visible characters of the caller's
    /// making. A known customer needs none.
    pub(crate) claim_id: Option<String>,
}

/// Settings to try on past orders.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRunRequest {
    /// The settings.
    pub(crate) settings: Box<Settings>,
    /// Where the last answer ended.
    pub(crate) after: Option<String>,
}

/// A referral that staff enters.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TouchRequest {
    /// Who was referred.
    pub(crate) customer: NamedCustomer,
    /// The referrer's code.
    pub(crate) code: String,
    /// Why staff says so.
    pub(crate) reason: String,
    /// When it was; now by default, and never later.
    pub(crate) at: Option<i64>,
}

/// A customer as the merchant names them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedCustomer {
    /// The shop's id.
    pub(crate) id: Option<ExternalId>,
    /// E-mail.
    pub(crate) email: Option<String>,
    /// Display name.
    pub(crate) name: Option<String>,
}

/// A cart on which a discount code is tried.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckRequest {
    /// The code.
    pub(crate) discount_code: String,
    /// Currency of the cart.
    pub(crate) currency: String,
    /// Subtotal before this discount, minor units.
    pub(crate) subtotal: i64,
    /// What is in the cart, if the shop says so.
    #[serde(default)]
    pub(crate) lines: Vec<Line>,
    /// The buyer, when known.
    pub(crate) customer: Option<CheckCustomer>,
}

/// The buyer of a cart.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckCustomer {
    /// The shop's customer id.
    pub(crate) id: Option<String>,
    /// E-mail.
    pub(crate) email: Option<String>,
}

/// Answer to [`Command::CheckDiscount`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CheckAnswer {
    /// Whether the code may be used on this cart.
    pub(crate) valid: bool,
    /// What it takes off the subtotal, minor units.
    pub(crate) amount: i64,
    /// Whether shipping is free.
    pub(crate) free_shipping: bool,
    /// The product of which one is free; its price is part of the amount.
    pub(crate) free_item: Option<ExternalId>,
    /// The cart's currency.
    pub(crate) currency: String,
    /// Why not.
    pub(crate) reason: Option<String>,
}

/// The program as KV carries it: all that a redirect and a public answer need, and nothing secret in the clear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProgramRecord {
    /// The public offer.
    pub(crate) offer: goodword_shared::api::ProgramOffer,
    /// Origins whose pages may call.
    pub(crate) allowed_origins: Vec<String>,
    /// Origins to which links may lead.
    pub(crate) allowed_destinations: Vec<String>,
    /// Token keys, newest first: generation and the key, sealed with the Worker's secret.
    pub(crate) token_keys: Vec<(u8, String)>,
}

/// A ledger's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Done: status and JSON body.
    Done {
        /// HTTP status.
        status: u16,
        /// JSON.
        body: String,
        /// Channel and variant of a new claim, to be counted.
        claimed_by: Option<(Channel, u8)>,
    },
    /// Refused; nothing was changed.
    Rejected(Rejection),
}
