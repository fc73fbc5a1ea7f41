//! Keyed hashes: equality without the value.
//!
//! What must be compared but need not be read (addresses, network prefixes) is kept as HMAC-SHA-256 under the program's
//! own key with a purpose prefix, cut to 128 bits. Without the key nobody can test a guess, and a hash made for one
//! purpose never equals one made for another.

use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::email::Email;
use crate::id::hex;

/// A secret of 32 bytes. Its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(pub [u8; 32]);

/// A keyed hash as 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyedHash(pub String);

/// Both keyed hashes of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EmailHashes {
    /// Of the address as it is.
    pub exact: KeyedHash,
    /// Of the mailbox behind aliases.
    pub canonical: KeyedHash,
}

/// HMAC-SHA-256 of the parts, joined by zero bytes, under the key.
pub fn mac(key: &SecretKey, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so this constructor cannot fail; the empty array is never reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.0) else {
        return [0; 32];
    };
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            mac.update(&[0]);
        }
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The keyed hash of a value for one purpose.
pub fn keyed_hash(key: &SecretKey, purpose: &str, value: &str) -> KeyedHash {
    let digest = mac(key, &[purpose.as_bytes(), value.as_bytes()]);
    KeyedHash(hex(digest.get(..16).unwrap_or_default()))
}

/// Both keyed hashes of an address.
pub fn email_hashes(key: &SecretKey, email: &Email) -> EmailHashes {
    EmailHashes {
        exact: keyed_hash(key, "email/exact", email.exact()),
        canonical: keyed_hash(key, "email/canonical", &email.canonical()),
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::{SecretKey, email_hashes, keyed_hash};
    use crate::email::Email;

    #[test]
    fn an_alias_differs_exactly_and_agrees_canonically() {
        let key = SecretKey([7; 32]);
        let plain = email_hashes(&key, &Email::parse("jane@gmail.com").expect("address"));
        let alias = email_hashes(
            &key,
            &Email::parse("ja.ne+x@googlemail.com").expect("address"),
        );
        assert_ne!(plain.exact, alias.exact);
        assert_eq!(plain.canonical, alias.canonical);
    }

    #[test]
    fn another_key_or_purpose_gives_another_hash() {
        let one = keyed_hash(&SecretKey([1; 32]), "a", "x");
        assert_ne!(one, keyed_hash(&SecretKey([2; 32]), "a", "x"));
        assert_ne!(one, keyed_hash(&SecretKey([1; 32]), "b", "x"));
        assert_eq!(one.0.len(), 32);
    }
}
