//! Tells the referral program who is signed in: a JWT, HS256, short-lived.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use super::account::Customer;

/// How long a token is good for, in seconds. The page asks for a new one before that.
pub const LIFETIME: i64 = 15 * 60;

/// A token for this customer of this program. `now` is in Unix seconds; the key is used as the bytes it is printed with.
///
/// # Panics
/// Never: HMAC takes a key of any length.
pub fn mint(key: &str, program: &str, customer: &Customer, now: i64) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = json!({
        "sub": customer.id,
        "email": customer.email,
        "name": customer.name,
        "aud": program,
        "iat": now,
        "exp": now + LIFETIME,
    });
    let encode = |part: String| URL_SAFE_NO_PAD.encode(part);
    let signed = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length is a key");
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    use serde_json::{Value, json};

    use super::super::account::Customer;
    use super::super::ids::now_ms;
    use super::mint;

    fn jane() -> Customer {
        Customer {
            id: "jane".to_owned(),
            name: "Jane \"J\" Öst".to_owned(),
            email: "jane@example.com".to_owned(),
        }
    }

    fn read(token: &str, key: &str, program: &str) -> Result<Value, jsonwebtoken::errors::Error> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[program]);
        rules.set_required_spec_claims(&["exp", "aud", "sub"]);
        decode::<Value>(token, &DecodingKey::from_secret(key.as_bytes()), &rules)
            .map(|data| data.claims)
    }

    #[test]
    fn another_library_reads_the_token_back() {
        let now = now_ms() / 1000;
        let token = mint("gw_cust_secret", "demo", &jane(), now);
        let expected = json!({
            "sub": "jane", "email": "jane@example.com", "name": "Jane \"J\" Öst",
            "aud": "demo", "iat": now, "exp": now + 900,
        });
        assert_eq!(read(&token, "gw_cust_secret", "demo").unwrap(), expected);
    }

    #[test]
    fn the_token_is_good_for_one_program_one_key_and_a_quarter_of_an_hour() {
        let now = now_ms() / 1000;
        let token = mint("gw_cust_secret", "demo", &jane(), now);
        assert!(read(&token, "gw_cust_other", "demo").is_err());
        assert!(read(&token, "gw_cust_secret", "other").is_err());
        let old = mint("gw_cust_secret", "demo", &jane(), now - 1000);
        assert!(read(&old, "gw_cust_secret", "demo").is_err());
    }

    #[test]
    fn the_token_fits_into_an_attribute_without_escaping() {
        let token = mint("gw_cust_secret", "demo", &jane(), 0);
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        );
    }
}
