//! Amounts as platforms write them: decimals as text, or minor units. Never a float, and never rounded: an amount finer than
//! its currency is no amount.

use crate::money::{Currency, MINOR_UNITS_MAX};

/// How amounts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// `"19.90"` or `19.90`.
    Decimal,
    /// `"1990"` or `1990`, minor units.
    Minor,
}

/// An amount in minor units of its currency; a sign is dropped. Nothing where it is none.
pub(super) fn minor_units(word: &str, unit: Unit, currency: Currency) -> Option<i64> {
    let places = match unit {
        Unit::Decimal => usize::try_from(currency.exponent()).ok()?,
        Unit::Minor => 0,
    };
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = match digits.split_once('.') {
        Some(parts) if unit == Unit::Decimal => parts,
        _ => (digits, ""),
    };
    // Some platforms write more places than the currency has, as zeros.
    let (cents, beyond) = rest.split_at_checked(places).unwrap_or((rest, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty()
        && are_digits(whole)
        && are_digits(cents)
        && beyond.bytes().all(|byte| byte == b'0');
    let minor: i64 = format!("{whole}{cents:0<places$}").parse().ok()?;
    (fits && minor <= MINOR_UNITS_MAX).then_some(minor)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{Unit, minor_units};
    use crate::hook::Platform;
    use crate::hook::told::Told;
    use crate::json::Tree;
    use crate::money::{Currency, MINOR_UNITS_MAX};
    use crate::time::Millis;

    fn read_as(json: &str, unit: Unit, code: &str) -> Option<i64> {
        let currency = Currency::parse(code).expect("a currency");
        let tree = Tree::parse(&format!("{{\"a\":{json}}}")).expect("JSON");
        let told = Told::new(Platform::Shopify, &tree, Millis(0));
        let money = told.money(&tree, "a", unit, currency);
        told.reports(Vec::new()).ok().map(|_| money.minor())
    }

    fn read(json: &str, code: &str) -> Option<i64> {
        read_as(json, Unit::Decimal, code)
    }

    #[test]
    fn decimals_become_minor_units_of_their_currency() {
        for (json, code, amount) in [
            ("\"19.90\"", "EUR", 1_990),
            ("19.9", "EUR", 1_990),
            ("\"19\"", "EUR", 1_900),
            ("\"19.9000\"", "EUR", 1_990),
            ("\"-5.00\"", "EUR", 500),
            ("\"1980\"", "JPY", 1_980),
            ("\"1980.00\"", "JPY", 1_980),
            ("\"1.234\"", "KWD", 1_234),
            ("null", "EUR", 0),
        ] {
            assert_eq!(read(json, code), Some(amount), "{json} {code}");
        }
    }

    #[test]
    fn what_is_finer_than_its_currency_or_no_number_is_refused() {
        for (json, code) in [
            ("\"19.905\"", "EUR"),
            ("\"0.5\"", "JPY"),
            ("\".50\"", "EUR"),
            ("\"1,50\"", "EUR"),
            ("\"--5\"", "EUR"),
            ("\"1e3\"", "EUR"),
            ("1e3", "EUR"),
            ("\"90071992547409.92\"", "EUR"),
            ("\"99999999999999999999\"", "EUR"),
        ] {
            assert_eq!(read(json, code), None, "{json} {code}");
        }
        for json in ["\"1.0\"", "1.5", "\"x\"", "\"99999999999999999999\""] {
            assert_eq!(read_as(json, Unit::Minor, "EUR"), None, "{json}");
        }
        let euro = Currency::parse("EUR").expect("a currency");
        assert_eq!(minor_units("-1990", Unit::Minor, euro), Some(1_990));
    }

    proptest! {
        #[test]
        fn what_is_written_as_decimal_comes_back(amount in 0..=MINOR_UNITS_MAX) {
            let written = format!("\"{}.{:02}\"", amount / 100, amount % 100);
            prop_assert_eq!(read(&written, "EUR"), Some(amount));
        }
    }
}
