//! Referral codes that nobody owns: well-formed ones, and ones with a typing error.
//!
//! Written from the description of the code alone, so that the check symbol is tested and not repeated.

use crate::store::ids::session_id;

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code with a right check symbol, drawn at random: the chance that it is somebody's is one in a thousand million.
pub fn unknown_code() -> String {
    let drawn = session_id();
    let values: Vec<u8> = drawn.bytes().take(8).map(|byte| byte & 31).collect();
    let symbol = |value: &u8| char::from(SYMBOLS[usize::from(*value)]);
    let mut code: String = values.iter().map(symbol).collect();
    code.push(symbol(&check(&values)));
    code
}

/// The code with one symbol wrong.
pub fn mistyped(code: &str, place: usize) -> String {
    let wrong = |byte: u8| SYMBOLS.iter().find(|other| **other != byte).copied();
    let mut bytes = code.as_bytes().to_vec();
    bytes[place] = wrong(bytes[place]).expect("32 symbols");
    String::from_utf8(bytes).expect("ASCII")
}

/// Symbol `i` weighs the generator to the power of `i + 1`, over GF(32) modulo x^5 + x^2 + 1.
fn check(values: &[u8]) -> u8 {
    let mut sum = 0;
    let mut weight = 2;
    for value in values {
        sum ^= multiply(*value, weight);
        weight = multiply(weight, 2);
    }
    sum
}

fn multiply(mut one: u8, mut other: u8) -> u8 {
    let mut product = 0;
    while other > 0 {
        if other & 1 == 1 {
            product ^= one;
        }
        one <<= 1;
        if one & 32 != 0 {
            one ^= 0b10_0101;
        }
        other >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::{check, mistyped, multiply};

    #[test]
    fn the_field_has_32_elements_and_two_generates_them() {
        let mut seen = std::collections::BTreeSet::new();
        let mut value = 1;
        for _ in 0..31 {
            seen.insert(value);
            value = multiply(value, 2);
        }
        assert_eq!((seen.len(), value), (31, 1));
    }

    #[test]
    fn a_wrong_symbol_is_another_symbol() {
        assert_eq!(mistyped("7K3M9QX2A", 0), "0K3M9QX2A");
        assert_eq!(mistyped("0K3M9QX2A", 0), "1K3M9QX2A");
        assert_eq!(check(&[0; 8]), 0);
    }
}
