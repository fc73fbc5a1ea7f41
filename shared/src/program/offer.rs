//! What a program offers: the invitee's discount and the referrer's reward, and what each is worth on an order.

use serde::{Deserialize, Serialize};

use super::InvalidSetting;
use crate::api::{DiscountOffer, RewardOffer, RewardValueOffer};
use crate::money::{BASIS_POINTS_WHOLE, Currency, Money, MoneyError, Rounding};

/// The invitee's benefit on one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Discount {
    /// A share of the subtotal.
    Percent {
        /// Hundredths of a percent, 1 to 10,000.
        basis_points: u32,
    },
    /// A fixed amount, at most the subtotal.
    Flat {
        /// Minor units, more than zero.
        amount: i64,
        /// ISO 4217 code, the program's own.
        currency: Currency,
    },
}

/// What the referrer earns for one converted invitee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reward {
    /// Account credit, granted by the ledger itself.
    Credit {
        /// How much.
        value: RewardValue,
    },
}

/// How much a reward is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum RewardValue {
    /// Always the same.
    Fixed {
        /// Minor units, more than zero.
        amount: i64,
        /// ISO 4217 code, the program's own.
        currency: Currency,
    },
    /// A share of the order's subtotal after discounts, without tax and shipping.
    Percent {
        /// Hundredths of a percent, 1 to 10,000.
        basis_points: u32,
    },
    /// As much as the invitee was given.
    MatchDiscount {},
}

impl Discount {
    /// What the discount takes off a subtotal: rounded half away from zero, never more than the subtotal.
    pub fn worth(&self, subtotal: Money) -> Result<Money, MoneyError> {
        let full = match self {
            Self::Percent { basis_points } => {
                subtotal.basis_points(*basis_points, Rounding::HalfAwayFromZero)?
            }
            Self::Flat { amount, currency } => Money::new(*amount, *currency)?,
        };
        full.at_most(subtotal)
    }

    pub(super) fn check(&self, program: Currency) -> Result<(), InvalidSetting> {
        let valid = match self {
            Self::Percent { basis_points } => is_share(*basis_points),
            Self::Flat { amount, currency } => is_amount(*amount, *currency, program),
        };
        valid.then_some(()).ok_or(InvalidSetting {
            field: "discount",
            expected: "basis points from 1 to 10000, or an amount above zero in the program's currency",
        })
    }
}

impl Reward {
    /// What the reward is on an order with this subtotal (after discounts) and this discount: rounded down.
    pub fn worth(&self, subtotal: Money, discount: Money) -> Result<Money, MoneyError> {
        let Self::Credit { value } = self;
        match value {
            RewardValue::Fixed { amount, currency } => Money::new(*amount, *currency),
            RewardValue::Percent { basis_points } => {
                subtotal.basis_points(*basis_points, Rounding::Down)
            }
            RewardValue::MatchDiscount {} => Ok(discount),
        }
    }

    /// How an earned amount came about, in a sentence.
    pub fn arithmetic(&self, subtotal: Money, earned: Money) -> String {
        let Self::Credit { value } = self;
        match value {
            RewardValue::Fixed { .. } => format!("The reward is a fixed {earned}."),
            RewardValue::Percent { basis_points } => format!(
                "The reward is {} of the subtotal of {subtotal}, rounded down: {earned}.",
                percent(*basis_points)
            ),
            RewardValue::MatchDiscount {} => {
                format!("The reward is as much as the invitee's discount: {earned}.")
            }
        }
    }

    pub(super) fn check(&self, program: Currency) -> Result<(), InvalidSetting> {
        let Self::Credit { value } = self;
        let valid = match value {
            RewardValue::Fixed { amount, currency } => is_amount(*amount, *currency, program),
            RewardValue::Percent { basis_points } => is_share(*basis_points),
            RewardValue::MatchDiscount {} => true,
        };
        valid.then_some(()).ok_or(InvalidSetting {
            field: "reward",
            expected: "basis points from 1 to 10000, or an amount above zero in the program's currency",
        })
    }
}

/// `15 %` or `12.5 %`.
pub(crate) fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points.div_euclid(100), basis_points.rem_euclid(100));
    let fraction = format!(".{rest:02}");
    format!(
        "{whole}{} %",
        fraction.trim_end_matches('0').trim_end_matches('.')
    )
}

fn is_amount(minor: i64, currency: Currency, program: Currency) -> bool {
    minor > 0 && currency == program && Money::new(minor, currency).is_ok()
}

fn is_share(basis_points: u32) -> bool {
    (1..=BASIS_POINTS_WHOLE).contains(&basis_points)
}

impl From<&Discount> for DiscountOffer {
    fn from(discount: &Discount) -> Self {
        match discount {
            Discount::Percent { basis_points } => Self {
                kind: "percent".into(),
                basis_points: Some(*basis_points),
                amount: None,
                currency: None,
            },
            Discount::Flat { amount, currency } => Self {
                kind: "flat".into(),
                basis_points: None,
                amount: Some(*amount),
                currency: Some((*currency).into()),
            },
        }
    }
}

impl From<&Reward> for RewardOffer {
    fn from(reward: &Reward) -> Self {
        let Reward::Credit { value } = reward;
        let (rule, amount, currency, basis_points) = match value {
            RewardValue::Fixed { amount, currency } => {
                ("fixed", Some(*amount), Some((*currency).into()), None)
            }
            RewardValue::Percent { basis_points } => ("percent", None, None, Some(*basis_points)),
            RewardValue::MatchDiscount {} => ("match_discount", None, None, None),
        };
        Self {
            kind: "credit".into(),
            value: RewardValueOffer {
                rule: rule.into(),
                amount,
                currency,
                basis_points,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Discount, Reward, RewardValue};
    use crate::money::{Currency, Money};

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("EUR")).expect("fits")
    }

    #[test]
    fn a_percent_discount_rounds_half_away_from_zero() {
        let discount = Discount::Percent {
            basis_points: 1_500,
        };
        assert_eq!(discount.worth(eur(1_050)), Ok(eur(158)));
        assert_eq!(discount.worth(eur(0)), Ok(eur(0)));
    }

    #[test]
    fn a_flat_discount_never_exceeds_the_subtotal() {
        let discount = Discount::Flat {
            amount: 500,
            currency: eur(0).currency(),
        };
        assert_eq!(discount.worth(eur(2_000)), Ok(eur(500)));
        assert_eq!(discount.worth(eur(300)), Ok(eur(300)));
    }

    #[test]
    fn a_percent_reward_rounds_down_and_a_matching_one_equals_the_discount() {
        let percent = Reward::Credit {
            value: RewardValue::Percent {
                basis_points: 1_000,
            },
        };
        assert_eq!(percent.worth(eur(1_999), eur(1)), Ok(eur(199)));
        let matching = Reward::Credit {
            value: RewardValue::MatchDiscount {},
        };
        assert_eq!(matching.worth(eur(1_999), eur(300)), Ok(eur(300)));
    }
}
