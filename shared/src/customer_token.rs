//! The customer token: the shop's own word on who is looking, as a short-lived JWT.
//!
//! The algorithm is pinned to HS256 and never read from a key; `aud` must be the program and `exp` must lie within an
//! hour, so a token that leaks from a page is worth little and not for long. A token that names extensions which have to be
//! understood (`crit`) is refused, because none is. Source: RFC 7515, RFC 7519, RFC 8725.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::email::Email;
use crate::encoding::from_base64url;
use crate::id::{ExternalId, ProgramId};
use crate::json::{Read, Reader};
use crate::name::clean_name;
use crate::time::Millis;

/// Longest token that is read at all, in characters.
pub const CUSTOMER_TOKEN_LENGTH_MAX: usize = 16_384;

/// Longest life a token may have left, in seconds.
pub const LIFETIME_SECONDS_MAX: i64 = 3_600;

/// How far `nbf` may lie ahead of our clock, in seconds: the shop's clock is another one.
pub const AHEAD_SECONDS_MAX: i64 = 60;

/// The customer whom the shop vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The shop's id, `sub`.
    pub id: ExternalId,
    /// E-mail, when the shop gave one.
    pub email: Option<Email>,
    /// Display name, cleaned.
    pub name: Option<String>,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerTokenError {
    /// Not a JWT, or without `sub` or `exp`.
    Malformed,
    /// Another algorithm than HS256, or extensions that have to be understood.
    Algorithm,
    /// The signature does not belong to the contents.
    Forged,
    /// `aud` is not this program.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `exp` is more than an hour ahead.
    LivesTooLong,
    /// `nbf` is more than a minute ahead.
    NotYetValid,
}

#[derive(Read)]
#[serde(rename = "~Header")]
struct Header {
    alg: String,
    /// Whether there is a `crit`, whatever it says.
    #[read(present)]
    crit: Option<Anything>,
}

#[derive(Read)]
#[serde(rename = "~Claims")]
struct Claims {
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<i64>,
    nbf: Option<i64>,
    email: Option<String>,
    name: Option<String>,
}

/// A value that nobody looks at.
struct Anything;

/// `aud` is one string or a list of them (RFC 7519, section 4.1.3).
struct Audience(Vec<String>);

/// Checks a token and returns its customer. `keys` are all live generations.
pub fn verify(
    token: &str,
    keys: &[Vec<u8>],
    program: &ProgramId,
    now: Millis,
) -> Result<Customer, CustomerTokenError> {
    if token.len() > CUSTOMER_TOKEN_LENGTH_MAX {
        return Err(CustomerTokenError::Malformed);
    }
    let (signed, signature) = token
        .rsplit_once('.')
        .ok_or(CustomerTokenError::Malformed)?;
    let (header, claims) = signed
        .split_once('.')
        .ok_or(CustomerTokenError::Malformed)?;
    let header: Header = decode(header)?;
    if header.alg != "HS256" || header.crit.is_some() {
        return Err(CustomerTokenError::Algorithm);
    }
    let signature = from_base64url(signature).ok_or(CustomerTokenError::Malformed)?;
    let authentic = keys.iter().any(|key| {
        Hmac::<Sha256>::new_from_slice(key).is_ok_and(|mut mac| {
            mac.update(signed.as_bytes());
            mac.verify_slice(&signature).is_ok()
        })
    });
    if !authentic {
        return Err(CustomerTokenError::Forged);
    }
    check(decode(claims)?, program, now)
}

fn check(claims: Claims, program: &ProgramId, now: Millis) -> Result<Customer, CustomerTokenError> {
    let for_us = claims
        .aud
        .is_some_and(|Audience(names)| names.iter().any(|name| name == program.as_str()));
    if !for_us {
        return Err(CustomerTokenError::Audience);
    }
    let left = claims
        .exp
        .ok_or(CustomerTokenError::Malformed)?
        .saturating_sub(now.seconds());
    if left <= 0 {
        return Err(CustomerTokenError::Expired);
    }
    if left > LIFETIME_SECONDS_MAX {
        return Err(CustomerTokenError::LivesTooLong);
    }
    let latest = now.seconds().saturating_add(AHEAD_SECONDS_MAX);
    if claims.nbf.is_some_and(|nbf| nbf > latest) {
        return Err(CustomerTokenError::NotYetValid);
    }
    let id = claims.sub.ok_or(CustomerTokenError::Malformed)?;
    Ok(Customer {
        id: ExternalId::parse(&id).map_err(|_| CustomerTokenError::Malformed)?,
        email: claims
            .email
            .as_deref()
            .and_then(|email| Email::parse(email).ok()),
        name: claims.name.as_deref().and_then(clean_name),
    })
}

fn decode<T: Read>(part: &str) -> Result<T, CustomerTokenError> {
    let bytes = from_base64url(part).ok_or(CustomerTokenError::Malformed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| CustomerTokenError::Malformed)?;
    crate::json::parse(text).map_err(|_| CustomerTokenError::Malformed)
}

