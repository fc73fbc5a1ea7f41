//! Click tokens: as they come, with a good signature on whatever the fuzzer made, and signed by ourselves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use goodword_shared::channel::{Channel, Placement, Way};
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ClickId, ProgramId};
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::risk::arrival::Provenance;
use goodword_shared::time::Millis;
use goodword_shared::token::{Click, TOKEN_LENGTH_MAX, TokenError, TokenKey, sign, verify};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{NOW, Target, with_one_changed};
use crate::verdict::{Class, Verdict, Violation, holds, same};

/// An input begins with `=` and has a body that is then signed; or with `+` and has a code, a program and six bytes of
/// which a click is made; or is a token as it came.
pub(super) const TARGET: Target = Target::bytes("click_token", check).with(&[
    "=\u{1}\u{1}",
    "+COFFEE|acme|",
    "+0123456789ABCDEFGHJK|a-program-with-the-longest-name-1|",
    "AQEB",
]);

const KEY: u8 = 1;
const SECRET: SecretKey = SecretKey([7; 32]);
const WINDOW_DAYS: u32 = 30;

fn check(input: &[u8]) -> Verdict {
    let (Some(key), Ok(program)) = (TokenKey::new(KEY, &SECRET), ProgramId::parse("acme")) else {
        return Ok("no key".into());
    };
    match input {
        [b'=', body @ ..] => signed_body(body, &key, &program),
        [b'+', parts @ ..] => own(&String::from_utf8_lossy(parts), &key),
        token => as_it_came(&String::from_utf8_lossy(token), &key, &program),
    }
}

fn as_it_came(text: &str, key: &TokenKey, program: &ProgramId) -> Verdict {
    let read = verify(text, std::slice::from_ref(key), program, NOW, WINDOW_DAYS);
    let class = class(&read);
    if let Ok(click) = read {
        // Nobody but us can sign, so that what is accepted is what we would write, to the letter.
        same(
            "what is accepted is what we sign",
            &sign(&click, key).as_str(),
            &text,
        )?;
        changed(text, key, program, NOW)?;
    }
    Ok(class)
}

fn signed_body(body: &[u8], key: &TokenKey, program: &ProgramId) -> Verdict {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&SECRET.0) else {
        return Ok("no key".into());
    };
    mac.update(b"click1:");
    mac.update(body);
    let signature = mac.finalize().into_bytes();
    let text = URL_SAFE_NO_PAD.encode([body, &signature[..16]].concat());
    let read = verify(&text, std::slice::from_ref(key), program, NOW, WINDOW_DAYS);
    holds(
        "what is well signed is not forged",
        read != Err(TokenError::Forged),
        || text.clone(),
    )?;
    let long = text.len() > TOKEN_LENGTH_MAX;
    holds(
        "a token is of its longest length at most",
        !(long && read.is_ok()),
        || text.clone(),
    )?;
    if let Ok(click) = &read {
        let again = verify(
            &sign(click, key),
            std::slice::from_ref(key),
            program,
            NOW,
            WINDOW_DAYS,
        );
        same("a click survives its token", &again, &read)?;
        changed(&text, key, program, NOW)?;
    }
    Ok(Class::Owned(format!("signed: {}", class(&read))))
}

/// A click of ours.
fn own(parts: &str, key: &TokenKey) -> Verdict {
    let mut parts = parts.splitn(3, '|');
    let mut next = || parts.next().unwrap_or_default();
    let (Ok(code), Ok(program)) = (ReferralCode::parse(next()), ProgramId::parse(next())) else {
        return Ok("no click".into());
    };
    let bytes = next().as_bytes();
    let byte = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let click = Click {
        program: program.clone(),
        code,
        id: ClickId([byte(0); 12]),
        at: Millis(NOW.0 - i64::from(byte(1)) * 1_000),
        way: Way {
            channel: Channel::from_number(byte(2) & 7),
            variant: byte(3),
            placement: Placement::from_number(byte(2) >> 3),
        },
        from: Provenance::from_bits(byte(4) & 5),
    };
    let token = sign(&click, key);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let fits = token.len() <= TOKEN_LENGTH_MAX && token.bytes().all(plain);
    holds("a token fits every carrier", fits, || token.clone())?;
    let read = |key: &TokenKey, program: &ProgramId, now: Millis| {
        verify(&token, std::slice::from_ref(key), program, now, WINDOW_DAYS)
    };
    same(
        "a click survives its token",
        &read(key, &program, NOW).ok().as_ref(),
        &Some(&click),
    )?;
    changed(&token, key, &program, NOW)?;
    let late = click.at.plus_days(WINDOW_DAYS).plus_ms(1);
    same(
        "a token expires",
        &read(key, &program, late).err(),
        &Some(TokenError::Expired),
    )?;
    if let Ok(foreign) = ProgramId::parse("another-program") {
        let refused = read(key, &foreign, NOW).err();
        same(
            "a token is of one program",
            &refused,
            &Some(TokenError::ForeignProgram),
        )?;
    }
    for (id, secret, error) in [
        (2, SECRET, TokenError::UnknownKey),
        (KEY, SecretKey([8; 32]), TokenError::Forged),
    ] {
        if let Some(other) = TokenKey::new(id, &secret) {
            same(
                "a token is of one key",
                &read(&other, &program, NOW).err(),
                &Some(error),
            )?;
        }
    }
    Ok("own".into())
}

fn changed(token: &str, key: &TokenKey, program: &ProgramId, now: Millis) -> Result<(), Violation> {
    let other = with_one_changed(token);
    for other in [other, format!("{token}A"), format!("{token}=")] {
        let read = verify(&other, std::slice::from_ref(key), program, now, WINDOW_DAYS);
        holds(
            "nothing that was changed is still signed",
            read.is_err(),
            || other,
        )?;
    }
    Ok(())
}

fn class(read: &Result<Click, TokenError>) -> Class {
    match read {
        Ok(click) => Class::Owned(format!("a click by {}", click.way.channel.name())),
        Err(error) => Class::Owned(format!("{error:?}")),
    }
}
