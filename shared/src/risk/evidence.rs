//! What the ledger knows of a referral at the time of its order, as far as risk goes.
//!
//! Whatever is not known has its default and speaks for nobody and against nobody: a shop that reports no cards loses
//! a signal, and no customer.

use serde::{Deserialize, Serialize};

use super::arrival::Ad;
use super::mailbox::Mailbox;
use crate::attribution::SameBy;
use crate::json::Read;

/// Everything that the rule looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(default, rename = "~RiskEvidence")]
pub struct RiskEvidence {
    /// By what the buyer is the referrer, if they are.
    #[serde(skip_serializing_if = "is_default")]
    pub same_as_referrer: Option<SameBy>,
    /// Who else has paid with the means of this order.
    #[serde(skip_serializing_if = "is_default")]
    pub payment: Shared,
    /// Who else has had something sent to where this order goes.
    #[serde(skip_serializing_if = "is_default")]
    pub address: Shared,
    /// Who else was seen on the network of this order or its claim, within the time for which a network is known.
    #[serde(skip_serializing_if = "is_default")]
    pub network: Shared,
    /// Who else has used the browser of the claim.
    #[serde(skip_serializing_if = "is_default")]
    pub browser: Shared,
    /// Of what sort the buyer's address is.
    #[serde(skip_serializing_if = "is_default")]
    pub mailbox: Mailbox,
    /// How the buyer came.
    #[serde(skip_serializing_if = "is_default")]
    pub arrival: Arrival,
    /// What the referrer and their code have done so far; uses of the code with this order, conversions without it.
    #[serde(skip_serializing_if = "is_default")]
    pub pace: Pace,
    /// Whether the mailbox is that of somebody who has bought, before the program or by another spelling, where the terms
    /// want new customers.
    #[serde(skip_serializing_if = "is_default")]
    pub existing_customer: bool,
    /// What of this order stands on a block-list.
    #[serde(skip_serializing_if = "is_default")]
    pub listed: Vec<Listed>,
}

/// Who else shares something with the buyer. The buyer's own earlier orders are nobody else's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(default, rename = "~Shared")]
pub struct Shared {
    /// The referrer does.
    pub referrer: bool,
    /// So many other invitees of this referrer did within the last thirty days.
    pub invitees: u32,
    /// So many other customers did, who are neither.
    pub others: u32,
    /// So many of those were invited by somebody else within the last thirty days, and share a network with the buyer too.
    /// Told of addresses alone.
    #[serde(skip_serializing_if = "is_default")]
    pub invited_elsewhere: u32,
}

/// How the buyer came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(default, rename = "~Arrival")]
pub struct Arrival {
    /// From a page that collects codes.
    pub coupon_site: bool,
    /// Through an advertisement whose target was the share link.
    pub ad: Option<Ad>,
    /// The click came when the buyer was about to pay anyway ([`super::arrival::Timing::is_late`]).
    pub late: bool,
    /// Referral codes of so many referrers were tried from this browser, or by this buyer, within a day, this one included.
    pub codes_tried: u32,
}

/// What a referrer and their code have done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(default, rename = "~Pace")]
pub struct Pace {
    /// Conversions of the referrer within the last day.
    pub conversions_day: u32,
    /// Conversions of the referrer within the last 180 days.
    pub conversions: u32,
    /// Those of them that were refunded, cancelled or disputed as a whole.
    pub undone: u32,
    /// Orders within the last day that used the code, this one included.
    pub uses_day: u32,
    /// The same within the last thirty days. What was claimed and never used says nothing:
    /// anybody can make such claims, and they would speak against the referrer.
    pub uses_month: u32,
    /// Those of them that came from a page that collects codes.
    pub coupon_month: u32,
    /// Those of them that came through an advertisement that was paid for.
    pub paid_month: u32,
    /// Those of them whose click was late.
    pub late_month: u32,
}

/// An entry of a block-list that fits the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// The buyer's address or mailbox, or the buyer as a customer.
    Buyer,
    /// The referrer, or their code.
    Referrer,
    /// The means of payment.
    Payment,
    /// The domain of the buyer's address.
    Domain,
    /// The network. Whoever has been there before is somebody else by tomorrow: it weighs little, and never blocks.
    Network,
}

/// What is as if nothing were known need not be written down.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
