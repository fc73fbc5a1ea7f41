//! Whether a platform really sent this: one table of how each signs, and one function that reads the table.
//!
//! Signatures are checked on the raw bytes, before anything is parsed, against every secret that is live, in constant time.
//! Where a scheme signs its time, what is older or further ahead than its tolerance is refused; where it does not, a replay
//! is harmless all the same, because what a body tells is found by the ids in it and happens once.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Platform;
use crate::encoding::from_base64;
use crate::signature::{SignatureError, TOLERANCE_SECONDS};
use crate::time::Millis;

/// How a platform signs what it sends: HMAC-SHA256, in these forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The header that carries the signature.
    pub header: &'static str,
    /// How the header is written.
    form: Form,
    /// What is signed.
    signed: Signed,
    /// How the signature is written.
    digest: Encoding,
    /// How the secret is printed.
    key: Encoding,
}

/// How a header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The signature alone.
    Alone,
    /// Named parts: that of the time, that of signatures, and what stands between parts.
    Parts {
        time: &'static str,
        signature: &'static str,
        between: char,
    },
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signed {
    Body,
    /// The time, this, and the body.
    TimeAndBody(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Raw,
    Hex,
    Base64,
}

/// Longest header that is read.
const HEADER_LENGTH_MAX: usize = 2_048;

/// Signatures of one header that are looked at: more than any platform has secrets at a time.
const SIGNATURES_MAX: usize = 8;

/// Bytes of an HMAC-SHA256.
const DIGEST_LENGTH: usize = 32;

/// The schemes, with the source of each.
impl Platform {
    /// How it signs; nothing where it signs by another method.
    pub const fn scheme(self) -> Option<Scheme> {
        let scheme = match self {
            // shopify.dev/docs/apps/build/webhooks/verify-deliveries
            Self::Shopify => alone("x-shopify-hmac-sha256", Encoding::Base64),
            // woocommerce.com/document/webhooks
            Self::WooCommerce => alone("x-wc-webhook-signature", Encoding::Base64),
            // docs.stripe.com/webhooks#verify-manually
            Self::Stripe => parts("stripe-signature", "t", "v1", ',', "."),
            // developer.paddle.com/webhooks/signature-verification
            Self::Paddle => parts("paddle-signature", "ts", "h1", ';', ":"),
            // docs.lemonsqueezy.com/help/webhooks/signing-requests
            Self::LemonSqueezy => alone("x-signature", Encoding::Hex),
        };
        Some(scheme)
    }
}

const fn alone(header: &'static str, digest: Encoding) -> Scheme {
    Scheme {
        header,
        form: Form::Alone,
        signed: Signed::Body,
        digest,
        key: Encoding::Raw,
    }
}

const fn parts(
    header: &'static str,
    time: &'static str,
    signature: &'static str,
    between: char,
    joined_by: &'static str,
) -> Scheme {
    Scheme {
        header,
        form: Form::Parts {
            time,
            signature,
            between,
        },
        signed: Signed::TimeAndBody(joined_by),
        digest: Encoding::Hex,
        key: Encoding::Raw,
    }
}

impl Scheme {
    /// Accepts a body that one of the secrets, as they are printed, has signed.
    pub fn verify(
        &self,
        header: &str,
        body: &[u8],
        secrets: &[String],
        now: Millis,
    ) -> Result<(), SignatureError> {
        if header.is_empty() || header.len() > HEADER_LENGTH_MAX {
            return Err(SignatureError::Missing);
        }
        let (time, signatures) = self.read(header);
        if let Signed::TimeAndBody(_) = self.signed {
            let seconds: i64 = time
                .and_then(|time| time.parse().ok())
                .ok_or(SignatureError::Missing)?;
            if now.seconds().saturating_sub(seconds).saturating_abs() > TOLERANCE_SECONDS {
                return Err(SignatureError::Stale);
            }
        }
        let signatures: Vec<Vec<u8>> = signatures
            .into_iter()
            .filter_map(|text| self.digest.decode(text))
            .filter(|digest| digest.len() == DIGEST_LENGTH)
            .take(SIGNATURES_MAX)
            .collect();
        let is_signed = !signatures.is_empty()
            && secrets.iter().any(|secret| {
                let state = self.state(secret, time.unwrap_or_default(), body);
                state.is_some_and(|mac| {
                    let mut signatures = signatures.iter();
                    signatures.any(|signature| mac.clone().verify_slice(signature).is_ok())
                })
            });
        if is_signed {
            Ok(())
        } else {
            Err(SignatureError::Forged)
        }
    }

    /// The time and the signatures of a header.
    fn read<'a>(&self, header: &'a str) -> (Option<&'a str>, Vec<&'a str>) {
        let Form::Parts {
            time,
            signature,
            between,
        } = self.form
        else {
            return (None, vec![header]);
        };
        let (mut at, mut signatures) = (None, Vec::new());
        for part in header.split(between) {
            match part.trim().split_once('=') {
                // A second time would be one that was not signed.
                Some((name, value)) if name == time && at.is_none() => at = Some(value),
                Some((name, value)) if name == signature => signatures.push(value),
                _ => {}
            }
        }
        (at, signatures)
    }

    fn state(&self, secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let key = self.key.decode(secret.trim())?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        if let Signed::TimeAndBody(joined_by) = self.signed {
            mac.update(time.as_bytes());
            mac.update(joined_by.as_bytes());
        }
        mac.update(body);
        Some(mac)
    }
}

impl Encoding {
    fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Raw => Some(text.as_bytes().to_vec()),
            Self::Base64 => from_base64(text),
            Self::Hex => {
                let digits = text.as_bytes().chunks(2);
                let bytes = digits.map(|pair| match pair {
                    [high, low] => Some(nibble(*high)?.wrapping_shl(4) | nibble(*low)?),
                    _ => None,
                });
                bytes.collect()
            }
        }
    }
}

/// A digit, as every platform writes it: another spelling of a signature is none.
const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    }
}
