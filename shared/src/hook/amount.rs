//! Amounts as platforms write them: decimals as text, or minor units. Never a float, and never rounded: an amount finer than
//! its currency is no amount.

use super::Unreadable;
use crate::json::Tree;
use crate::money::{Currency, Money};

/// A currency, in whatever case.
pub(super) fn currency(tree: &Tree) -> Result<Currency, Unreadable> {
    let code = tree.word().unwrap_or_default().to_ascii_uppercase();
    Currency::parse(&code).map_err(|_| Unreadable("a currency that is none".into()))
}

/// `"19.90"` or `19.90`; a sign is dropped, because a refund is written below zero by some. What is not there is zero.
pub(super) fn decimal(tree: &Tree, currency: Currency) -> Result<Money, Unreadable> {
    let Some(word) = tree.word() else {
        return Ok(Money::zero(currency));
    };
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let places = usize::try_from(currency.exponent()).unwrap_or_default();
    // Some platforms write more places than the currency has, as zeros.
    let (cents, beyond) = match rest.split_at_checked(places) {
        Some(parts) => parts,
        None => (rest, ""),
    };
    let fits = !whole.is_empty()
        && whole
            .bytes()
            .chain(cents.bytes())
            .all(|byte| byte.is_ascii_digit())
        && beyond.bytes().all(|byte| byte == b'0');
    let minor = format!("{whole}{cents:0<places$}").parse().ok();
    let money = minor
        .filter(|_| fits)
        .and_then(|minor| Money::new(minor, currency).ok());
    money.ok_or_else(|| Unreadable("an amount that is no decimal of its currency".into()))
}

/// `"1990"` or `1990`, minor units; without sign, as above.
pub(super) fn minor(tree: &Tree, currency: Currency) -> Result<Money, Unreadable> {
    let Some(word) = tree.word() else {
        return Ok(Money::zero(currency));
    };
    let digits = word.strip_prefix('-').unwrap_or(word);
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let amount = digits.parse().ok().filter(|_| fits);
    let money = amount.and_then(|amount| Money::new(amount, currency).ok());
    money.ok_or_else(|| Unreadable("an amount that is no number of minor units".into()))
}

/// The first without the second, and nothing where that is more.
pub(super) fn without(all: Money, part: Money) -> Money {
    match all.minus(part) {
        Ok(rest) if rest.minor() >= 0 => rest,
        _ => Money::zero(all.currency()),
    }
}

/// All of them together.
pub(super) fn sum(
    amounts: impl Iterator<Item = Result<Money, Unreadable>>,
    currency: Currency,
) -> Result<Money, Unreadable> {
    let mut all = Money::zero(currency);
    for amount in amounts {
        let more = all.plus(amount?);
        all = more.map_err(|_| Unreadable("amounts beyond all bounds".into()))?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{decimal, minor};
    use crate::json::Tree;
    use crate::money::{Currency, MINOR_UNITS_MAX};

    fn read(json: &str, code: &str) -> Option<i64> {
        let currency = Currency::parse(code).expect("a currency");
        let tree = Tree::parse(json).expect("JSON");
        decimal(&tree, currency)
            .ok()
            .map(crate::money::Money::minor)
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
        let euro = Currency::parse("EUR").expect("a currency");
        for json in ["\"1.0\"", "1.5", "\"x\"", "\"99999999999999999999\""] {
            assert!(
                minor(&Tree::parse(json).expect("JSON"), euro).is_err(),
                "{json}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_as_decimal_comes_back(amount in 0..=MINOR_UNITS_MAX) {
            let written = format!("\"{}.{:02}\"", amount / 100, amount % 100);
            prop_assert_eq!(read(&written, "EUR"), Some(amount));
        }
    }
}
