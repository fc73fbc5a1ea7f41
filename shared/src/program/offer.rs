//! What a program offers the invitee: the discount, and what it takes off an order.

use serde::{Deserialize, Serialize};

use super::{FIELDS_OF_KIND, InvalidSetting, Settings};
use crate::api::DiscountOffer;
use crate::cart::{Cart, Line};
use crate::id::ExternalId;
use crate::json::{Read, Reader};
use crate::money::{BASIS_POINTS_WHOLE, Currency, Money, MoneyError, Rounding};
use crate::name::clean_name;

/// The invitee's benefit on one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Flat")]
pub enum Discount {
    /// A share of the subtotal.
    Percent {
        /// Hundredths of a percent, 1 to 10,000.
        basis_points: u32,
        /// Minor units of the program's currency that it takes off at most, more than zero.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// No shipping costs; the shop takes them off.
    FreeShipping {},
    /// One of a product for nothing.
    FreeItem {
        /// The shop's id of the product.
        product: ExternalId,
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What it may cost at most, minor units, more than zero.
        value: i64,
        /// ISO 4217 code, the program's own.
        currency: Currency,
    },
    /// A fixed amount, at most the subtotal.
    Flat {
        /// Minor units, more than zero.
        amount: i64,
        /// ISO 4217 code, the program's own.
        currency: Currency,
    },
}

/// The fields of every kind of discount, as they are read.
#[derive(Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Flat {
    kind: Kind,
    basis_points: Option<u32>,
    maximum: Option<i64>,
    product: Option<ExternalId>,
    name: Option<String>,
    value: Option<i64>,
    amount: Option<i64>,
    currency: Option<Currency>,
}

#[derive(Deserialize, Read)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Percent,
    FreeShipping,
    FreeItem,
    Flat,
}

/// Where the single-use codes come from that claims are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum CodeSource {
    /// Made for each claim; the shop's server asks what they are worth.
    #[default]
    Own,
    /// The shop's own, which it has made and uploaded.
    Uploaded,
}

impl CodeSource {
    /// Whether it is the default.
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Own)
    }
}

/// What a discount takes off a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benefit {
    /// Off the subtotal.
    pub amount: Money,
    /// Whether shipping is free.
    pub free_shipping: bool,
    /// The product of which one is free.
    pub free_item: Option<ExternalId>,
}

/// Why a discount takes nothing off a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBenefit {
    /// Nothing in the cart is what it is for.
    NothingMatches,
    /// What is free is not in the cart.
    ItemMissing,
    /// The cart is in another currency, or amounts beyond 2^53 - 1.
    Money(MoneyError),
}

impl Read for Discount {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::try_from(Flat::read(reader));
        reader.checked(read, || Self::FreeShipping {})
    }
}

impl TryFrom<Flat> for Discount {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        let own = (flat.basis_points, flat.maximum, flat.amount, flat.value);
        let item = (flat.product, flat.name, flat.currency);
        match (flat.kind, own, item) {
            (Kind::Percent, (Some(basis_points), maximum, None, None), (None, None, None)) => {
                Ok(Self::Percent {
                    basis_points,
                    maximum,
                })
            }
            (Kind::FreeShipping, (None, None, None, None), (None, None, None)) => {
                Ok(Self::FreeShipping {})
            }
            (
                Kind::FreeItem,
                (None, None, None, Some(value)),
                (Some(product), name, Some(currency)),
            ) => Ok(Self::FreeItem {
                product,
                name,
                value,
                currency,
            }),
            (Kind::Flat, (None, None, Some(amount), None), (None, None, Some(currency))) => {
                Ok(Self::Flat { amount, currency })
            }
            _ => Err(FIELDS_OF_KIND),
        }
    }
}

impl Settings {
    /// What the discount takes off a cart: rounded half away from zero, never more than what it is for.
    pub fn benefit(&self, cart: &Cart<'_>) -> Result<Benefit, NoBenefit> {
        let base = self.base(cart)?;
        let none = Money::zero(base.currency());
        let off = |amount| Benefit {
            amount,
            free_shipping: false,
            free_item: None,
        };
        match &self.discount {
            Discount::Percent {
                basis_points,
                maximum,
            } => {
                let share = base.basis_points(*basis_points, Rounding::HalfAwayFromZero)?;
                let most = match maximum {
                    Some(maximum) => Money::new(*maximum, base.currency())?,
                    None => base,
                };
                Ok(off(share.at_most(most)?.at_most(base)?))
            }
            Discount::Flat { amount, currency } => {
                Ok(off(Money::new(*amount, *currency)?.at_most(cart.subtotal)?))
            }
            Discount::FreeShipping {} => Ok(Benefit {
                free_shipping: true,
                ..off(none)
            }),
            Discount::FreeItem {
                product,
                value,
                currency,
                ..
            } => {
                let line = cart.lines.iter().find(|line| line.product == *product);
                let price = line.ok_or(NoBenefit::ItemMissing)?.price();
                let most = Money::new(*value, *currency)?.at_most(cart.subtotal)?;
                Ok(Benefit {
                    free_item: Some(product.clone()),
                    ..off(Money::new(price, base.currency())?.at_most(most)?)
                })
            }
        }
    }

