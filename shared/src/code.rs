//! Referral codes: stable, public, typed by people, and never money by themselves.
//!
//! A generated code is 8 random symbols of Crockford's 32 and one check symbol, a weighted sum over GF(32). The weights
//! are distinct and not zero, so every single wrong symbol and every swap of two symbols changes the sum: a mistyped code
//! is refused before anything is looked up.

use serde::Serialize;

/// Symbols of a generated code, check symbol included.
pub const CODE_LENGTH: usize = 9;

/// Longest code of any kind: a merchant's chosen word.
pub const CODE_LENGTH_MAX: usize = 20;

/// Shortest chosen word.
pub const WORD_LENGTH_MIN: usize = 4;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A referral code in its normal form: upper case, I and L as 1, O as 0, without spaces and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct ReferralCode(String);

/// Why a text is no referral code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidCode {
    /// Not 4 to 20 letters and digits.
    Shape,
    /// Nine symbols of which one is wrong, or two are swapped.
    CheckSymbol,
}

impl ReferralCode {
    /// A code from 8 random bytes, of which 5 bits each are used.
    pub fn from_entropy(entropy: [u8; 8]) -> Self {
        let values = entropy.map(|byte| byte & 31);
        let mut text: String = values.iter().map(|value| symbol(*value)).collect();
        text.push(symbol(weighted_sum(&values)));
        Self(text)
    }

