//! What the Worker says to a ledger object, and what it hears back.
//!
//! One closed list of commands, which `request` reads out of what the Worker passes on (`intake`). The Worker has checked
//! size and syntax; the ledger checks credentials, because only it has the keys.

mod requests;

use goodword_shared::channel::Channel;
use goodword_shared::decide::check::NotValid;
use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::json::Read;
use goodword_shared::program::Settings;
use goodword_shared::program::reward::Reward;
use goodword_shared::rejection::Rejection;
use goodword_shared::reward::{MerchantStep, Side};
use goodword_shared::scope::Scope;
use goodword_shared::time::Millis;
use serde::{Deserialize, Serialize};

pub(crate) use self::requests::{
    BlockEntry, BlockKind, BlocksRequest, BulkCustomer, CheckRequest, ClaimRequest, CodesRequest,
    DryRunRequest, ExportRequest, Hook, NamedCustomer, NewKey, PersonName, QuarantineStep,
    TakeRequest, TouchRequest,
};

/// A command with everything that is not in the ledger itself.
#[derive(Debug)]
#[cfg_attr(feature = "native", derive(Deserialize))]
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
#[derive(Debug)]
#[cfg_attr(feature = "native", derive(Deserialize))]
pub(crate) enum Credential {
    /// Nobody in particular.
    None,
    /// The deployment's administrator, checked by the Worker.
    Admin,
    /// A bearer key, and the scope that the route asks of it.
    Bearer(String, Scope),
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
#[derive(Debug)]
#[cfg_attr(feature = "native", derive(Deserialize))]
pub(crate) struct Idempotency {
    /// The caller's key.
    pub(crate) key: String,
    /// Hash of route and body.
    pub(crate) fingerprint: String,
}

/// Everything a ledger does.
#[derive(Debug)]
#[cfg_attr(feature = "native", derive(Deserialize))]
pub(crate) enum Command {
    /// Create the program; answers with its keys, once.
    CreateProgram { settings: Box<Settings> },
    /// The settings in force.
    ReadSettings,
    /// Whether the caller may read counts, which lie elsewhere.
    ReadTally,
    /// Versions of the settings after a number.
    ListVersions { after: i64 },
    /// A version of the settings.
    ReadVersion { number: u32 },
    /// A new version of the settings.
    ChangeSettings { settings: Box<Settings> },
    /// What other settings would have decided on past orders.
    DryRun(DryRunRequest),
    /// The record that KV carries.
    ProgramRecord,
    /// Keys without their secrets.
    ListKeys,
    /// A new key of a kind, of the merchant API with a scope; answers with it, once.
    CreateKey(NewKey),
    /// Revoke a key.
    RevokeKey { id: String },
    /// Enrol or find a customer.
    Enrol {
        customer_token: String,
        browser: Option<String>,
    },
    /// A customer's code, link and progress, if they are enrolled.
    ReadReferrer { customer_token: String },
    /// Enrol a guest by e-mail.
    EnrolGuest { email: String, name: Option<String> },
    /// Enrol many customers.
    EnrolMany { customers: Vec<BulkCustomer> },
    /// Customers of before the program began, a line each as the Worker writes them.
    ImportCustomers { lines: String },
    /// Send a guest a link that proves their address.
    RequestProof { email: String },
    /// Give a guest a token for the secret of such a link.
    RedeemProof { secret: String },
    /// Whether a referral code is somebody's.
    Resolve { code: String },
    /// What a click offers, and to this customer if the shop says who it is.
    ReadInvitation {
        token: String,
        customer_token: Option<String>,
    },
    /// Take the offer.
    Claim(ClaimRequest),
    /// A referral that staff enters.
    EnterTouch(TouchRequest),
    /// Everybody who has a code, after an id.
    ListReferrers { after: String },
    /// Referrals after an id, whose referrer's reward is in one state, or all.
    ListReferrals {
        state: Option<String>,
        after: String,
    },
    /// Evidence that names a customer, after so many pieces.
    ListTouches { customer_id: String, after: i64 },
    /// What a discount code is worth on a cart.
    CheckDiscount(CheckRequest),
    /// More codes of the shop's own.
    AddCodes(CodesRequest),
    /// How many are left.
    ReadCodes,
    /// A signed report, as it came.
    Report { body: String },
    /// A platform's webhook, as it came.
    Hook(Hook),
    /// Deliveries that could not be recorded, after an id.
    ListQuarantine { after: String },
    /// What becomes of one of them.
    Quarantined { id: String, step: QuarantineStep },
    /// A signed event, as it came.
    Event { body: String },
    /// An order with its decision.
    ReadOrder { id: String },
    /// Why an order is whose it is, in words.
    ExplainOrder { id: String },
    /// The activity log after a sequence number.
    ReadLog { after: i64 },
    /// Facts for measuring after a sequence number.
    ReadFacts { after: i64 },
    /// A page of a table after a key.
    Export {
        table: String,
        after: Option<String>,
    },
    /// Deliveries that wait, or were given up, after an id.
    ListDeliveries { dead: bool, after: i64 },
    /// Send a delivery again that was given up.
    Replay { id: i64 },
    /// Send all again that were made since a time and given up.
    ReplaySince { since: Millis },
    /// Look after what is due: the cron's call, for a ledger whose alarm was lost.
    Wake,
    /// Choose what to earn, as a customer.
    ChooseReward {
        customer_token: String,
        reward: Box<Reward>,
    },
    /// Say something to friends, or no longer, as a customer.
    WriteNote {
        customer_token: String,
        note: String,
    },
    /// Rewards after an id, in one state or in all.
    ListRewards {
        state: Option<String>,
        after: Option<String>,
    },
    /// One reward.
    ReadReward { id: String },
    /// What the merchant says of a reward.
    StepReward {
        id: String,
        step: MerchantStep,
        reason: Option<String>,
        note: Option<String>,
    },
    /// Referrals that wait for the merchant's word, after an id.
    ListReviews { after: String },
    /// The merchant's word on a referral.
    Review {
        referral: String,
        approved: bool,
        side: Option<Side>,
        note: Option<String>,
    },
    /// Entries of block-lists after an id.
    ListBlocks { after: String },
    /// More entries.
    AddBlocks(BlocksRequest),
    /// One entry less.
    RemoveBlock { id: String },
    /// How much credit a customer has.
    ReadCredit { customer_id: String },
    /// Take account credit.
    TakeCredit(TakeRequest),
    /// Everything that is stored of a person.
    ExportPerson(ExportRequest),
    /// Take out of everything who a person was.
    ErasePerson(PersonName),
    /// Test builds: move this program's clock.
    #[cfg(feature = "test-clock")]
    SetClock { offset_ms: i64 },
}

impl Command {
    /// A call of the merchant's as the log has it; nothing for whatever else there is.
    pub(crate) fn merchants_call(&self) -> Option<Call> {
        use Call::{Read, Write};
        Some(match self {
            Self::ChangeSettings { .. } => Write("change_settings"),
            Self::CreateKey(_) => Write("create_key"),
            Self::RevokeKey { .. } => Write("revoke_key"),
            Self::EnterTouch(_) => Write("enter_touch"),
            Self::EnrolMany { .. } => Write("enrol_many"),
            // Without a line it is the Worker's, which asks whether the key is good before it reads the file.
            Self::ImportCustomers { lines } if lines.is_empty() => Read("import_customers"),
            Self::ImportCustomers { .. } => Write("import_customers"),
            Self::Replay { .. } | Self::ReplaySince { .. } => Write("replay_deliveries"),
            Self::StepReward { .. } => Write("step_reward"),
            Self::Review { .. } => Write("review"),
            Self::AddBlocks(_) => Write("add_blocks"),
            Self::AddCodes(_) => Write("add_codes"),
            Self::ReadCodes => Read("read_codes"),
            Self::ListQuarantine { .. } => Read("read_quarantine"),
            Self::Quarantined { step, .. } => match step {
                QuarantineStep::Read => Read("read_quarantine"),
                QuarantineStep::Replay => Write("replay_delivery"),
                QuarantineStep::Drop => Write("drop_delivery"),
            },
            Self::ErasePerson(_) => Write("erase_person"),
            Self::RemoveBlock { .. } => Write("remove_block"),
            Self::TakeCredit(_) => Write("take_credit"),
            Self::ReadSettings => Read("read_settings"),
            Self::ReadTally => Read("read_tally"),
            Self::ListVersions { .. } | Self::ReadVersion { .. } => Read("read_versions"),
            Self::DryRun(_) => Read("dry_run"),
            Self::ListKeys => Read("list_keys"),
            Self::ListReferrers { .. } => Read("list_referrers"),
            Self::ListReferrals { .. } => Read("list_referrals"),
            Self::ListTouches { .. } => Read("list_touches"),
            Self::CheckDiscount(_) => Read("check_discount"),
            Self::ReadOrder { .. } => Read("read_order"),
            Self::ExplainOrder { .. } => Read("explain_order"),
            Self::ReadLog { .. } => Read("read_log"),
            Self::ReadFacts { .. } => Read("read_facts"),
            Self::ListDeliveries { .. } => Read("list_deliveries"),
            Self::ListRewards { .. } | Self::ReadReward { .. } => Read("read_rewards"),
            Self::ListReviews { .. } => Read("list_reviews"),
            Self::ListBlocks { .. } => Read("list_blocks"),
            Self::ReadCredit { .. } => Read("read_credit"),
            Self::ExportPerson(_) => Read("export_person"),
            // Exports are logged with what is taken out.
            _ => return None,
        })
    }
}

/// A call of the merchant's, by its name on the log.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    /// It may change something.
    Write(&'static str),
    /// It changes nothing.
    Read(&'static str),
}

/// Answer to [`Command::CheckDiscount`].
#[derive(Debug, Serialize)]
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
    pub(crate) reason: Option<NotValid>,
}

/// The program as KV carries it: all that a redirect and a public answer need, and nothing secret in the clear.
#[derive(Debug, Clone, Serialize, Deserialize, Read)]
#[serde(rename = "~ProgramRecord")]
pub(crate) struct ProgramRecord {
    /// The public offer.
    pub(crate) offer: goodword_shared::api::ProgramOffer,
    /// Origins whose pages may call.
    pub(crate) allowed_origins: Vec<String>,
    /// Origins to which links may lead.
    pub(crate) allowed_destinations: Vec<String>,
    /// Hosts of pages that collect codes, beside those that are known anyway.
    #[serde(default)]
    pub(crate) coupon_sites: Vec<String>,
    /// Token keys, newest first: generation and the key, sealed with the Worker's secret.
    pub(crate) token_keys: Vec<(u8, String)>,
}

/// A ledger's answer.
#[derive(Debug)]
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
