//! A program: the terms of one merchant's referral offer, with the defaults a merchant gets without touching a setting.
//!
//! [`Settings`] is what a merchant writes; [`Program`] is the same after every rule about it has been checked. Settings are
//! versioned: a claim and a conversion keep the terms of their own version for good.

pub mod address;
pub mod currencies;
pub mod limits;
pub mod offer;
pub mod reward;
pub mod risk;
mod web_address;

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::api::ProgramOffer;
use crate::attribution::{Evidence, TouchModel};
use crate::channel::Channel;
use crate::event::Qualifies;
use crate::id::{ExternalId, ProgramId};
use crate::json::Read;
use crate::money::{Currency, Money};
use crate::name::clean_name;
use address::{AddressPolicy, origin_of, public_webhook, store_address};
use currencies::{Figures, check_currencies};
use limits::{Cap, Milestone, Schedule, Tier, check_rewards};
use offer::{CodeSource, Discount};
use reward::Reward;
use risk::RiskSettings;

/// Days from the click to the claim or order.
pub const WINDOW_DAYS: u32 = 90;
/// Days between a conversion and the day its reward becomes payable.
pub const HOLD_DAYS: u32 = 14;
/// Days for which a minted discount is valid.
pub const DISCOUNT_VALID_DAYS: u32 = 30;
/// How many orders of a customer the offer is for: 1 is new customers only.
pub const FIRST_ORDERS: u32 = 1;
/// Live unused discounts of one referral code.
pub const LIVE_DISCOUNTS_PER_CODE_MAX: u32 = 200;
/// Live unused discounts of one code from one source (network prefix).
pub const LIVE_DISCOUNTS_PER_SOURCE_MAX: u32 = 3;
/// Rewards of one referrer in 365 days.
pub const REWARDS_PER_YEAR_MAX: u32 = 25;
/// Longest period a setting may name: ten years.
const DAYS_MAX: u32 = 3_650;
/// Products and collections that a discount may be for.
const CONDITIONS_MAX: usize = 100;
/// Origins and destinations a program may list.
const ADDRESSES_MAX: usize = 20;
/// Said of what has one field too many or too few.
const FIELDS_OF_KIND: &str = "expected all fields of this kind, and no others";

/// What a merchant writes. Every field that is absent takes the default named above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The merchant's name as shoppers know it, at most 40 characters.
    pub name: String,
    /// Where invitees are sent, an `https` address.
    pub store_url: String,
    /// Origins whose pages may call the edge, such as `https://shop.example`.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Further origins that a share link may lead to.
    #[serde(default)]
    pub allowed_destinations: Vec<String>,
    /// Main currency of orders and rewards, ISO 4217: that of all amounts here.
    pub currency: String,
    /// Further currencies, each with all amounts in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub currencies: Vec<Figures>,
    /// The invitee's discount.
    pub discount: Discount,
    /// The referrer's reward.
    pub reward: Reward,
    /// Other rewards, among which a referrer may choose.
    #[serde(default)]
    pub reward_choices: Vec<Reward>,
    /// What the invitee earns beside the discount.
    #[serde(default)]
    pub invitee_reward: Option<Reward>,
    /// Whether later orders of a subscription earn as well.
    #[serde(default)]
    pub reward_schedule: Schedule,
    /// Days after its approval for which a reward may be collected; for good without.
    #[serde(default)]
    pub reward_expires_days: Option<u32>,
    /// Whether every reward waits for the merchant's word.
    #[serde(default)]
    pub review_rewards: bool,
    /// Other rewards for those who have referred much, ascending.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Extra rewards, each once, ascending.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// What one referrer earns at most, beside `rewards_per_year_max`.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// What all rewards may cost in all, minor units; without limit when absent.
    #[serde(default)]
    pub budget: Option<i64>,
    /// In so many days, today included; for good without.
    #[serde(default)]
    pub budget_days: Option<u32>,
    /// See [`WINDOW_DAYS`].
    #[serde(default = "defaults::window_days")]
    pub window_days: u32,
    /// Which touch wins among several of one kind.
    #[serde(default)]
    pub attribution: TouchModel,
    /// Kinds of evidence, strongest first; those that are left out follow in their usual order.
    #[serde(default = "defaults::evidence_order")]
    pub evidence_order: Vec<Evidence>,
    /// See [`HOLD_DAYS`].
    #[serde(default = "defaults::hold_days")]
    pub hold_days: u32,
    /// See [`DISCOUNT_VALID_DAYS`].
    #[serde(default = "defaults::discount_valid_days")]
    pub discount_valid_days: u32,
    /// What is rewarded: the first paid order, or named events.
    #[serde(default)]
    pub qualifies_by: Qualifies,
    /// Where the codes come from that claims are given.
    #[serde(default, skip_serializing_if = "CodeSource::is_own")]
    pub discount_codes: CodeSource,
    /// See [`FIRST_ORDERS`].
    #[serde(default = "defaults::first_orders")]
    pub first_orders: u32,
    /// Products that the discount is for, by the shop's ids; everything when no product and no collection is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discount_products: Vec<ExternalId>,
    /// Collections that the discount is for, by the shop's ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discount_collections: Vec<ExternalId>,
    /// Smallest subtotal before the discount that qualifies, in minor units.
    #[serde(default)]
    pub minimum_order: i64,
    /// See [`LIVE_DISCOUNTS_PER_CODE_MAX`].
    #[serde(default = "defaults::live_discounts_per_code_max")]
    pub live_discounts_per_code_max: u32,
    /// See [`LIVE_DISCOUNTS_PER_SOURCE_MAX`].
    #[serde(default = "defaults::live_discounts_per_source_max")]
    pub live_discounts_per_source_max: u32,
    /// See [`REWARDS_PER_YEAR_MAX`].
    #[serde(default = "defaults::rewards_per_year_max")]
    pub rewards_per_year_max: u32,
    /// How strictly referrals are judged.
    #[serde(default)]
    pub risk: RiskSettings,
    /// Whether friends are shown what their inviter says to them.
    #[serde(default = "defaults::inviter_notes")]
    pub inviter_notes: bool,
    /// From how many referrals on their number is shown to whoever shares or is invited; nobody is shown it without this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrals_shown_from: Option<u32>,
    /// Channels to offer, in order.
    #[serde(default = "defaults::channels")]
    pub channels: Vec<Channel>,
    /// Where events are sent, a public `https` address.
    #[serde(default)]
    pub webhook_url: Option<String>,
    /// False is the kill switch: nothing is shown, claimed or rewarded.
    #[serde(default = "defaults::active")]
    pub active: bool,
}

