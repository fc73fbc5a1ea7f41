//! How a guest proves an address: a secret that is sent there, and a token that is given for it.
//!
//! Neither is stored. Both follow from the program's own hash key, so that nobody who reads the ledger can use what lies
//! there: of a proof only its id lies there, of a token nothing.

use crate::id::{Pseudonym, hex};
use crate::keyed_hash::{SecretKey, keyed_hash};
use crate::time::Millis;

/// For how long a link proves an address.
pub const PROOF_LIVES_MS: i64 = 15 * 60_000;

/// For how long a guest is known after that.
pub const GUEST_TOKEN_LIVES_MS: i64 = 60 * 60_000;

/// How every guest token begins.
pub const GUEST_TOKEN_PREFIX: &str = "gw_guest_";

/// Hex digits of an id, of a pseudonym, and of a keyed hash.
const DIGITS: usize = 32;

/// Why a guest token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestTokenError {
    /// It is none, or none of this program's.
    Invalid,
    /// It was good once.
    Expired,
}

/// The id of a new proof, from random bytes: 32 hex digits.
pub fn proof_id(entropy: [u8; 16]) -> String {
    hex(&entropy)
}

/// The secret that is sent for a proof: its id, and what only the program can make of it. 64 hex digits.
pub fn proof_secret(key: &SecretKey, id: &str) -> String {
    format!("{id}{}", keyed_hash(key, "proof", id).0)
}

/// The id of the proof that a secret is for, if it is the program's own.
pub fn proof_of<'a>(key: &SecretKey, secret: &'a str) -> Option<&'a str> {
    let (id, mac) = split(secret)?;
    let own = keyed_hash(key, "proof", id).0;
    is_same(&own, mac).then_some(id)
}

/// A token for a guest who has proved an address.
pub fn guest_token(key: &SecretKey, person: &Pseudonym, now: Millis) -> (String, Millis) {
    let expires = now.plus_ms(GUEST_TOKEN_LIVES_MS);
    let said = format!("{person}{:x}", expires.0);
    let mac = keyed_hash(key, "guest-token", &said).0;
    (format!("{GUEST_TOKEN_PREFIX}{mac}{said}"), expires)
}

/// Whose a guest token is.
pub fn verify_guest_token(
    key: &SecretKey,
    token: &str,
    now: Millis,
) -> Result<Pseudonym, GuestTokenError> {
    let text = token.strip_prefix(GUEST_TOKEN_PREFIX);
    let (mac, said) = text.and_then(split).ok_or(GuestTokenError::Invalid)?;
    if !is_same(&keyed_hash(key, "guest-token", said).0, mac) {
        return Err(GuestTokenError::Invalid);
    }
    let (person, expires) = split(said).ok_or(GuestTokenError::Invalid)?;
    let expires = i64::from_str_radix(expires, 16).map_err(|_| GuestTokenError::Invalid)?;
    if expires <= now.0 {
        return Err(GuestTokenError::Expired);
    }
    Ok(Pseudonym(person.to_owned()))
}

/// The first 32 characters, and the rest.
fn split(text: &str) -> Option<(&str, &str)> {
    text.split_at_checked(DIGITS)
}

/// Compares in a time that tells nothing of where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |found, (a, b)| found | (a ^ b));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::{
        GUEST_TOKEN_LIVES_MS, GuestTokenError, guest_token, proof_id, proof_of, proof_secret,
        verify_guest_token,
    };
    use crate::id::Pseudonym;
    use crate::keyed_hash::SecretKey;
    use crate::time::Millis;

    const KEY: SecretKey = SecretKey([7; 32]);
    const OTHER: SecretKey = SecretKey([8; 32]);

    #[test]
    fn a_secret_names_its_proof_and_no_changed_one_does() {
        let id = proof_id([5; 16]);
        let secret = proof_secret(&KEY, &id);
        assert_eq!(secret.len(), 64);
        assert_eq!(proof_of(&KEY, &secret), Some(id.as_str()));
        assert_eq!(proof_of(&OTHER, &secret), None);
        for at in 0..secret.len() {
            let mut changed = secret.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).expect("digits");
            assert_eq!(proof_of(&KEY, &changed), None, "{at}");
        }
        for no in [
            "",
            "x",
            &id,
            &secret[1..],
            &format!("{secret}0"),
            "ü".repeat(40).as_str(),
        ] {
            assert_eq!(proof_of(&KEY, no), None, "{no}");
        }
    }

    #[test]
    fn a_guest_token_is_good_for_an_hour_and_for_nobody_else() {
        let (now, person) = (Millis(1_764_000_000_000), Pseudonym("a".repeat(32)));
        let (token, expires) = guest_token(&KEY, &person, now);
        assert_eq!(expires, now.plus_ms(GUEST_TOKEN_LIVES_MS));
        assert_eq!(verify_guest_token(&KEY, &token, now), Ok(person.clone()));
        let late = verify_guest_token(&KEY, &token, expires);
        assert_eq!(late, Err(GuestTokenError::Expired));
        let invalid = Err(GuestTokenError::Invalid);
        assert_eq!(verify_guest_token(&OTHER, &token, now), invalid);
        let longer = token.replace(&format!("{:x}", expires.0), &format!("{:x}", expires.0 + 1));
        let other = token.replace(&person.0, &"b".repeat(32));
        for no in ["", "gw_guest_", &longer, &other, &token[9..]] {
            assert_eq!(verify_guest_token(&KEY, no, now), invalid, "{no}");
        }
    }
}
