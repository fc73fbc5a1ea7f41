//! Bodies of requests, as the ledger is given them.

use goodword_shared::cart::Line;
use goodword_shared::id::ExternalId;
use goodword_shared::json::Read;
use goodword_shared::program::Settings;
use serde::Deserialize;

/// A claim, by click token or by referral code.
#[derive(Debug, Deserialize, Read)]
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
    /// A random id by which the page tells its browser from others for as long as the tab lives: 16 to 64 visible characters.
    pub(crate) browser: Option<String>,
    /// Whether something lay in the cart already.
    pub(crate) cart: Option<bool>,
    /// From which page the visit began: its address or its host.
    pub(crate) referrer: Option<String>,
    /// Whether the click is to be kept as a cookie of the shop's own; the Worker does that.
    pub(crate) keep: Option<bool>,
}

/// Settings to try on past orders.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRunRequest {
    /// The settings.
    pub(crate) settings: Box<Settings>,
    /// Where the last answer ended: a line of the log.
    pub(crate) after: Option<i64>,
}

/// A referral that staff enters.
#[derive(Debug, Deserialize, Read)]
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
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedCustomer {
    /// The shop's id.
    pub(crate) id: Option<ExternalId>,
    /// E-mail.
    pub(crate) email: Option<String>,
    /// Display name.
    pub(crate) name: Option<String>,
}

/// Entries for a block-list.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlocksRequest {
    /// One or many.
    pub(crate) entries: Vec<BlockEntry>,
}

/// What is blocked.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockEntry {
    /// What it is.
    pub(crate) kind: BlockKind,
    /// As the merchant writes it.
    pub(crate) value: String,
}

/// What may be blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BlockKind {
    /// An e-mail address, and all spellings of its mailbox.
    Email,
    /// The shop's id of a customer.
    Customer,
    /// What the payment provider calls a card or an account.
    Payment,
    /// The domain of addresses, and all below it.
    Domain,
    /// A network: an address of it, or its prefix.
    Network,
}

/// A customer whom the merchant enrols.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkCustomer {
    /// The shop's id.
    pub(crate) customer_id: ExternalId,
    /// E-mail.
    pub(crate) email: Option<String>,
    /// Display name.
    pub(crate) name: Option<String>,
}

/// A person as whoever asks for their data names them.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonName {
    /// The shop's customer id.
    pub(crate) id: Option<ExternalId>,
    /// E-mail.
    pub(crate) email: Option<String>,
}

/// Whose data to export, and where the last answer ended.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportRequest {
    /// Who.
    pub(crate) customer: PersonName,
    /// `next` of the last answer.
    pub(crate) after: Option<String>,
}

/// A use of account credit.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeRequest {
    /// The shop's id of this use, unique for good.
    pub(crate) take_id: String,
    /// The shop's customer id.
    pub(crate) customer_id: String,
    /// Minor units.
    pub(crate) amount: i64,
    /// ISO 4217.
    pub(crate) currency: String,
}

/// A key that the merchant asks for.
#[derive(Debug, Read)]
#[cfg_attr(feature = "native", derive(Deserialize))]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// Of which kind.
    pub(crate) kind: String,
    /// What it may do, for kind api.
    pub(crate) scope: Option<String>,
    /// What a platform signs with.
    pub(crate) secret: Option<String>,
}

/// What a platform sends.
#[derive(Debug)]
#[cfg_attr(feature = "native", derive(Deserialize))]
pub(crate) struct Hook {
    /// As its URL names it.
    pub(crate) platform: String,
    /// The header that its scheme signs by.
    pub(crate) signature: Option<String>,
    /// As it came.
    pub(crate) body: String,
}

/// What is done with a delivery that could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(Deserialize))]
pub(crate) enum QuarantineStep {
    /// It is read.
    Read,
    /// It is tried again.
    Replay,
    /// It is kept no longer.
    Drop,
}

/// Discount codes that a shop has made.
#[derive(Debug, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodesRequest {
    /// The codes.
    pub(crate) codes: Vec<String>,
    /// Until when the shop takes them, Unix milliseconds; for good without.
    pub(crate) expires_at: Option<i64>,
}

/// A cart on which a discount code is tried.
#[derive(Debug, Deserialize, Read)]
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
#[derive(Debug, Default, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckCustomer {
    /// The shop's customer id.
    pub(crate) id: Option<String>,
    /// E-mail.
    pub(crate) email: Option<String>,
}
