//! What a program gives for a referral: of what kind it is, and what it is worth on an order.
//!
//! The ledger grants account credit by itself. Every other kind waits for the merchant, who hands it over; the books
//! count what it costs.

use serde::{Deserialize, Serialize};

use super::offer::{is_amount, is_share, percent};
use super::{FIELDS_OF_KIND, InvalidSetting};
use crate::api::{RewardOffer, RewardValueOffer};
use crate::json::{Read, Reader};
use crate::money::{Currency, Money, MoneyError, Rounding};
use crate::name::clean_name;
use crate::order::Amounts;

/// What somebody earns for one converted invitee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// Of what kind.
    pub kind: RewardKind,
    /// How much; of a thing, what it costs the merchant, always [`RewardValue::Fixed`].
    pub value: RewardValue,
    /// The thing in at most 40 characters, such as `a bag of coffee`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many points; only with [`RewardKind::Points`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
}

/// What a reward is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum RewardKind {
    /// Account credit, granted by the ledger itself.
    Credit,
    /// Account credit that the shop keeps: granted there, and waiting until the merchant says so.
    StoreCredit,
    /// Money.
    Cash,
    /// A service without charge.
    FreeService,
    /// A product without charge.
    FreeProduct,
    /// Points of the shop's own scheme.
    Points,
    /// A gift card.
    GiftCard,
    /// A better plan or class.
    Upgrade,
    /// A gift to somebody else, in the owner's name.
    Donation,
    /// Anything else.
    Custom,
}

/// How much a reward is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", try_from = "Flat")]
pub enum RewardValue {
    /// Always the same.
    Fixed {
        /// Minor units, more than zero.
        amount: i64,
        /// ISO 4217 code, the program's own.
        currency: Currency,
    },
    /// A share of the order.
    Percent {
        /// Hundredths of a percent, 1 to 10,000.
        basis_points: u32,
        /// Of what.
        #[serde(default, skip_serializing_if = "PercentOf::is_usual")]
        of: PercentOf,
    },
    /// As much as the invitee was given.
    MatchDiscount {},
}

/// What a share of an order is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum PercentOf {
    /// The subtotal after discounts, without tax and shipping.
    #[default]
    Subtotal,
    /// The subtotal before discounts.
    BeforeDiscounts,
    /// All that was paid, tax and shipping included.
    Total,
}

impl PercentOf {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    const fn is_usual(&self) -> bool {
        matches!(self, Self::Subtotal)
    }

    /// What it is of an order, and in words.
    fn base(self, amounts: Amounts) -> Result<(Money, &'static str), MoneyError> {
        Ok(match self {
            Self::Subtotal => (amounts.subtotal, "subtotal"),
            Self::BeforeDiscounts => (amounts.before_discounts()?, "subtotal before discounts"),
            Self::Total => (amounts.total, "total"),
        })
    }
}

/// The fields of every rule, as they are read.
#[derive(Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Flat {
    rule: Rule,
    amount: Option<i64>,
    currency: Option<Currency>,
    basis_points: Option<u32>,
    of: Option<PercentOf>,
}

#[derive(Deserialize, Read)]
#[serde(rename_all = "snake_case")]
enum Rule {
    Fixed,
    Percent,
    MatchDiscount,
}

impl Read for RewardValue {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::try_from(Flat::read(reader));
        reader.checked(read, || Self::MatchDiscount {})
    }
}

impl TryFrom<Flat> for RewardValue {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        let share = (flat.basis_points, flat.of);
        match (flat.rule, flat.amount, flat.currency, share) {
            (Rule::Fixed, Some(amount), Some(currency), (None, None)) => {
                Ok(Self::Fixed { amount, currency })
            }
            (Rule::Percent, None, None, (Some(basis_points), of)) => Ok(Self::Percent {
                basis_points,
                of: of.unwrap_or_default(),
            }),
            (Rule::MatchDiscount, None, None, (None, None)) => Ok(Self::MatchDiscount {}),
            _ => Err(FIELDS_OF_KIND),
        }
    }
}

impl Reward {
    /// What the reward is on an order that comes to this, whose buyer was offered this discount: rounded down.
    pub fn worth(&self, amounts: Amounts, offered: Money) -> Result<Money, MoneyError> {
        match &self.value {
            RewardValue::Fixed { amount, currency } => Money::new(*amount, *currency),
            RewardValue::Percent { basis_points, of } => {
                let (base, _) = of.base(amounts)?;
                base.basis_points(*basis_points, Rounding::Down)
            }
            RewardValue::MatchDiscount {} => Ok(offered),
        }
    }

    /// The thing in words, if it is one: `a bag of coffee`, `500 points`.
    pub fn thing(&self) -> Option<String> {
        match (self.quantity, &self.description) {
            (Some(points), None) => Some(format!("{points} points")),
            (Some(points), Some(name)) => Some(format!("{points} {name}")),
            (None, Some(name)) if self.kind.is_thing() => Some(name.clone()),
            (None, _) => None,
        }
    }

