//! One key for one postal address, however it was typed.
//!
//! Street names are abbreviated, misspelt and moved from line to line; the country, the postal code and the numbers of house
//! and flat are not. So these alone are the key. That two houses of one postal code share their number happens, and an
//! address alone is never reason enough for anything.

use crate::keyed_hash::{KeyedHash, SecretKey, keyed_hash};
use crate::lowercase::lowercase;
use crate::sorted::sorted_by;

/// A postal address as a shop reports it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostalAddress<'a> {
    /// Two letters (ISO 3166-1).
    pub country: &'a str,
    /// As typed.
    pub postal_code: &'a str,
    /// Street, house, flat; all lines.
    pub lines: &'a str,
}

/// The keyed hash by which addresses are compared; `None` when too little is known to tell one house from another.
pub fn address_hash(key: &SecretKey, address: &PostalAddress<'_>) -> Option<KeyedHash> {
    let numbers: Vec<&str> = address
        .lines
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect();
    let code = letters(address.postal_code);
    if numbers.is_empty() || code.is_empty() {
        return None;
    }
    // "Flat 2, 14 High Street" is "14 High Street, Flat 2".
    let numbers = sorted_by(numbers, Ord::cmp);
    let country = letters(address.country);
    let text = format!("{country}/{code}/{}", numbers.join("/"));
    Some(keyed_hash(key, "address", &text))
}

fn letters(text: &str) -> String {
    let kept: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    lowercase(&kept)
}

#[cfg(test)]
mod tests {
    use super::{PostalAddress, address_hash};
    use crate::keyed_hash::{KeyedHash, SecretKey};

    fn hash(postal_code: &str, lines: &str) -> Option<KeyedHash> {
        let address = PostalAddress {
            country: "GB",
            postal_code,
            lines,
        };
        address_hash(&SecretKey([3; 32]), &address)
    }

    #[test]
    fn spelling_does_not_make_another_house() {
        let one = hash("SW1A 2AB", "14 High Street\nFlat 2");
        assert!(one.is_some());
        for lines in ["Flat 2, 14 High St.", "apt. 2 - 14 hihg street"] {
            assert_eq!(hash("sw1a2ab", lines), one, "{lines}");
        }
    }

    #[test]
    fn another_flat_number_or_code_is_another_address() {
        let one = hash("SW1A 2AB", "14 High Street, Flat 2");
        assert_ne!(hash("SW1A 2AB", "14 High Street, Flat 3"), one);
        assert_ne!(hash("SW1A 2AC", "14 High Street, Flat 2"), one);
    }

    #[test]
    fn an_address_without_a_number_or_a_code_is_compared_with_none() {
        assert_eq!(hash("SW1A 2AB", "Rose Cottage"), None);
        assert_eq!(hash("", "14 High Street"), None);
    }
}