    /// What the discount takes off a cart, nothing where it is for nothing of it.
    pub fn offered(&self, cart: &Cart<'_>) -> Result<Money, MoneyError> {
        match self.benefit(cart) {
            Ok(benefit) => Ok(benefit.amount),
            Err(NoBenefit::Money(error)) => Err(error),
            Err(NoBenefit::NothingMatches | NoBenefit::ItemMissing) => {
                Ok(Money::zero(cart.subtotal.currency()))
            }
        }
    }

    /// How much of a cart the discount is for: all of it, or the lines that match.
    fn base(&self, cart: &Cart<'_>) -> Result<Money, NoBenefit> {
        if self.discount_products.is_empty() && self.discount_collections.is_empty() {
            return Ok(cart.subtotal);
        }
        let is_for = |line: &&Line| {
            let listed = |id| self.discount_collections.contains(id);
            self.discount_products.contains(&line.product) || line.collections.iter().any(listed)
        };
        let mut matching = cart.lines.iter().filter(is_for).peekable();
        if matching.peek().is_none() {
            return Err(NoBenefit::NothingMatches);
        }
        let sum = matching.try_fold(0_i64, |sum, line| sum.checked_add(line.subtotal));
        let base = Money::new(sum.ok_or(MoneyError::TooLarge)?, cart.subtotal.currency())?;
        Ok(base.at_most(cart.subtotal)?)
    }
}

impl From<MoneyError> for NoBenefit {
    fn from(error: MoneyError) -> Self {
        Self::Money(error)
    }
}