/// One version of a program, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Whose terms these are.
    pub id: ProgramId,
    /// Counts up from 1 with every change.
    pub version: u32,
    /// The settings, in normal form.
    pub settings: Settings,
    /// Parsed `currency`.
    pub currency: Currency,
    /// The terms in the main currency, where these are [`Program::in_currency`] of another.
    pub main: Option<Rc<Self>>,
}

/// A setting that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// The field.
    pub field: &'static str,
    /// What it has to be.
    pub expected: &'static str,
}

impl Program {
    /// Checks settings and brings them into their normal form.
    pub fn new(
        id: ProgramId,
        version: u32,
        mut settings: Settings,
        policy: AddressPolicy,
    ) -> Result<Self, InvalidSetting> {
        let invalid = |field, expected| InvalidSetting { field, expected };
        let currency = Currency::parse(&settings.currency)
            .map_err(|_| invalid("currency", "an ISO 4217 currency code"))?;
        settings.name =
            clean_name(&settings.name).ok_or(invalid("name", "1 to 40 visible characters"))?;
        settings.store_url = store_address(&settings.store_url, policy)
            .ok_or(invalid("store_url", "an https address"))?;
        settings.allowed_origins = origins(&settings.allowed_origins, policy, "allowed_origins")?;
        settings.allowed_destinations = origins(
            &settings.allowed_destinations,
            policy,
            "allowed_destinations",
        )?;
        settings.webhook_url = match settings.webhook_url.take() {
            None => None,
            Some(url) => Some(
                public_webhook(&url, policy)
                    .ok_or(invalid("webhook_url", "a public https address"))?,
            ),
        };
        settings.discount.check(currency)?;
        check_rewards(&mut settings, currency)?;
        check_conditions(&settings)?;
        check_numbers(&settings, currency)?;
        check_evidence_order(&settings.evidence_order)?;
        settings.risk.check()?;
        check_currencies(&settings, currency)?;
        Ok(Self {
            id,
            version,
            settings,
            currency,
            main: None,
        })
    }

    /// The smallest order that qualifies.
    pub fn minimum_order(&self) -> Money {
        Money::new(self.settings.minimum_order, self.currency).unwrap_or(Money::zero(self.currency))
    }

    /// The public face.
    pub fn offer(&self) -> ProgramOffer {
        ProgramOffer {
            program: self.id.as_str().to_owned(),
            name: self.settings.name.clone(),
            active: self.settings.active,
            version: self.version,
            store_url: self.settings.store_url.clone(),
            discount: (&self.settings).into(),
            reward: (&self.settings.reward).into(),
            reward_choices: self
                .settings
                .reward_choices
                .iter()
                .map(Into::into)
                .collect(),
            invitee_reward: self.settings.invitee_reward.as_ref().map(Into::into),
            channels: self.channel_names(),
        }
    }

    /// Channels to offer, in order, by name.
    pub fn channel_names(&self) -> Vec<String> {
        let names = self.settings.channels.iter();
        names.map(|channel| channel.name().to_owned()).collect()
    }
}

