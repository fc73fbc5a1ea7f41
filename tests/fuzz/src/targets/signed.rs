//! The three headers of a signed message, with its body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use goodword_shared::signature::{SignatureError, SignedHeaders, TOLERANCE_SECONDS, sign, verify};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{NOW, Target, with_one_changed};
use crate::verdict::{Class, Verdict, holds, same};

/// An input has id, timestamp and signature, a line each, and then the body. `SIGN1` and `SIGN2` in the signature stand for
/// the good ones of either secret.
pub(super) const TARGET: Target = Target::text("signed_message", check).with(&[
    "msg_1\n",
    "1800000000\n",
    "1799999700\n",
    "1800000301\n",
    "+1800000000\n",
    "v1,SIGN1",
    "v1,SIGN2",
    "v1a,SIGN1",
    " ",
    "v1,",
    "SIGN1",
    "v1,AAAA",
    "\n",
]);

const SECRETS: [&[u8]; 2] = [&[42; 32], &[43; 32]];

fn check(input: &str) -> Verdict {
    let mut parts = input.splitn(4, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let (id, timestamp, signature, body) = (next(), next(), next(), next());
    let good = SECRETS.map(|secret| expected(secret, id, timestamp, body));
    let signature = signature
        .replace("SIGN1", &good[0])
        .replace("SIGN2", &good[1]);
    let headers = SignedHeaders {
        id,
        timestamp,
        signature: &signature,
    };
    let secrets = SECRETS.map(<[u8]>::to_vec);
    let read = verify(&headers, body, &secrets, NOW);
    let is_good = |part: &str| {
        good.iter()
            .any(|good| part.strip_prefix("v1,") == Some(good))
    };
    let signed = signature.split(' ').any(is_good);
    let fresh = timestamp.parse::<i64>().is_ok_and(|at| {
        (at.saturating_sub(NOW.seconds())).unsigned_abs() <= TOLERANCE_SECONDS.unsigned_abs()
    });
    let fits = (1..=256).contains(&id.len()) && !id.contains('.') && signature.len() <= 2_048;
    holds(
        "what is accepted is fresh, and signed by one of the secrets",
        read.is_err() || (signed && fresh && fits),
        || signature.clone(),
    )?;
    if fits && fresh && is_good(&signature) {
        same("a good signature is accepted", &read, &Ok(()))?;
    }
    if read.is_ok() {
        changed(&headers, body, &secrets)?;
        let seconds: i64 = timestamp.parse().unwrap_or_default();
        if seconds.to_string() == timestamp {
            let ours = sign(SECRETS[0], id, seconds, body);
            same(
                "what we sign is what we accept",
                &ours,
                &format!("v1,{}", good[0]),
            )?;
        }
    }
    Ok(Class::Owned(format!(
        "{read:?} {}",
        signature.split(' ').count().min(10)
    )))
}

fn changed(
    headers: &SignedHeaders<'_>,
    body: &str,
    secrets: &[Vec<u8>],
) -> Result<(), crate::verdict::Violation> {
    let longer = format!("{body} ");
    let other = with_one_changed(body);
    for body in [longer.as_str(), other.as_str()] {
        if body.is_empty() {
            continue;
        }
        let read = verify(headers, body, secrets, NOW);
        same(
            "another body is not signed",
            &read,
            &Err(SignatureError::Forged),
        )?;
    }
    let id = format!("{}x", headers.id);
    let other = SignedHeaders {
        id: &id,
        ..headers.clone()
    };
    let read = verify(&other, body, secrets, NOW);
    holds("another id is not signed", read.is_err(), || id.clone())
}

/// The signature by the scheme's own words, of the timestamp as it was written.
fn expected(secret: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