impl Read for Anything {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.skip();
        Self
    }
}

impl Read for Audience {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self(match reader.peek() {
            Some(b'[') => Vec::read(reader),
            _ => vec![reader.text()],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomerTokenError, verify};
    use crate::id::ProgramId;
    use crate::time::Millis;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::crypto::sign;
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::{Value, json};

    const KEY: &[u8] = b"gw_cust_a-key-as-it-was-printed";
    const NOW: Millis = Millis(1_764_000_000_000);

    fn minted(algorithm: Algorithm, claims: &Value) -> String {
        encode(
            &Header::new(algorithm),
            claims,
            &EncodingKey::from_secret(KEY),
        )
        .expect("a token")
    }

    fn check(token: &str) -> Result<super::Customer, CustomerTokenError> {
        let program = ProgramId::parse("acme").expect("program");
        verify(token, &[b"another".to_vec(), KEY.to_vec()], &program, NOW)
    }

    fn claims() -> Value {
        json!({"sub": "c1", "aud": "acme", "exp": 1_764_000_900, "email": "Jane@Example.com", "name": "Jane <b>"})
    }

    #[test]
    fn a_token_of_an_official_library_is_accepted() {
        let customer = check(&minted(Algorithm::HS256, &claims())).expect("accepted");
        assert_eq!(customer.id.as_str(), "c1");
        assert_eq!(customer.email.expect("e-mail").exact(), "jane@example.com");
        assert_eq!(customer.name.as_deref(), Some("Jane b"));
    }

    #[test]
    fn other_algorithms_and_none_are_refused() {
        assert_eq!(
            check(&minted(Algorithm::HS384, &claims())),
            Err(CustomerTokenError::Algorithm)
        );
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let body = URL_SAFE_NO_PAD.encode(claims().to_string());
        assert_eq!(
            check(&format!("{none}.{body}.")),
            Err(CustomerTokenError::Algorithm)
        );
    }

    #[test]
    fn each_missing_or_wrong_claim_has_its_own_answer() {
        let cases = [
            ("aud", json!("other"), CustomerTokenError::Audience),
            ("aud", Value::Null, CustomerTokenError::Audience),
            ("exp", Value::Null, CustomerTokenError::Malformed),
            ("exp", json!(1_764_000_000), CustomerTokenError::Expired),
            (
                "exp",
                json!(1_764_003_601),
                CustomerTokenError::LivesTooLong,
            ),
            ("sub", Value::Null, CustomerTokenError::Malformed),
            ("sub", json!(""), CustomerTokenError::Malformed),
            ("exp", json!("soon"), CustomerTokenError::Malformed),
            ("nbf", json!(1_764_000_061), CustomerTokenError::NotYetValid),
            ("nbf", json!("soon"), CustomerTokenError::Malformed),
        ];
        for (claim, value, error) in cases {
            let mut changed = claims();
            changed[claim] = value;
            assert_eq!(
                check(&minted(Algorithm::HS256, &changed)),
                Err(error),
                "{claim}"
            );
        }
    }

    #[test]
    fn a_start_within_a_minute_is_forgiven() {
        for nbf in [0, 1_764_000_000, 1_764_000_060] {
            let mut changed = claims();
            changed["nbf"] = json!(nbf);
            assert!(check(&minted(Algorithm::HS256, &changed)).is_ok(), "{nbf}");
        }
    }

    #[test]
    fn extensions_that_have_to_be_understood_are_refused() {
        let body = URL_SAFE_NO_PAD.encode(claims().to_string());
        for crit in [json!(["b64"]), json!([]), Value::Null] {
            let header = json!({"alg": "HS256", "crit": crit, "b64": false}).to_string();
            let signed = format!("{}.{body}", URL_SAFE_NO_PAD.encode(header));
            let key = EncodingKey::from_secret(KEY);
            let signature = sign(signed.as_bytes(), &key, Algorithm::HS256).expect("a signature");
            assert_eq!(
                check(&format!("{signed}.{signature}")),
                Err(CustomerTokenError::Algorithm),
                "{crit}"
            );
        }
    }

    #[test]
    fn a_list_of_audiences_may_name_us() {
        let mut changed = claims();
        changed["aud"] = json!(["other", "acme"]);
        assert!(check(&minted(Algorithm::HS256, &changed)).is_ok());
    }

    #[test]
    fn a_changed_token_is_forged() {
        let token = minted(Algorithm::HS256, &claims());
        let mut parts: Vec<&str> = token.split('.').collect();
        let body = URL_SAFE_NO_PAD.encode(r#"{"sub":"c2","aud":"acme","exp":1764000900}"#);
        parts[1] = &body;
        assert_eq!(check(&parts.join(".")), Err(CustomerTokenError::Forged));
        for text in ["", ".", "..", "a.b", "a.b.c", &"x".repeat(17_000)] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
