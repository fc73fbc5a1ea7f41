//! Signs what the store reports, by the Standard Webhooks scheme.
//!
//! Written from the specification and checked against the scheme's own library, so that the edge is tested against the
//! scheme and not against itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The value of the `webhook-signature` header: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`.
///
/// `key` is `whsec_` and base64; the timestamp is in Unix seconds, as in the `webhook-timestamp` header. `None` when the
/// key cannot be read.
pub fn sign(key: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let secret = STANDARD.decode(key.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use standardwebhooks::Webhook;

    use super::super::ids::now_ms;
    use super::sign;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn headers(id: &str, timestamp: i64, signature: &str) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).unwrap();
        HeaderMap::from_iter([
            ("webhook-id".parse().unwrap(), value(id)),
            (
                "webhook-timestamp".parse().unwrap(),
                value(&timestamp.to_string()),
            ),
            ("webhook-signature".parse().unwrap(), value(signature)),
        ])
    }

    #[test]
    fn the_schemes_own_library_accepts_the_signature() {
        let now = now_ms() / 1000;
        let body = r#"{"kind":"order","name":"Zoë"}"#;
        let signature = sign(KEY, "msg_1", now, body).unwrap();
        let verifier = Webhook::new(KEY).unwrap();
        verifier
            .verify(body.as_bytes(), &headers("msg_1", now, &signature))
            .unwrap();
    }

    #[test]
    fn another_body_id_or_time_breaks_the_signature() {
        let now = now_ms() / 1000;
        let signature = sign(KEY, "msg_1", now, "{}").unwrap();
        let verifier = Webhook::new(KEY).unwrap();
        for (body, id, at) in [
            ("{ }", "msg_1", now),
            ("{}", "msg_2", now),
            ("{}", "msg_1", now - 1),
        ] {
            assert!(
                verifier
                    .verify(body.as_bytes(), &headers(id, at, &signature))
                    .is_err()
            );
        }
    }

    #[test]
    fn a_key_that_is_no_key_signs_nothing() {
        assert_eq!(sign("whsec_***", "msg_1", 0, "{}"), None);
        assert_eq!(
            sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_1", 0, "{}"),
            None
        );
    }
}
