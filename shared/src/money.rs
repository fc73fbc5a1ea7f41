//! Money: integer minor units with their ISO 4217 currency, and the only two roundings there are.
//!
//! Amounts stay within 2^53 - 1 minor units, because JSON readers and the ledger's SQL cross through doubles: what does
//! not fit is an error, never a rounded figure.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::Amount;
use crate::json::{Read, Reader};

/// Largest amount in minor units, either sign: 2^53 - 1.
pub const MINOR_UNITS_MAX: i64 = 9_007_199_254_740_991;

/// A whole in basis points.
pub const BASIS_POINTS_WHOLE: u32 = 10_000;

/// Currencies without minor units. Source: ISO 4217 list one.
const EXPONENT_0: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";

/// Currencies with three decimals. Source: ISO 4217 list one.
const EXPONENT_3: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Currencies with two decimals. Source: ISO 4217 list one, without fund and metal codes.
const EXPONENT_2: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY \
TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

/// An ISO 4217 currency code that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// An amount in minor units of one currency, within [`MINOR_UNITS_MAX`] either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Amount", into = "Amount")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount or a calculation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// No ISO 4217 currency in use.
    UnknownCurrency,
    /// Beyond 2^53 - 1 minor units.
    TooLarge,
    /// Two currencies in one calculation.
    MixedCurrencies,
}

/// How a fraction of a minor unit is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest, halves away from zero: what a discount does.
    HalfAwayFromZero,
    /// Towards zero: what a reward does.
    Down,
}

impl Currency {
    /// Parses three upper-case letters of the ISO list.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = text
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::UnknownCurrency)?;
        let known = [EXPONENT_2, EXPONENT_0, EXPONENT_3]
            .iter()
            .any(|list| listed(list, text));
        if known {
            Ok(Self(code))
        } else {
            Err(MoneyError::UnknownCurrency)
        }
    }

    /// Decimals of the minor unit: 0, 2 or 3.
    pub fn exponent(&self) -> u32 {
        if listed(EXPONENT_0, self.as_str()) {
            0
        } else if listed(EXPONENT_3, self.as_str()) {
            3
        } else {
            2
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // The constructor admits only codes of the ASCII lists above.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl Money {
    /// An amount of minor units.
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.unsigned_abs() > MINOR_UNITS_MAX.unsigned_abs() {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, if the currencies agree and it fits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let sum = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::TooLarge)?;
        Self::new(sum, self.currency)
    }

    /// The difference, if the currencies agree and it fits.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let difference = self
            .minor
            .checked_sub(other.minor)
            .ok_or(MoneyError::TooLarge)?;
        Self::new(difference, self.currency)
    }

    /// The lesser of two amounts of one currency.
    pub fn at_most(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if self.minor <= other.minor {
            self
        } else {
            other
        })
    }

    /// `part / whole` of this amount. A `whole` of zero or less gives nothing: there is no share of an empty order.
    pub fn share(self, part: i64, whole: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        if whole <= 0 {
            return Ok(Self::zero(self.currency));
        }
        let (part, whole) = (i128::from(part), i128::from(whole));
        // Both factors fit 64 bits, so the product fits 128.
        let product = i128::from(self.minor).saturating_mul(part);
        let shifted = match rounding {
            Rounding::Down => product,
            Rounding::HalfAwayFromZero => {
                let half = whole.checked_div(2).unwrap_or_default();
                if product < 0 {
                    product.saturating_sub(half)
                } else {
                    product.saturating_add(half)
                }
            }
        };
        let quotient = shifted.checked_div(whole).unwrap_or_default();
        let minor = i64::try_from(quotient).map_err(|_| MoneyError::TooLarge)?;
        Self::new(minor, self.currency)
    }

    /// So many basis points of this amount.
    pub fn basis_points(self, points: u32, rounding: Rounding) -> Result<Self, MoneyError> {
        self.share(i64::from(points), i64::from(BASIS_POINTS_WHOLE), rounding)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::MixedCurrencies)
        }
    }
}

fn listed(list: &str, code: &str) -> bool {
    list.split(' ').any(|listed| listed == code)
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `5.00 EUR`: exact, without a locale. Pages format with the reader's own.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs();
        let unit = 10_u64.saturating_pow(self.currency.exponent());
        let whole = digits.checked_div(unit).unwrap_or_default();
        let rest = digits.checked_rem(unit).unwrap_or_default();
        match self.currency.exponent() {
            0 => write!(f, "{sign}{whole} {}", self.currency),
            3 => write!(f, "{sign}{whole}.{rest:03} {}", self.currency),
            _ => write!(f, "{sign}{whole}.{rest:02} {}", self.currency),
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownCurrency => "not an ISO 4217 currency code in use",
            Self::TooLarge => "an amount beyond 2^53 - 1 minor units",
            Self::MixedCurrencies => "amounts of two currencies in one calculation",
        })
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl Currency {
    /// What a reader goes on with that has met an error.
    pub(crate) const fn stand_in() -> Self {
        Self(*b"EUR")
    }
}

