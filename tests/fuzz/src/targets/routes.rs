//! Paths: of share links, and of the API.

use goodword_edge::parsers::{path_of, route, share_link, word};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, class_of, holds, same};

pub(super) const SHARE_LINK: Target = Target::text("share_link", link)
    .with(&[
        "/r/", "/r/acme/", "COFFEE", "?c=sms-2", "?to=%2F", "#", "%20", "/", "//", "?",
    ])
    .like(Form::Text(
        "/r/([a-z]{1,5}/)?[A-Z0-9%-]{0,10}/?(\\?c=[a-z]{0,5}(-[0-9])?)?(#[a-z]{0,3})?",
    ));
pub(super) const ROUTE: Target = Target::text("route", path)
    .with(&[
        "GET ", "POST ", "PUT ", "DELETE ", "/v1/programs", "/acme", "/orders", "/explanation", "/rewards/r1/void", "/deliveries/7/replay", "/settings/dry-run",
        "/keys/k1", "/referrers/me", "/invitations/", "/live/", "/credits/take", "/ledger/acme/codes/X", "/ledger/acme/record", "?state=dead&after=3", "%2F", "%FF", "%",
    ])
    .like(Form::Text("(GET|POST|PUT|DELETE) /v1/programs/[a-z%]{1,5}(/(orders|keys|log|rewards|claims|settings|tally)(/[a-z0-9%]{0,4})?)?(\\?(state|after)=[a-z0-9]{0,4})?"));

fn link(text: &str) -> Verdict {
    let url = format!("https://refer.example{text}");
    if text.starts_with('/') {
        same(
            "a path is found in its address",
            &path_of(&url),
            &Some(text),
        )?;
    }
    let Some((program, code, query)) = share_link(text) else {
        return Ok("no link".into());
    };
    holds(
        "a code has no slash",
        !code.is_empty() && !code.contains(['/', '?', '#']),
        || code.into(),
    )?;
    let program_fits = program.is_none_or(|program| !program.contains(['/', '?', '#']));
    holds("a program has no slash", program_fits, || {
        format!("{program:?}")
    })?;
    let printed = match program {
        Some(program) => format!("/r/{program}/{code}/?{query}#x"),
        None => format!("/r/{code}/?{query}#x"),
    };
    same(
        "what is printed is read as the same",
        &share_link(&printed),
        &Some((program, code, query)),
    )?;
    Ok(Class::Owned(format!(
        "{} {}",
        program.is_some(),
        query.is_empty()
    )))
}

fn path(text: &str) -> Verdict {
    let (method, path) = text.split_once(' ').unwrap_or(("GET", text));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let url = format!("https://refer.example/?{query}");
    for name in ["state", "after"] {
        if let Some(value) = word(&url, name) {
            let there = format!("&{query}&").contains(&format!("&{name}={value}&"));
            holds(
                "a word is in the query",
                there && !value.contains('&'),
                || value.clone(),
            )?;
        }
    }
    let (route_name, parameters) = match route(method, path) {
        Ok(found) => found,
        Err(error) => return Ok(class_of(&error)),
    };
    // The same path with every byte of every segment escaped.
    let segments: Vec<String> = path
        .trim_start_matches('/')
        .split('/')
        .map(|segment| encoded(&decoded(segment)))
        .collect();
    let again = route(method, &format!("/{}", segments.join("/")));
    same(
        "escapes make no other path",
        &again,
        &Ok((route_name.clone(), parameters)),
    )?;
    Ok(Class::Owned(route_name))
}

fn decoded(segment: &str) -> String {
    // `+` is no space in a path.
    let segment = segment
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let pairs = url::form_urlencoded::parse(segment.as_bytes());
    pairs.map(|(name, _)| name.into_owned()).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        all.push('%');
        all.push_str(&goodword_shared::id::hex(&[byte]));
        all
    })
}
