//! Addresses that a program names, and where a link may lead.

use goodword_shared::program::address::{
    AddressPolicy, destination, origin_of, public_webhook, store_address, with_token,
};
use goodword_shared::risk::arrival::{ad, host_of, is_coupon_site};
use url::{Host, Url};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, Violation, holds, same};

const WORDS: &[&str] = &[
    "https://shop.example/",
    "http://",
    "https:",
    "//",
    "\\",
    "javascript:",
    "data:",
    "blob:https://shop.example/x",
    "u:p@",
    "@",
    ":8443",
    ":443",
    "localhost",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    ".local",
    ".internal",
    ".localhost",
    ".home.arpa",
    ".test",
    "xn--",
    "%2e",
    "%40",
    "%5c",
    "?gw=",
    "#a",
    "/../",
    "evil.example",
    "outlet.example",
    "shop.example",
    "\t",
    "。",
    "ﬃ",
    "ⓛocalhost",
    "ß",
];
const FORM: Form = Form::Text(
    "(https?|ftp|HTTPS|javascript)?:?/{0,3}([a-z]{1,3}@)?([a-z0-9]{1,6}\\.){0,3}(example|com|local|internal|localhost|127\\.0\\.0\\.1|\\[::1\\])\\.?(:[0-9]{1,5})?(/[a-z.%/]{0,8})?(\\?[a-z=]{0,5})?(#[a-z]{0,3})?",
);

pub(super) const ADDRESS: Target = Target::text("address", address).with(WORDS).like(FORM);
pub(super) const DESTINATION: Target = Target::text("destination", to).with(WORDS).like(FORM);
pub(super) const REFERER: Target = Target::text("referer", referer)
    .with(&[
        "retailmenot.com",
        "www.",
        ".",
        "gclid",
        "FBCLID",
        "&",
        "=",
        "ttclid",
        "igshid",
        "coupons.de",
        "own.example",
    ])
    .like(Form::Text(
        "(www\\.|eu\\.)?(honey|coupons|dealabs|own|x)\\.(com|de|example)\\.?",
    ));

fn address(text: &str) -> Verdict {
    let mut good = Vec::new();
    for (name, read) in [
        (
            "store",
            store_address as fn(&str, AddressPolicy) -> Option<String>,
        ),
        ("origin", origin_of),
        ("webhook", public_webhook),
    ] {
        let (public, lax) = (
            read(text, AddressPolicy::Public),
            read(text, AddressPolicy::LoopbackToo),
        );
        if let Some(address) = &lax {
            same(
                "a normal form is its own normal form",
                &read(address, AddressPolicy::LoopbackToo).as_ref(),
                &Some(address),
            )?;
        }
        if let Some(address) = &public {
            same(
                "what is good in public is good at home",
                &lax.as_ref(),
                &Some(address),
            )?;
            same(
                "a normal form is its own normal form",
                &read(address, AddressPolicy::Public).as_ref(),
                &Some(address),
            )?;
            is_public(address)?;
        }
        good.push((name, public.is_some(), lax.is_some()));
    }
    if let Some(origin) = origin_of(text, AddressPolicy::LoopbackToo) {
        let plain = origin.matches('/').count() == 2 && !origin.ends_with('/');
        holds("an origin has no path", plain, || origin.clone())?;
    }
    Ok(Class::Owned(format!("{good:?}")))
}

/// Whether nobody can take an address for one of a private network.
fn is_public(address: &str) -> Result<(), Violation> {
    let url = Url::parse(address);
    // Letters in their `xn--` form are taken as they are written. Where they stand for nothing, no browser goes there.
    if url.is_err() && address.contains("xn--") {
        return Ok(());
    }
    let named = url.as_ref().is_ok_and(|url| {
        let bare = url.username().is_empty() && url.password().is_none() && url.scheme() == "https";
        let public = match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                let last = name.rsplit('.').next().unwrap_or_default();
                name.contains('.')
                    && !["local", "internal", "localhost", "lan", "test"].contains(&last)
                    && !name.ends_with("home.arpa")
                    && !last.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        };
        bare && public
    });
    holds("a public address is https, by a public name", named, || {
        address.to_owned()
    })
}

const STORE: &str = "https://shop.example/a/b?c=d";
const TOKEN: &str = "AQEBAa-_09";

fn to(text: &str) -> Verdict {
    let allowed = [
        "https://outlet.example".to_owned(),
        "https://b.example:8443".to_owned(),
    ];
    let Some(there) = destination(STORE, &allowed, text) else {
        return Ok("refused".into());
    };
    let again = destination(STORE, &allowed, &there);
    same(
        "a destination leads to itself",
        &again.as_ref(),
        &Some(&there),
    )?;
    let Ok(url) = Url::parse(&there) else {
        return holds("a destination is an address", false, || there).map(|()| "".into());
    };
    let origin = url.origin().ascii_serialization();
    let ours = origin == "https://shop.example" || allowed.contains(&origin);
    let bare = url.username().is_empty() && url.password().is_none();
    holds(
        "a destination is of an allowed origin",
        ours && bare && url.scheme() == "https",
        || there.clone(),
    )?;
    let ascii = there.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    holds("a destination fits a header", ascii, || there.clone())?;
    carries_token(&there, &url)?;
    Ok(Class::Owned(format!(
        "{} {} {}",
        origin.len(),
        url.query().is_some(),
        url.fragment().is_some()
    )))
}

/// The token is in query and fragment, and nothing else has changed.
fn carries_token(there: &str, url: &Url) -> Result<(), Violation> {
    let landing = with_token(there, TOKEN);
    let Ok(landed) = Url::parse(&landing) else {
        return holds("a landing is an address", false, || landing);
    };
    same("a token changes no origin", &landed.origin(), &url.origin())?;
    same("a token changes no path", &landed.path(), &url.path())?;
    let query: Vec<_> = url
        .query_pairs()
        .chain([("gw".into(), TOKEN.into())])
        .collect();
    let found: Vec<_> = landed.query_pairs().collect();
    same("the query has the token, and all it had", &found, &query)?;
    let ends = landed.fragment().is_some_and(|fragment| {
        let ours = format!("gw={TOKEN}");
        fragment.ends_with(&ours) && fragment.starts_with(url.fragment().unwrap_or_default())
    });
    holds("the fragment has the token, and all it had", ends, || {
        landing.clone()
    })
}

fn referer(text: &str) -> Verdict {
    let own = ["own.example".to_owned()];
    let is = is_coupon_site(text, &own);
    same(
        "case makes no other site",
        &is_coupon_site(&text.to_ascii_uppercase(), &own),
        &is,
    )?;
    holds(
        "what is below a site is of it",
        !is || is_coupon_site(&format!("www.{text}"), &own),
        || text.into(),
    )?;
    holds(
        "what ends like a site is not of it",
        !is_coupon_site(&format!("{text}x"), &own),
        || text.into(),
    )?;
    let host = host_of(text);
    let bare = !host.contains(['/', '?', '#', ':']) && text.contains(host);
    holds("a host is some of its address", bare, || host.to_owned())?;
    let addressed = format!("https://{host}:8443/a?b#c");
    same("it is its address's own", &host_of(&addressed), &host)?;
    let found = ad(text.split(['&', '?', '=']));
    same(
        "case makes no other mark",
        &ad(text.to_ascii_uppercase().split(['&', '?', '='])),
        &found,
    )?;
    Ok(Class::Owned(format!("{is} {found:?}")))
}
