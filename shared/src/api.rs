//! The wire types that the widget and the edge exchange as JSON.
//!
//! They are flat structs with optional fields, because tagged enums would cost the widget several kilobytes of
//! buffering code; the rules convert them into closed types ([`crate::program`]) before they mean anything. Amounts are
//! integer minor units of the named ISO 4217 currency, times are Unix milliseconds.

use serde::{Deserialize, Serialize};

#[cfg(feature = "rules")]
use crate::json::Read;

/// An amount in minor units with its ISO 4217 currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "rules", derive(Read))]
#[serde(rename = "~Amount")]
pub struct Amount {
    /// Minor units, for example cents.
    pub amount: i64,
    /// Three upper-case letters.
    pub currency: String,
}

/// What the invitee is offered: `{"kind":"percent","basis_points":1500}`, `{"kind":"flat","amount":500,"currency":"EUR"}`,
/// `{"kind":"free_shipping"}` or `{"kind":"free_item","item":"Mug","amount":1200,"currency":"EUR"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "rules", derive(Read))]
pub struct DiscountOffer {
    /// `percent`, `flat`, `free_shipping` or `free_item`.
    pub kind: String,
    /// Hundredths of a percent, with `percent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points: Option<u32>,
    /// Minor units, with `flat`; what the item may cost at most, with `free_item`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// ISO 4217 code of whatever amount there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Minor units that a `percent` takes off at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// What the free item is called, when the merchant says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

/// What the referrer is offered: `{"kind":"credit","value":{"rule":"fixed","amount":500,"currency":"EUR"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "rules", derive(Read))]
pub struct RewardOffer {
    /// `credit`, `cash`, `free_service`, `free_product`, `points`, `gift_card`, `upgrade`, `donation` or `custom`.
    pub kind: String,
    /// How much; of a thing, what it costs the merchant.
    pub value: RewardValueOffer,
    /// The thing in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many points, with `points`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
}

/// How much a reward is: `fixed` with amount and currency, `percent` of the order with basis points, or `match_discount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "rules", derive(Read))]
pub struct RewardValueOffer {
    /// `fixed`, `percent` or `match_discount`.
    pub rule: String,
    /// Minor units, with `fixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// ISO 4217 code, with `fixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Hundredths of a percent, with `percent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points: Option<u32>,
}

/// The public face of a program, `GET /v1/programs/{program}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "rules", derive(Read))]
pub struct ProgramOffer {
    /// Program id.
    pub program: String,
    /// The merchant's name as shoppers know it.
    pub name: String,
    /// False when the merchant has pulled the kill switch: show nothing.
    pub active: bool,
    /// Version of the terms in force.
    pub version: u32,
    /// Where invitees are sent.
    pub store_url: String,
    /// The invitee's discount.
    pub discount: DiscountOffer,
    /// The referrer's reward.
    pub reward: RewardOffer,
    /// Other rewards, among which a referrer may choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reward_choices: Vec<RewardOffer>,
    /// What the invitee earns beside the discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitee_reward: Option<RewardOffer>,
    /// Channels to offer, in order.
    pub channels: Vec<String>,
}

/// A customer who shares, `POST /v1/programs/{program}/referrers` and `GET .../referrers/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerView {
    /// Who this is.
    pub referrer: ReferrerName,
    /// Referral code as it is shown.
    pub code: String,
    /// Share link without channel.
    pub link: String,
    /// Prefilled message with the disclosure; `{link}` stands for the share link.
    pub message: String,
    /// Channels to offer, in order.
    pub channels: Vec<String>,
    /// Totals over all referrals.
    pub progress: Progress,
    /// Each referral, newest first, at most [`REFERRALS_SHOWN_MAX`].
    pub referrals: Vec<ReferralView>,
    /// Path of the live channel, absent for guests.
    pub live: Option<String>,
    /// What they earn for the next referral; absent for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardOffer>,
    /// What more approved referrals bring, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalView>,
    /// Everything that they have earned, for whatever, newest first, at most [`REFERRALS_SHOWN_MAX`]. Not read in the dialog.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<RewardView>,
    /// Credit that they have used, newest first, at most [`REFERRALS_SHOWN_MAX`]. Not read in the dialog.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<TakenView>,
    /// What they say to friends, or an empty text; absent where nothing would be shown. Not read in the dialog.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How many friends have come through this program so far; absent where the merchant does not show it, or there are few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrals_so_far: Option<u32>,
}

