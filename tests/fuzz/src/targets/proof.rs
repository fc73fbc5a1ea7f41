//! Secrets that prove an address, and tokens of guests: as they come, and made for whatever the fuzzer gave.

use goodword_shared::id::Pseudonym;
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::proof::{
    GUEST_TOKEN_LIVES_MS, GuestTokenError, guest_token, proof_of, proof_secret, verify_guest_token,
};

use super::{NOW, Target, with_one_changed};
use crate::verdict::{Class, Verdict, holds, same};

/// An input with a line break is an id and a person, for whom a secret and a token are made; any other is one as it came.
pub(super) const TARGET: Target = Target::text("proof", check).with(&[
    "gw_guest_",
    "0123456789abcdef0123456789abcdef",
    "19a1b2c3d4e",
    "\n",
]);

const KEY: SecretKey = SecretKey([9; 32]);

fn check(input: &str) -> Verdict {
    let Some((id, person)) = input.split_once('\n') else {
        let (secret, token) = (proof_of(&KEY, input), verify_guest_token(&KEY, input, NOW));
        if let Some(id) = secret {
            same(
                "what is accepted was made",
                &proof_secret(&KEY, id),
                &input.to_owned(),
            )?;
        }
        return Ok(Class::Owned(format!(
            "{} {:?}",
            secret.is_some(),
            token.err()
        )));
    };
    let secret = proof_secret(&KEY, id);
    // Ids are 32 hex digits; of another one nothing is promised but that it harms nobody.
    let known = proof_of(&KEY, &secret);
    if id.len() == 32 {
        same("a secret is for its proof", &known, &Some(id))?;
        let other = with_one_changed(&secret);
        holds(
            "nothing that was changed is still a secret",
            proof_of(&KEY, &other).is_none() || other == secret,
            || other.clone(),
        )?;
    }
    // So are pseudonyms.
    let person = Pseudonym(person.to_owned());
    let (token, expires) = guest_token(&KEY, &person, NOW);
    let read = verify_guest_token(&KEY, &token, NOW);
    if person.0.len() == 32 {
        same(
            "a token is whose it was made for",
            &read,
            &Ok(person.clone()),
        )?;
        let late = verify_guest_token(&KEY, &token, expires);
        holds("and no longer", late.is_err(), || token)?;
    }
    same(
        "it lives so long",
        &expires,
        &NOW.plus_ms(GUEST_TOKEN_LIVES_MS),
    )?;
    Ok(Class::Owned(format!(
        "made {} {}",
        id.len() == 32,
        read_class(&read)
    )))
}

fn read_class<T>(read: &Result<T, GuestTokenError>) -> &'static str {
    if read.is_ok() { "read" } else { "refused" }
}
