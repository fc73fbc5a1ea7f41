//! What a program offers the invitee: the discount, and what it takes off an order.

use serde::{Deserialize, Serialize};

use super::InvalidSetting;
use crate::api::DiscountOffer;
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

pub(super) fn is_amount(minor: i64, currency: Currency, program: Currency) -> bool {
    minor > 0 && currency == program && Money::new(minor, currency).is_ok()
}

pub(super) fn is_share(basis_points: u32) -> bool {
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

#[cfg(test)]
mod tests {
    use super::Discount;
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
}
