//! Secrets at rest: every key is sealed with the Worker's one secret, every readable name and address with the program's
//! contact key.
//!
//! XChaCha20-Poly1305 with a random nonce; the purpose is authenticated with it, so that a sealed value moved to another
//! place does not open. Rotating the Worker's secret means sealing the keys again, and nothing else.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use goodword_shared::encoding::to_base64url;
use goodword_shared::id::hex;
use goodword_shared::keyed_hash::{SecretKey, mac};
use subtle::ConstantTimeEq;

const NONCE_LENGTH: usize = 24;

/// What the derived administrator key begins with.
const ADMIN_PREFIX: &str = "gw_admin_";

/// The Worker's secret, and the one before it while a rotation lasts.
#[derive(Clone)]
pub(crate) struct WorkerSecret {
    current: SecretKey,
    previous: Option<SecretKey>,
}

impl WorkerSecret {
    /// From 64 hex digits each.
    pub(crate) fn parse(current: &str, previous: Option<&str>) -> Option<Self> {
        Some(Self {
            current: parse_hex(current)?,
            previous: previous.and_then(parse_hex),
        })
    }

    /// Seals with the current secret.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8], nonce: [u8; NONCE_LENGTH]) -> Vec<u8> {
        seal(&wrapping_key(&self.current), purpose, plain, nonce)
    }

    /// Opens what the current or the previous secret sealed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&wrapping_key(&self.current), purpose, sealed).or_else(|| {
            let previous = self.previous.as_ref()?;
            open(&wrapping_key(previous), purpose, sealed)
        })
    }

    /// Whether only the previous secret opens it: then it has to be sealed again.
    pub(crate) fn is_stale(&self, purpose: &str, sealed: &[u8]) -> bool {
        open(&wrapping_key(&self.current), purpose, sealed).is_none()
    }

    /// Whether a bearer key is the deployment's administrator key, which is derived from the secret and stored nowhere.
    pub(crate) fn is_admin(&self, bearer: &str) -> bool {
        let digest = mac(&self.current, &[b"goodword/admin-key/v1"]);
        let encoded = to_base64url(&digest);
        let expected = format!("{ADMIN_PREFIX}{encoded}");
        expected.as_bytes().ct_eq(bearer.as_bytes()).into()
    }
}

/// Seals bytes for a purpose.
pub(crate) fn seal(
    key: &SecretKey,
    purpose: &str,
    plain: &[u8],
    nonce: [u8; NONCE_LENGTH],
) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new((&key.0).into());
    let payload = Payload {
        msg: plain,
        aad: purpose.as_bytes(),
    };
    let mut sealed = nonce.to_vec();
    // Encryption fails only beyond 256 GB.
    if let Ok(text) = cipher.encrypt(XNonce::from_slice(&nonce), payload) {
        sealed.extend(text);
    }
    sealed
}

/// Opens bytes sealed for this purpose.
pub(crate) fn open(key: &SecretKey, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LENGTH)?;
    let payload = Payload {
        msg: text,
        aad: purpose.as_bytes(),
    };
    XChaCha20Poly1305::new((&key.0).into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .ok()
}

fn wrapping_key(secret: &SecretKey) -> SecretKey {
    SecretKey(mac(secret, &[b"goodword/wrap/v1"]))
}

fn parse_hex(text: &str) -> Option<SecretKey> {
    let mut key = [0_u8; 32];
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        let start = index.checked_mul(2)?;
        let digits = text.get(start..start.checked_add(2)?)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    (hex(&key) == text.to_ascii_lowercase()).then_some(SecretKey(key))
}

#[cfg(test)]
mod tests {
    use super::{WorkerSecret, open, seal};
    use goodword_shared::keyed_hash::SecretKey;

    #[test]
    fn what_was_sealed_for_one_purpose_does_not_open_for_another() {
        let key = SecretKey([1; 32]);
        let sealed = seal(&key, "name", b"Jane", [7; 24]);
        assert_eq!(open(&key, "name", &sealed).as_deref(), Some(&b"Jane"[..]));
        assert_eq!(open(&key, "email", &sealed), None);
        assert_eq!(open(&SecretKey([2; 32]), "name", &sealed), None);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(open(&key, "name", &changed), None);
        }
    }

    #[test]
    fn a_rotated_secret_opens_what_the_previous_one_sealed() {
        let (old, new) = ("aa".repeat(32), "bb".repeat(32));
        let before = WorkerSecret::parse(&old, None).expect("a secret");
        let sealed = before.seal("key", b"x", [1; 24]);
        let after = WorkerSecret::parse(&new, Some(&old)).expect("a secret");
        assert_eq!(after.open("key", &sealed).as_deref(), Some(&b"x"[..]));
        assert!(after.is_stale("key", &sealed) && !before.is_stale("key", &sealed));
        let forgotten = WorkerSecret::parse(&new, None).expect("a secret");
        assert_eq!(forgotten.open("key", &sealed), None);
    }

    #[test]
    fn a_secret_is_64_hex_digits() {
        for bad in ["", "zz", &"a".repeat(63), &"g".repeat(64), &"+1".repeat(32)] {
            assert!(WorkerSecret::parse(bad, None).is_none(), "{bad}");
        }
    }

    #[test]
    fn only_the_derived_key_is_the_administrator() {
        let secret = WorkerSecret::parse(&"aa".repeat(32), None).expect("a secret");
        assert!(!secret.is_admin("gw_admin_x") && !secret.is_admin(""));
        assert!(secret.is_admin("gw_admin_Wrl_C5Vz0OJjPV-kgtJJtQ9V_5GtiT3Jf0JY0axbvE8"));
    }
}