    /// Whether it is the same on every order.
    pub const fn is_fixed(&self) -> bool {
        matches!(self.value, RewardValue::Fixed { .. })
    }

    /// How an earned amount came about, after `The reward is`.
    pub fn arithmetic(&self, amounts: Amounts, earned: Money) -> String {
        if let Some(thing) = self.thing() {
            return format!("{thing}, at a cost of {earned}");
        }
        match &self.value {
            RewardValue::Fixed { .. } => format!("a fixed {earned}"),
            RewardValue::Percent { basis_points, of } => match of.base(amounts) {
                Ok((base, what)) => format!(
                    "{} of the {what} of {base}, rounded down: {earned}",
                    percent(*basis_points)
                ),
                Err(_) => earned.to_string(),
            },
            RewardValue::MatchDiscount {} => {
                format!("as much as the invitee's discount: {earned}")
            }
        }
    }

    /// Checks it and brings its words into their normal form.
    pub(super) fn check(
        &mut self,
        program: Currency,
        field: &'static str,
    ) -> Result<(), InvalidSetting> {
        let invalid = |expected| InvalidSetting { field, expected };
        let valid = match &self.value {
            RewardValue::Fixed { amount, currency } => is_amount(*amount, *currency, program),
            RewardValue::Percent { basis_points, .. } => is_share(*basis_points),
            RewardValue::MatchDiscount {} => true,
        };
        if !valid {
            return Err(invalid(
                "basis points from 1 to 10000, or an amount above zero in the program's currency",
            ));
        }
        let is_thing = self.kind.is_thing() || self.kind == RewardKind::Points;
        if is_thing && !self.is_fixed() {
            return Err(invalid("a fixed value for a thing: what it costs you"));
        }
        // No points are none: a reward is never shown as `0 points`.
        self.quantity = self.quantity.filter(|points| *points > 0);
        if (self.kind == RewardKind::Points) != self.quantity.is_some() {
            return Err(invalid(
                "a quantity above zero for points, and none for other kinds",
            ));
        }
        if let Some(words) = self.description.take() {
            self.description = Some(
                clean_name(&words).ok_or(invalid("a description of 1 to 40 visible characters"))?,
            );
        }
        if self.kind.is_thing() && self.description.is_none() {
            return Err(invalid("a description of what is handed over"));
        }
        Ok(())
    }
}

impl RewardKind {
    const ALL: [Self; 10] = [
        Self::Credit,
        Self::StoreCredit,
        Self::Cash,
        Self::FreeService,
        Self::FreeProduct,
        Self::Points,
        Self::GiftCard,
        Self::Upgrade,
        Self::Donation,
        Self::Custom,
    ];

    /// Its name on the wire and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::StoreCredit => "store_credit",
            Self::Cash => "cash",
            Self::FreeService => "free_service",
            Self::FreeProduct => "free_product",
            Self::Points => "points",
            Self::GiftCard => "gift_card",
            Self::Upgrade => "upgrade",
            Self::Donation => "donation",
            Self::Custom => "custom",
        }
    }

    /// The kind of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is something that only its description tells.
    const fn is_thing(self) -> bool {
        matches!(
            self,
            Self::FreeService | Self::FreeProduct | Self::Upgrade | Self::Custom
        )
    }
}

