//! Customer tokens (JWT): as they come, and with a good signature on whatever the fuzzer made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use goodword_shared::customer_token::{
    AHEAD_SECONDS_MAX, CUSTOMER_TOKEN_LENGTH_MAX, Customer, CustomerTokenError,
    LIFETIME_SECONDS_MAX, verify,
};
use goodword_shared::id::ProgramId;
use hmac::{Hmac, Mac};
use serde::de::IgnoredAny;
use serde_json::Value;
use sha2::Sha256;

use super::{NOW, Target, with_one_changed};
use crate::verdict::{Class, Verdict, holds, same};

/// An input with a line break is a header and claims, which are then signed; any other is a token as it came.
pub(super) const TARGET: Target = Target::text("customer_token", check).with(&[
    "{\"alg\":\"HS256\"}\n",
    "{\"alg\":\"none\"}\n",
    "\"alg\":\"RS256\"",
    "\"crit\":[\"b64\"]",
    "\"crit\":null",
    "\"typ\":\"JWT\"",
    "\"sub\":\"c1\"",
    "\"aud\":\"acme\"",
    "\"aud\":[\"acme\",\"x\"]",
    "\"exp\":1800000600",
    "\"exp\":1800003600",
    "\"exp\":1800003601",
    "\"exp\":1800000000",
    "\"nbf\":1800000061",
    "\"nbf\":1800000060",
    "\"iat\":1800000000",
    "\"email\":\"jane@shop.example\"",
    "\"name\":\"Jane\"",
    "eyJhbGciOiJIUzI1NiJ9",
    ".",
]);

const SECRET: &[u8] = b"a key of the shop that is long enough";

fn check(input: &str) -> Verdict {
    let Ok(program) = ProgramId::parse("acme") else {
        return Ok("no program".into());
    };
    let keys = [b"an older key".to_vec(), SECRET.to_vec()];
    let Some((header, claims)) = input.split_once('\n') else {
        let read = verify(input, &keys, &program, NOW);
        if read.is_ok() {
            let signed = input.rsplit_once('.').map(|(signed, _)| token(signed));
            same(
                "what is accepted is signed",
                &signed.as_deref(),
                &Some(input),
            )?;
        }
        return Ok(class("", &read));
    };
    let signed = [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let token = token(&signed);
    let read = verify(&token, &keys, &program, NOW);
    holds(
        "what is well signed is not forged",
        read != Err(CustomerTokenError::Forged),
        || token.clone(),
    )?;
    if let Ok(customer) = &read {
        holds(
            "a token is short",
            token.len() <= CUSTOMER_TOKEN_LENGTH_MAX,
            || token.len().to_string(),
        )?;
        holds(
            "what is accepted says what it must",
            says(header, claims, customer),
            || format!("{header} {claims}"),
        )?;
        let other = with_one_changed(&token);
        let read = verify(&other, &keys, &program, NOW);
        holds(
            "nothing that was changed is still signed",
            read.is_err(),
            || other,
        )?;
        let forged = verify(&token, &[vec![1; 32]], &program, NOW);
        same(
            "a token is of one key",
            &forged,
            &Err(CustomerTokenError::Forged),
        )?;
    }
    Ok(class("signed: ", &read))
}

/// Whether a header and claims, read by somebody else, allow what was made of them.
fn says(header: &str, claims: &str, customer: &Customer) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text);
    let (Ok(header), Ok(claims)) = (read(header), read(claims)) else {
        // Others want to have numbers that they skip; they must be JSON all the same.
        let well_formed = |text| serde_json::from_str::<IgnoredAny>(text).is_ok();
        return well_formed(header) && well_formed(claims);
    };
    let now = NOW.seconds();
    let for_us = match &claims["aud"] {
        Value::Array(names) => names.contains(&Value::from("acme")),
        name => name == "acme",
    };
    let lives = claims["exp"]
        .as_i64()
        .is_some_and(|exp| (1..=LIFETIME_SECONDS_MAX).contains(&exp.saturating_sub(now)));
    let begun = claims["nbf"]
        .as_i64()
        .is_none_or(|nbf| nbf <= now + AHEAD_SECONDS_MAX);
    header["alg"] == "HS256"
        && header.get("crit").is_none()
        && for_us
        && lives
        && begun
        && claims["sub"] == customer.id.as_str()
}

fn token(signed: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET) else {
        return String::new();
    };
    mac.update(signed.as_bytes());
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

fn class(how: &str, read: &Result<Customer, CustomerTokenError>) -> Class {
    Class::Owned(match read {
        Ok(customer) => format!(
            "{how}accepted {} {}",
            customer.email.is_some(),
            customer.name.is_some()
        ),
        Err(error) => format!("{how}{error:?}"),
    })
}