impl Read for Currency {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::parse(&reader.text());
        reader.checked(read, Self::stand_in)
    }
}

impl Read for Money {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::try_from(Amount::read(reader));
        reader.checked(read, || Self::zero(Currency::stand_in()))
    }
}

impl TryFrom<Amount> for Money {
    type Error = MoneyError;

    fn try_from(wire: Amount) -> Result<Self, MoneyError> {
        Self::new(wire.amount, Currency::parse(&wire.currency)?)
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            amount: money.minor,
            currency: money.currency.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, MINOR_UNITS_MAX, Money, MoneyError, Rounding};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("EUR")).expect("fits")
    }

    #[test]
    fn an_amount_is_written_exactly_with_the_decimals_of_its_currency() {
        for (minor, code, text) in [
            (0, "EUR", "0.00 EUR"),
            (5, "EUR", "0.05 EUR"),
            (-1_990, "EUR", "-19.90 EUR"),
            (1_980, "JPY", "1980 JPY"),
            (-1_005, "KWD", "-1.005 KWD"),
        ] {
            let currency = Currency::parse(code).expect("a currency");
            let money = Money::new(minor, currency).expect("an amount");
            assert_eq!(money.to_string(), text);
        }
        for (error, word) in [
            (MoneyError::UnknownCurrency, "ISO 4217"),
            (MoneyError::TooLarge, "2^53 - 1"),
            (MoneyError::MixedCurrencies, "two currencies"),
        ] {
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn exponents_are_those_of_iso_4217() {
        for (code, exponent) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("HUF", 2)] {
            assert_eq!(
                Currency::parse(code).map(|c| c.exponent()),
                Ok(exponent),
                "{code}"
            );
        }
        for code in ["eur", "EURO", "ZZZ", "", "EU ", "XAU"] {
            assert_eq!(
                Currency::parse(code),
                Err(MoneyError::UnknownCurrency),
                "{code}"
            );
        }
    }

    #[test]
    fn a_discount_rounds_halves_away_from_zero_and_a_reward_rounds_down() {
        assert_eq!(
            eur(1_050).basis_points(1_500, Rounding::HalfAwayFromZero),
            Ok(eur(158))
        );
        assert_eq!(eur(1_050).basis_points(1_500, Rounding::Down), Ok(eur(157)));
        assert_eq!(
            eur(-1_050).basis_points(1_500, Rounding::HalfAwayFromZero),
            Ok(eur(-158))
        );
        assert_eq!(
            eur(-1_050).basis_points(1_500, Rounding::Down),
            Ok(eur(-157))
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert_eq!(eur(MINOR_UNITS_MAX).plus(eur(1)), Err(MoneyError::TooLarge));
        assert_eq!(
            eur(-MINOR_UNITS_MAX).minus(eur(1)),
            Err(MoneyError::TooLarge)
        );
        let yen = Money::zero(Currency::parse("JPY").expect("JPY"));
        assert_eq!(eur(1).plus(yen), Err(MoneyError::MixedCurrencies));
    }

    #[test]
    fn amounts_are_written_with_the_decimals_of_their_currency() {
        let written = |minor, code| {
            Money::new(minor, Currency::parse(code).expect(code))
                .expect("fits")
                .to_string()
        };
        assert_eq!(written(500, "EUR"), "5.00 EUR");
        assert_eq!(written(-5, "EUR"), "-0.05 EUR");
        assert_eq!(written(500, "JPY"), "500 JPY");
        assert_eq!(written(1_500, "KWD"), "1.500 KWD");
    }

    #[test]
    fn the_json_form_is_pinned() {
        let json = serde_json::to_string(&eur(500)).expect("json");
        assert_eq!(json, r#"{"amount":500,"currency":"EUR"}"#);
        assert!(
            serde_json::from_str::<Money>(r#"{"amount":9007199254740992,"currency":"EUR"}"#)
                .is_err()
        );
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"EUR"}"#).is_err());
    }

    proptest! {
        #[test]
        fn shares_of_a_whole_never_exceed_it(minor in 0..MINOR_UNITS_MAX, points in 0_u32..=10_000) {
            let down = eur(minor).basis_points(points, Rounding::Down).expect("fits");
            let near = eur(minor).basis_points(points, Rounding::HalfAwayFromZero).expect("fits");
            prop_assert!(down.minor() <= near.minor() && near.minor() <= minor);
            prop_assert!(near.minor() - down.minor() <= 1);
        }

        #[test]
        fn adding_and_taking_away_comes_back(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            prop_assert_eq!(eur(a).plus(eur(b)).and_then(|sum| sum.minus(eur(b))), Ok(eur(a)));
        }
    }
}