impl From<&Reward> for RewardOffer {
    fn from(reward: &Reward) -> Self {
        let (rule, amount, currency, basis_points) = match &reward.value {
            RewardValue::Fixed { amount, currency } => {
                ("fixed", Some(*amount), Some((*currency).into()), None)
            }
            RewardValue::Percent { basis_points, .. } => {
                ("percent", None, None, Some(*basis_points))
            }
            RewardValue::MatchDiscount {} => ("match_discount", None, None, None),
        };
        Self {
            kind: reward.kind.name().into(),
            value: RewardValueOffer {
                rule: rule.into(),
                amount,
                currency,
                basis_points,
            },
            description: reward.description.clone(),
            quantity: reward.quantity,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reward, RewardKind};
    use crate::decide::testing::{comes_to, eur};
    use crate::order::Amounts;
    use serde_json::{Value, json};

    fn parsed(json: Value) -> Result<Reward, String> {
        let mut reward: Reward = serde_json::from_value(json).map_err(|error| error.to_string())?;
        let checked = reward.check(eur(0).currency(), "reward");
        checked.map_err(|invalid| invalid.expected.to_owned())?;
        Ok(reward)
    }

    fn fixed(kind: &str) -> Value {
        json!({"kind": kind, "value": {"rule": "fixed", "amount": 500, "currency": "EUR"}})
    }

    #[test]
    fn a_percent_reward_rounds_down_and_a_matching_one_equals_the_discount() {
        let percent = json!({"kind": "credit", "value": {"rule": "percent", "basis_points": 1000}});
        let percent = parsed(percent).expect("valid");
        assert_eq!(
            percent.worth(comes_to(eur(1_999), eur(1)), eur(1)),
            Ok(eur(199))
        );
        let matching = json!({"kind": "cash", "value": {"rule": "match_discount"}});
        let matching = parsed(matching).expect("valid");
        assert_eq!(
            matching.worth(comes_to(eur(1_999), eur(300)), eur(300)),
            Ok(eur(300))
        );
    }

    #[test]
    fn a_share_is_of_the_subtotal_unless_the_terms_say_of_what_else() {
        let order = Amounts {
            subtotal: eur(1_999),
            discount: eur(301),
            total: eur(2_500),
        };
        for (of, wanted, words) in [
            (None, 199, "10 % of the subtotal of 19.99 EUR"),
            (Some("subtotal"), 199, "10 % of the subtotal of 19.99 EUR"),
            (
                Some("before_discounts"),
                230,
                "10 % of the subtotal before discounts of 23.00 EUR",
            ),
            (Some("total"), 250, "10 % of the total of 25.00 EUR"),
        ] {
            let mut value = json!({"rule": "percent", "basis_points": 1000});
            if let Some(of) = of {
                value["of"] = json!(of);
            }
            let reward = parsed(json!({"kind": "credit", "value": value})).expect("valid");
            assert_eq!(reward.worth(order, eur(0)), Ok(eur(wanted)), "{of:?}");
            let told = reward.arithmetic(order, eur(wanted));
            assert!(told.starts_with(words), "{told}");
            let stored = serde_json::to_value(&reward).expect("json");
            let kept = of
                .filter(|of| *of != "subtotal")
                .map_or(json!(null), Value::from);
            assert_eq!(
                stored["value"]["of"], kept,
                "only what is not usual is stored"
            );
        }
        for other in [
            json!({"rule": "percent", "basis_points": 1000, "of": "everything"}),
            json!({"rule": "fixed", "amount": 500, "currency": "EUR", "of": "total"}),
            json!({"rule": "match_discount", "of": "total"}),
        ] {
            assert!(
                parsed(json!({"kind": "credit", "value": other})).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn the_stored_form_of_credit_is_pinned() {
        let stored = r#"{"kind":"credit","value":{"rule":"match_discount"}}"#;
        let reward: Reward = crate::json::parse(stored).expect("a reward");
        assert_eq!(serde_json::to_string(&reward).expect("json"), stored);
    }

    #[test]
    fn every_kind_comes_back_from_its_name() {
        for kind in RewardKind::ALL {
            assert_eq!(RewardKind::from_name(kind.name()), Some(kind));
            let wire = serde_json::to_value(kind).expect("json");
            assert_eq!(wire, kind.name());
        }
        assert_eq!(RewardKind::from_name("gold"), None);
    }

    #[test]
    fn a_thing_says_what_it_is_and_what_it_costs() {
        for kind in ["free_service", "free_product", "upgrade", "custom"] {
            assert!(parsed(fixed(kind)).is_err(), "{kind} without words");
            let mut thing = fixed(kind);
            thing["description"] = json!(" a bag  of coffee ");
            let reward = parsed(thing.clone()).expect(kind);
            assert_eq!(reward.thing().as_deref(), Some("a bag of coffee"));
            thing["value"] = json!({"rule": "percent", "basis_points": 100});
            assert!(parsed(thing).is_err(), "{kind} without a fixed cost");
        }
        assert_eq!(parsed(fixed("cash")).expect("valid").thing(), None);
        let mut named = fixed("cash");
        named["description"] = json!("by bank transfer");
        let named = parsed(named).ok().and_then(|reward| reward.thing());
        assert_eq!(named, None, "money is no thing, whatever it is called");
    }

    #[test]
    fn points_have_a_quantity_and_nothing_else_has() {
        assert!(parsed(fixed("points")).is_err());
        let mut points = fixed("points");
        points["quantity"] = json!(0);
        assert!(parsed(points.clone()).is_err());
        points["quantity"] = json!(500);
        assert_eq!(
            parsed(points).expect("valid").thing().as_deref(),
            Some("500 points")
        );
        let mut cash = fixed("cash");
        cash["quantity"] = json!(5);
        assert!(parsed(cash).is_err());
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for value in [
            json!({"rule": "fixed", "amount": 0, "currency": "EUR"}),
            json!({"rule": "fixed", "amount": 5, "currency": "USD"}),
            json!({"rule": "percent", "basis_points": 10_001}),
            json!({"rule": "match_discount", "x": 1}),
        ] {
            assert!(parsed(json!({"kind": "cash", "value": value})).is_err());
        }
    }
}