impl Settings {
    /// Everything that may be earned, each with the name of its setting.
    pub fn rewards(&self) -> impl Iterator<Item = (&'static str, &Reward)> {
        let named = |name| move |reward| (name, reward);
        let tiers = self.tiers.iter().map(|tier| &tier.reward);
        let milestones = self.milestones.iter().map(|milestone| &milestone.reward);
        std::iter::once(("reward", &self.reward))
            .chain(self.reward_choices.iter().map(named("reward_choices")))
            .chain(tiers.map(named("tiers")))
            .chain(self.invitee_reward.iter().map(named("invitee_reward")))
            .chain(milestones.map(named("milestones")))
    }

    /// Whether the offer is for a customer with so many orders.
    pub const fn is_for(&self, orders: u32) -> bool {
        orders < self.first_orders
    }

    /// How strong a kind of evidence is: less is stronger.
    pub fn rank(&self, evidence: Evidence) -> usize {
        let mut order = self.evidence_order.iter().chain(&Evidence::ALL);
        order
            .position(|kind| *kind == evidence)
            .unwrap_or(usize::MAX)
    }
}

fn check_conditions(settings: &Settings) -> Result<(), InvalidSetting> {
    let qualifies = &settings.qualifies_by;
    if !qualifies.is_valid() {
        return Err(InvalidSetting {
            field: "qualifies_by",
            expected: "{\"on\":\"order\"}, or up to 10 events, each once",
        });
    }
    let shared = settings.rewards().find(|(_, reward)| !reward.is_fixed());
    if let Some((field, _)) = shared.filter(|_| !qualifies.events.is_empty()) {
        return Err(InvalidSetting {
            field,
            expected: "a fixed amount, because events have none that a share could be taken of",
        });
    }
    let lists = [
        ("discount_products", &settings.discount_products),
        ("discount_collections", &settings.discount_collections),
    ];
    for (field, list) in lists {
        if list.len() > CONDITIONS_MAX {
            return Err(InvalidSetting {
                field,
                expected: "at most 100 ids of the shop",
            });
        }
    }
    Ok(())
}

fn check_evidence_order(order: &[Evidence]) -> Result<(), InvalidSetting> {
    let repeated = |kind| order.iter().filter(|other| *other == kind).count() > 1;
    if order.iter().any(repeated) {
        return Err(InvalidSetting {
            field: "evidence_order",
            expected: "each kind of evidence once",
        });
    }
    Ok(())
}

fn origins(
    listed: &[String],
    policy: AddressPolicy,
    field: &'static str,
) -> Result<Vec<String>, InvalidSetting> {
    let expected = "at most 20 origins such as https://shop.example";
    if listed.len() > ADDRESSES_MAX {
        return Err(InvalidSetting { field, expected });
    }
    listed
        .iter()
        .map(|origin| origin_of(origin, policy).ok_or(InvalidSetting { field, expected }))
        .collect()
}

fn check_numbers(settings: &Settings, currency: Currency) -> Result<(), InvalidSetting> {
    let days = [
        ("window_days", settings.window_days, 1),
        ("hold_days", settings.hold_days, 0),
        ("discount_valid_days", settings.discount_valid_days, 1),
    ];
    for (field, value, least) in days {
        if !(least..=DAYS_MAX).contains(&value) {
            return Err(InvalidSetting {
                field,
                expected: "a number of days up to 3650",
            });
        }
    }
    if settings.first_orders == 0 {
        return Err(InvalidSetting {
            field: "first_orders",
            expected: "a number of orders, at least 1",
        });
    }
    if settings.minimum_order < 0 || Money::new(settings.minimum_order, currency).is_err() {
        return Err(InvalidSetting {
            field: "minimum_order",
            expected: "minor units, zero or more",
        });
    }
    Ok(())
}

mod defaults {
    use super::{Channel, Evidence};

    pub(super) fn evidence_order() -> Vec<Evidence> {
        Evidence::ALL.to_vec()
    }
    pub(super) const fn window_days() -> u32 {
        super::WINDOW_DAYS
    }
    pub(super) const fn hold_days() -> u32 {
        super::HOLD_DAYS
    }
    pub(super) const fn discount_valid_days() -> u32 {
        super::DISCOUNT_VALID_DAYS
    }
    pub(super) const fn first_orders() -> u32 {
        super::FIRST_ORDERS
    }
    pub(super) const fn live_discounts_per_code_max() -> u32 {
        super::LIVE_DISCOUNTS_PER_CODE_MAX
    }
    pub(super) const fn live_discounts_per_source_max() -> u32 {
        super::LIVE_DISCOUNTS_PER_SOURCE_MAX
    }
    pub(super) const fn rewards_per_year_max() -> u32 {
        super::REWARDS_PER_YEAR_MAX
    }
    pub(super) const fn active() -> bool {
        true
    }
    pub(super) const fn inviter_notes() -> bool {
        true
    }
    pub(super) fn channels() -> Vec<Channel> {
        vec![
            Channel::Copy,
            Channel::Native,
            Channel::WhatsApp,
            Channel::Sms,
            Channel::Email,
        ]
    }
}

#[cfg(test)]
mod tests;
