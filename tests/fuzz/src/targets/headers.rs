//! `Authorization` and `Idempotency-Key`.

use goodword_edge::parsers::{bearer, idempotency};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, holds, same};

pub(super) const HEADERS: Target = Target::text("headers", check)
    .with(&[
        "Bearer ", "bearer ", "BEARER  ", "Basic ", "\"once\"", " ", "\"",
    ])
    .like(Form::Text("(Bearer|bearer|Basic)? ?[ -~]{0,40}"));

fn check(text: &str) -> Verdict {
    let key = bearer(text);
    if let Some(key) = &key {
        same(
            "a key is read again as itself",
            &bearer(&format!("Bearer {key}")).as_ref(),
            &Some(key),
        )?;
        holds("a key has no space around it", key.trim() == key, || {
            key.clone()
        })?;
    }
    let once = idempotency(text, "{}");
    let Ok(Some((scoped, fingerprint))) = &once else {
        return Ok(Class::Owned(format!("{} {once:?}", key.is_some())));
    };
    let used = scoped.strip_prefix("claims:").unwrap_or_default();
    let fits = (1..=255).contains(&used.len()) && used.bytes().all(|b| b.is_ascii_graphic());
    holds("a key is short and visible", fits, || scoped.clone())?;
    same(
        "a key is read again as itself",
        &idempotency(used, "{}"),
        &once,
    )?;
    same(
        "quotes make no other key",
        &idempotency(&format!(" \"{used}\" "), "{}"),
        &once,
    )?;
    let other = idempotency(text, "{ }");
    let told = other
        .ok()
        .flatten()
        .is_some_and(|(key, other)| key == *scoped && other != *fingerprint);
    holds("another body is another request", told, || scoped.clone())?;
    Ok(Class::Owned(format!("{} a key", key.is_some())))
}