    /// Parses what a person typed or a link carries.
    pub fn parse(input: &str) -> Result<Self, InvalidCode> {
        // Anything longer than a code with a dash between all its symbols is not one; this bounds the work.
        if input.len() > CODE_LENGTH_MAX.saturating_mul(2) {
            return Err(InvalidCode::Shape);
        }
        let mut normal = String::with_capacity(CODE_LENGTH_MAX);
        for byte in input.bytes() {
            match byte.to_ascii_uppercase() {
                b' ' | b'-' => {}
                b'I' | b'L' => normal.push('1'),
                b'O' => normal.push('0'),
                letter if letter.is_ascii_alphanumeric() => normal.push(char::from(letter)),
                _ => return Err(InvalidCode::Shape),
            }
        }
        if normal.len() == CODE_LENGTH {
            return if checks(&normal) {
                Ok(Self(normal))
            } else {
                Err(InvalidCode::CheckSymbol)
            };
        }
        if (WORD_LENGTH_MIN..=CODE_LENGTH_MAX).contains(&normal.len()) {
            Ok(Self(normal))
        } else {
            Err(InvalidCode::Shape)
        }
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Longest code of a shop's own.
const SHOP_CODE_LENGTH_MAX: usize = 50;

/// Whether this may be a discount code of a shop's own: capitals, digits, dashes and underscores, 4 to 50. Codes are compared
/// without regard to case, and shown as they are stored: a shop that tells small letters from capitals would not take them.
pub fn is_shop_code(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (WORD_LENGTH_MIN..=SHOP_CODE_LENGTH_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// A single-use discount code, `GW` and 10 random symbols: letters and digits only, because some shops allow no more.
pub fn discount_code(entropy: [u8; 10]) -> String {
    let mut text = String::from("GW");
    text.extend(entropy.map(|byte| symbol(byte & 31)));
    text
}

fn symbol(value: u8) -> char {
    ALPHABET
        .get(usize::from(value & 31))
        .map_or('0', |byte| char::from(*byte))
}

fn value(symbol: u8) -> Option<u8> {
    ALPHABET
        .iter()
        .position(|candidate| *candidate == symbol)
        .and_then(|index| u8::try_from(index).ok())
}

/// Whether the last of nine symbols is the check symbol of the others.
fn checks(normal: &str) -> bool {
    let values: Option<Vec<u8>> = normal.bytes().map(value).collect();
    match values.as_deref().and_then(<[u8]>::split_last) {
        Some((check, body)) => weighted_sum(body) == *check,
        None => false,
    }
}

/// The sum of `a^(i+1) * value_i` over GF(32), where `a` generates the field: weights 2, 4, 8, ... all differ, none is 0 or
/// 1, and 1 is the weight of the check symbol itself.
fn weighted_sum(values: &[u8]) -> u8 {
    values
        .iter()
        .rev()
        .fold(0, |sum, value| double(sum ^ (value & 31)))
}

/// Multiplication by the generator of GF(32) modulo x^5 + x^2 + 1.
const fn double(value: u8) -> u8 {
    let shifted = (value << 1) & 63;
    if shifted & 32 == 0 {
        shifted
    } else {
        (shifted ^ 0b10_0101) & 31
    }
}

impl From<ReferralCode> for String {
    fn from(code: ReferralCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, InvalidCode, ReferralCode, discount_code, is_shop_code};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn swapped(text: &str, left: usize, right: usize) -> String {
        let mut bytes = text.as_bytes().to_vec();
        bytes.swap(left, right);
        String::from_utf8(bytes).expect("ASCII")
    }

    #[test]
    fn every_single_substitution_and_every_swap_is_caught() {
        let mut tried = 0_u32;
        for seed in 0..200_u64 {
            let code =
                ReferralCode::from_entropy(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            for position in 0..9 {
                for symbol in ALPHABET {
                    let mut bytes = code.as_str().as_bytes().to_vec();
                    if bytes[position] == *symbol {
                        continue;
                    }
                    bytes[position] = *symbol;
                    let typed = String::from_utf8(bytes).expect("ASCII");
                    assert_eq!(ReferralCode::parse(&typed), Err(InvalidCode::CheckSymbol));
                    tried += 1;
                }
                for other in position + 1..9 {
                    let typed = swapped(code.as_str(), position, other);
                    if typed != code.as_str() {
                        assert_eq!(ReferralCode::parse(&typed), Err(InvalidCode::CheckSymbol));
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 60_000, "{tried}");
    }

    #[test]
    fn lower_case_dashes_and_look_alikes_are_read_as_meant() {
        let code = ReferralCode::from_entropy([1, 0, 2, 3, 4, 5, 6, 7]);
        let typed = code
            .as_str()
            .to_lowercase()
            .replacen('1', "l", 1)
            .replacen('0', "o", 1);
        let spaced = format!("{}-{} {}", &typed[..3], &typed[3..6], &typed[6..]);
        assert_eq!(ReferralCode::parse(&spaced), Ok(code));
    }

    #[test]
    fn a_chosen_word_is_kept_in_normal_form() {
        assert_eq!(
            ReferralCode::parse("Jane-Loves").map(String::from),
            Err(InvalidCode::CheckSymbol)
        );
        assert_eq!(
            ReferralCode::parse("Coffee").map(String::from),
            Ok("C0FFEE".into())
        );
        assert_eq!(ReferralCode::parse("abc"), Err(InvalidCode::Shape));
        assert_eq!(
            ReferralCode::parse(&"a".repeat(21)),
            Err(InvalidCode::Shape)
        );
        assert_eq!(ReferralCode::parse("caf\u{e9}"), Err(InvalidCode::Shape));
    }

    #[test]
    fn a_code_of_a_shop_is_capitals_and_digits_with_dashes_between() {
        for code in ["ONCE-0001", "GIFT", "A_B_", &"A".repeat(50)] {
            assert!(is_shop_code(code), "{code}");
        }
        for code in [
            "ABC",
            "once-0001",
            "A B C",
            "Ü-1234",
            "",
            &"A".repeat(51),
            "A,BC",
        ] {
            assert!(!is_shop_code(code), "{code}");
        }
    }

    #[test]
    fn a_discount_code_is_twelve_letters_and_digits() {
        let code = discount_code([255; 10]);
        assert_eq!(code, "GWZZZZZZZZZZ");
    }

    proptest! {
        #[test]
        fn a_generated_code_parses_to_itself(entropy in any::<[u8; 8]>()) {
            let code = ReferralCode::from_entropy(entropy);
            prop_assert_eq!(ReferralCode::parse(code.as_str()), Ok(code));
        }

        #[test]
        fn no_text_makes_the_parser_fail(text in "\\PC{0,60}") {
            let _ = ReferralCode::parse(&text);
        }
    }
}