/// Credit that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenView {
    /// When, Unix milliseconds.
    pub at: i64,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// A tier or a milestone that is still ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalView {
    /// `tier` (from then on for each) or `milestone` (once, on top).
    pub kind: String,
    /// Approved referrals that it takes in all.
    pub at: u32,
    /// How many of them are still missing.
    pub left: u32,
    /// What it brings.
    pub reward: RewardOffer,
}

/// Referrals listed in a [`ReferrerView`]: more than a person reads, little enough for one answer.
pub const REFERRALS_SHOWN_MAX: usize = 50;

/// The referrer's pseudonym, and the name the shop gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerName {
    /// Random id, no personal data.
    pub id: String,
    /// First name or display name, when known.
    pub name: Option<String>,
}

/// Totals over all referrals of one referrer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Invitees who took the offer.
    pub claimed: u32,
    /// Invitees who bought.
    pub bought: u32,
    /// Credit ready to spend, one entry a currency.
    pub credit: Vec<Amount>,
}

/// One referral as its referrer sees it: no name, no order id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralView {
    /// Random id.
    pub id: String,
    /// `claimed`, `bought`, `rewarded` or `undone`; in a program that rewards events the last one that was seen, such as
    /// `registered`, and `qualified` once all were.
    pub stage: String,
    /// How many of the events were seen, while some are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepsView>,
    /// When this stage was reached, Unix milliseconds.
    pub at: i64,
    /// Until when a friend who has claimed can use the discount, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// The reward, once there is one.
    pub reward: Option<RewardView>,
}

/// Progress of a friend through the events that a program rewards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsView {
    /// Events seen.
    pub done: u32,
    /// Events in all.
    pub of: u32,
}

/// One reward as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardView {
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `pending`, `approved`, `issued`, `redeemed`, `voided`, `expired` or `clawed_back`.
    pub state: String,
    /// When it becomes payable, Unix milliseconds; absent when it already is.
    pub payable_at: Option<i64>,
    /// As in [`RewardOffer`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The thing in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// For what, in a list of rewards: `conversion`, `invitee`, `renewal` or `milestone`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When it was earned, in a list of rewards, Unix milliseconds.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Until when it can be collected, in a list of rewards, Unix milliseconds.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// What a click offers, `GET /v1/programs/{program}/invitations/{token}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// `available`, `used`, `expired` or `ended`; for a customer whom the shop knows also `own` or `existing`.
    pub state: String,
    /// The referrer's name, when known.
    pub inviter: Option<String>,
    /// What the referrer says to friends, when they said something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is offered.
    pub discount: DiscountOffer,
    /// Until when the click counts, Unix milliseconds.
    pub expires_at: i64,
    /// How many friends have come through this program so far; absent where the merchant does not show it, or there are few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrals_so_far: Option<u32>,
}

/// The discount that a claim has minted, `POST /v1/programs/{program}/claims`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimView {
    /// `created` or `exists`.
    pub outcome: String,
    /// The single-use code for the shop's cart; absent while the claim waits for one.
    pub discount_code: Option<String>,
    /// `available`, `waiting` (the shop's codes had run out: ask again later), `used` or `expired`.
    pub state: String,
    /// The referrer's name, when known.
    pub inviter: Option<String>,
    /// What the code is worth.
    pub discount: DiscountOffer,
    /// Until when the code is valid, Unix milliseconds.
    pub expires_at: i64,
}

/// An error answer (RFC 9457) as far as the widget reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code from the table in `edge/src/error.rs`.
    pub code: String,
    /// What to do about it, in a sentence.
    #[serde(default)]
    pub detail: String,
}