impl Discount {
    pub(super) fn check(&mut self, program: Currency) -> Result<(), InvalidSetting> {
        let valid = match self {
            Self::Percent {
                basis_points,
                maximum,
            } => {
                is_share(*basis_points)
                    && maximum.is_none_or(|maximum| is_amount(maximum, program, program))
            }
            Self::Flat { amount, currency } => is_amount(*amount, *currency, program),
            Self::FreeShipping {} => true,
            Self::FreeItem {
                name,
                value,
                currency,
                ..
            } => {
                let given = name.is_some();
                *name = name.as_deref().and_then(clean_name);
                (name.is_some() || !given) && is_amount(*value, *currency, program)
            }
        };
        valid.then_some(()).ok_or(InvalidSetting {
            field: "discount",
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

pub(super) fn is_amount(minor: i64, currency: Currency, program: Currency) -> bool {
    minor > 0 && currency == program && Money::new(minor, currency).is_ok()
}

pub(super) fn is_share(basis_points: u32) -> bool {
    (1..=BASIS_POINTS_WHOLE).contains(&basis_points)
}

impl From<&Settings> for DiscountOffer {
    fn from(settings: &Settings) -> Self {
        let of_kind = |kind: &str| Self {
            kind: kind.into(),
            ..Self::default()
        };
        match &settings.discount {
            Discount::Percent {
                basis_points,
                maximum,
            } => Self {
                basis_points: Some(*basis_points),
                maximum: *maximum,
                currency: maximum.map(|_| settings.currency.clone()),
                ..of_kind("percent")
            },
            Discount::Flat { amount, currency } => Self {
                amount: Some(*amount),
                currency: Some((*currency).into()),
                ..of_kind("flat")
            },
            Discount::FreeShipping {} => of_kind("free_shipping"),
            Discount::FreeItem {
                name,
                value,
                currency,
                ..
            } => Self {
                amount: Some(*value),
                currency: Some((*currency).into()),
                item: name.clone(),
                ..of_kind("free_item")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Discount, DiscountOffer, NoBenefit, Settings};
    use crate::cart::testing::line;
    use crate::cart::{Cart, Line};
    use crate::decide::testing::{eur, program};
    use crate::id::ExternalId;

    fn settings(discount: Value) -> Settings {
        let mut settings = program().settings;
        settings.discount = serde_json::from_value(discount).expect("a discount");
        settings
    }

    fn off(settings: &Settings, subtotal: i64, lines: &[Line]) -> Result<i64, NoBenefit> {
        let cart = Cart {
            subtotal: eur(subtotal),
            lines,
        };
        settings
            .benefit(&cart)
            .map(|benefit| benefit.amount.minor())
    }

    #[test]
    fn a_percent_discount_rounds_half_away_from_zero_up_to_its_maximum() {
        let plain = settings(json!({"kind": "percent", "basis_points": 1500}));
        assert_eq!(off(&plain, 1_050, &[]), Ok(158));
        assert_eq!(off(&plain, 0, &[]), Ok(0));
        let capped = settings(json!({"kind": "percent", "basis_points": 1500, "maximum": 157}));
        assert_eq!(off(&capped, 1_050, &[]), Ok(157));
        assert_eq!(off(&capped, 1_000, &[]), Ok(150));
    }

    #[test]
    fn a_flat_discount_never_exceeds_the_subtotal() {
        let flat = settings(json!({"kind": "flat", "amount": 500, "currency": "EUR"}));
        assert_eq!(off(&flat, 2_000, &[]), Ok(500));
        assert_eq!(off(&flat, 300, &[]), Ok(300));
    }

    #[test]
    fn free_shipping_takes_nothing_off_the_subtotal() {
        let free = settings(json!({"kind": "free_shipping"}));
        let cart = Cart {
            subtotal: eur(2_000),
            lines: &[],
        };
        let benefit = free.benefit(&cart).expect("a benefit");
        assert_eq!((benefit.amount, benefit.free_shipping), (eur(0), true));
    }

    #[test]
    fn a_free_item_takes_off_the_price_of_one_up_to_its_value() {
        let gift = settings(
            json!({"kind": "free_item", "product": "mug", "value": 1200, "currency": "EUR"}),
        );
        let mugs = |quantity, subtotal| [line("mug", "home", quantity, subtotal)];
        assert_eq!(off(&gift, 4_000, &mugs(3, 3_000)), Ok(1_000));
        assert_eq!(off(&gift, 4_000, &mugs(1, 1_500)), Ok(1_200));
        assert_eq!(off(&gift, 700, &mugs(1, 1_500)), Ok(700));
        let cart = Cart {
            subtotal: eur(4_000),
            lines: &mugs(1, 1_500),
        };
        let benefit = gift.benefit(&cart).expect("a benefit");
        assert_eq!(
            benefit.free_item.as_ref().map(ExternalId::as_str),
            Some("mug")
        );
        let told = DiscountOffer::from(&gift);
        assert_eq!(
            (told.amount, told.currency.as_deref()),
            (Some(1_200), Some("EUR"))
        );
        let flat = settings(json!({"kind": "flat", "amount": 300, "currency": "EUR"}));
        let told = DiscountOffer::from(&flat);
        assert_eq!(
            (told.amount, told.currency.as_deref()),
            (Some(300), Some("EUR"))
        );
        let other = [line("tea", "food", 1, 900)];
        assert_eq!(off(&gift, 4_000, &other), Err(NoBenefit::ItemMissing));
    }

    #[test]
    fn a_free_item_is_called_something_that_can_be_seen_or_nothing() {
        let checked = |name: Option<&str>, value: i64| {
            let mut gift = Discount::FreeItem {
                product: ExternalId::parse("mug").expect("an id"),
                name: name.map(str::to_owned),
                value,
                currency: eur(0).currency(),
            };
            let valid = gift.check(eur(0).currency()).is_ok();
            match gift {
                Discount::FreeItem { name, .. } if valid => Some(name),
                _ => None,
            }
        };
        assert_eq!(checked(Some(" a  mug "), 1), Some(Some("a mug".into())));
        assert_eq!(checked(None, 1), Some(None));
        assert_eq!(checked(Some(" \u{200b}"), 1), None);
        assert_eq!(checked(Some("a mug"), 0), None);
        assert_eq!(checked(None, 0), None);
    }

    #[test]
    fn a_discount_for_some_products_is_for_the_lines_that_match() {
        let id = |text: &str| ExternalId::parse(text).expect("an id");
        let mut percent = settings(json!({"kind": "percent", "basis_points": 1000}));
        percent.discount_products = vec![id("mug")];
        percent.discount_collections = vec![id("food")];
        let lines = [
            line("mug", "home", 1, 1_000),
            line("tea", "food", 2, 500),
            line("pan", "home", 1, 9_000),
        ];
        assert_eq!(off(&percent, 10_500, &lines), Ok(150));
        assert_eq!(
            off(&percent, 1_200, &lines),
            Ok(120),
            "no more than the cart"
        );
        let mut flat = settings(json!({"kind": "flat", "amount": 700, "currency": "EUR"}));
        flat.discount_products = vec![id("mug")];
        assert_eq!(off(&flat, 10_500, &lines), Ok(700));
        for settings in [&percent, &flat] {
            let unmatched = off(settings, 9_000, &lines[2..]);
            assert_eq!(unmatched, Err(NoBenefit::NothingMatches));
            assert_eq!(off(settings, 9_000, &[]), Err(NoBenefit::NothingMatches));
        }
    }

    #[test]
    fn the_first_stored_forms_of_a_discount_are_still_read_and_written_alike() {
        for form in [
            r#"{"kind":"percent","basis_points":1500}"#,
            r#"{"kind":"flat","amount":500,"currency":"EUR"}"#,
        ] {
            let discount: Discount = crate::json::parse(form).expect("a discount");
            assert_eq!(serde_json::to_string(&discount).expect("json"), form);
        }
    }
}
