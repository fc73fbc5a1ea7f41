//! Standard Webhooks 1.0.0 signatures: how order reports come in and events go out.
//!
//! The signed text is `id.timestamp.body`, the signature `v1,` and base64 of its HMAC-SHA-256; a header may hold several,
//! separated by spaces, while a secret is being rotated. Source: the specification of standardwebhooks.com.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::encoding::{from_base64, to_base64};
use crate::time::Millis;

/// How old, or how far ahead, a signed message may be: 300 seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// What a printed signing secret begins with.
pub const SECRET_PREFIX: &str = "whsec_";

/// The three headers of a signed message.
#[derive(Clone, Debug)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`, Unix seconds.
    pub timestamp: &'a str,
    /// `webhook-signature`.
    pub signature: &'a str,
}

/// Why a signed message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// A header is missing or not of its form.
    Missing,
    /// Too old, or too far ahead.
    Stale,
    /// No signature belongs to the message.
    Forged,
}

/// Bytes of an HMAC-SHA256.
const SIGNATURE_LENGTH: usize = 32;

/// Signatures of a message that are looked at: more than any sender has keys at a time.
const SIGNATURES_MAX: usize = 8;

/// The `webhook-signature` value for a message.
pub fn sign(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let digest = state(secret, id, &timestamp.to_string(), body)
        .map(|mac| mac.finalize().into_bytes())
        .unwrap_or_default();
    format!("v1,{}", to_base64(&digest))
}

/// Accepts a message that one of the secrets signed within the tolerance. Compares in constant time.
pub fn verify(
    headers: &SignedHeaders<'_>,
    body: &str,
    secrets: &[Vec<u8>],
    now: Millis,
) -> Result<(), SignatureError> {
    let id_fits = (1..=256).contains(&headers.id.len()) && !headers.id.contains('.');
    let timestamp: i64 = headers
        .timestamp
        .parse()
        .map_err(|_| SignatureError::Missing)?;
    if !id_fits || headers.signature.is_empty() || headers.signature.len() > 2_048 {
        return Err(SignatureError::Missing);
    }
    if now.seconds().saturating_sub(timestamp).saturating_abs() > TOLERANCE_SECONDS {
        return Err(SignatureError::Stale);
    }
    let signatures: Vec<Vec<u8>> = headers
        .signature
        .split(' ')
        .filter_map(|part| part.strip_prefix("v1,"))
        .filter_map(from_base64)
        .filter(|signature| signature.len() == SIGNATURE_LENGTH)
        .take(SIGNATURES_MAX)
        .collect();
    if signatures.is_empty() {
        return Err(SignatureError::Forged);
    }
    // The body is hashed once for each secret, however many signatures a stranger sends along.
    let signed = secrets.iter().any(|secret| {
        state(secret, headers.id, headers.timestamp, body).is_some_and(|mac| {
            signatures
                .iter()
                .any(|signature| mac.clone().verify_slice(signature).is_ok())
        })
    });
    if signed {
        Ok(())
    } else {
        Err(SignatureError::Forged)
    }
}

fn state(secret: &[u8], id: &str, timestamp: &str, body: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    for part in [id, ".", timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::{SignatureError, SignedHeaders, sign, verify};
    use crate::time::Millis;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    const SECRET: &[u8] = &[42; 32];
    const BODY: &str = r#"{"kind":"order"}"#;

    fn check(signature: &str, timestamp: i64, now_seconds: i64) -> Result<(), SignatureError> {
        let headers = SignedHeaders {
            id: "msg_1",
            timestamp: &timestamp.to_string(),
            signature,
        };
        verify(
            &headers,
            BODY,
            &[vec![1; 32], SECRET.to_vec()],
            Millis(now_seconds * 1000),
        )
    }

    #[test]
    fn the_reference_library_accepts_what_we_sign_and_we_accept_what_it_signs() {
        let printed = format!("whsec_{}", STANDARD.encode(SECRET));
        let reference = standardwebhooks::Webhook::new(&printed).expect("a secret");
        let theirs = reference
            .sign("msg_1", 1_764_000_000, BODY.as_bytes())
            .expect("signed");
        assert_eq!(theirs, sign(SECRET, "msg_1", 1_764_000_000, BODY));
        assert_eq!(check(&theirs, 1_764_000_000, 1_764_000_000), Ok(()));
    }

    #[test]
    fn a_signature_301_seconds_old_is_stale() {
        let signature = sign(SECRET, "msg_1", 1_000, BODY);
        assert_eq!(check(&signature, 1_000, 1_300), Ok(()));
        assert_eq!(check(&signature, 1_000, 1_301), Err(SignatureError::Stale));
        assert_eq!(check(&signature, 1_000, 699), Err(SignatureError::Stale));
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        let signature = format!("v1,AAAA v2,zzz {}", sign(SECRET, "msg_1", 1_000, BODY));
        assert_eq!(check(&signature, 1_000, 1_000), Ok(()));
    }

    #[test]
    fn eight_signatures_are_looked_at_and_no_more() {
        let good = sign(SECRET, "msg_1", 1_000, BODY);
        let other = sign(&[9; 32], "msg_1", 1_000, BODY);
        let after = |others: usize| {
            let others = vec![other.as_str(); others].join(" ");
            check(&format!("{others} v1,AAAA {good}"), 1_000, 1_000)
        };
        assert_eq!(after(7), Ok(()));
        assert_eq!(after(8), Err(SignatureError::Forged));
    }

    #[test]
    fn a_forged_message_is_refused() {
        for signature in [
            "v1,AAAA",
            "v1,",
            &sign(&[9; 32], "msg_1", 1_000, BODY),
            &sign(SECRET, "msg_2", 1_000, BODY),
        ] {
            assert_eq!(
                check(signature, 1_000, 1_000),
                Err(SignatureError::Forged),
                "{signature}"
            );
        }
        assert_eq!(check("", 1_000, 1_000), Err(SignatureError::Missing));
    }
}
