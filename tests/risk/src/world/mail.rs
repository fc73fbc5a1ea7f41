//! Addresses with a purpose: aliases, relays, throw-away boxes.

use super::people;
use crate::rng::Rng;

/// The public list of throw-away domains. Whoever abuses one mostly takes a known one, because the new ones are fewer.
const DISPOSABLE: &str = include_str!("../../../../lists/disposable-domains.txt");
/// How many in a thousand throw-away addresses are on a domain that no list knows yet.
const UNLISTED: i64 = 110;

const TAGS: [&str; 8] = ["shop", "1", "2", "new", "promo", "x", "deal", "ref"];

/// Another spelling of the same mailbox, as its provider allows; `None` where it allows none.
pub(super) fn alias(rng: &mut Rng, address: &str) -> Option<String> {
    let (local, domain) = address.split_once('@')?;
    let tag = format!("{}{}", rng.pick(&TAGS), rng.between(0, 99));
    let tagged = format!("{local}+{tag}");
    let way = rng.between(0, 3);
    Some(match (domain, way) {
        ("gmail.com", 0) => format!("{}@gmail.com", dotted(rng, local)),
        ("gmail.com", 1) => format!("{}@googlemail.com", dotted(rng, local)),
        ("gmail.com", 2) => format!("{}+{tag}@gmail.com", dotted(rng, local)),
        ("icloud.com", 0) => format!("{local}@me.com"),
        ("icloud.com", 1) => format!("{local}@mac.com"),
        ("proton.me", 0) => format!("{local}@pm.me"),
        ("proton.me", 1) => format!("{tagged}@protonmail.com"),
        ("proton.me", 2) => format!("{}@proton.me", dotted(rng, local)),
        ("yahoo.com" | "yahoo.co.uk", _) => format!("{local}-{tag}@{domain}"),
        ("fastmail.com", 0) => format!("{tag}@{local}.fastmail.com"),
        ("gmx.de" | "web.de" | "orange.fr" | "wp.pl", _) => return None,
        (_, _) if rng.chance(200) => tagged.to_uppercase() + "@" + domain,
        (_, _) => format!("{tagged}@{domain}"),
    })
}

/// With dots anywhere, as far as that makes it another text.
fn dotted(rng: &mut Rng, local: &str) -> String {
    let plain = local.replace('.', "");
    let mut text = String::new();
    for (at, symbol) in plain.chars().enumerate() {
        if at > 0 && rng.chance(300) {
            text.push('.');
        }
        text.push(symbol);
    }
    if text == local { plain + "+a" } else { text }
}

/// An address that hides another one.
pub(super) fn relay(rng: &mut Rng) -> String {
    let number = rng.draw();
    match rng.between(0, 7) {
        0 | 1 => format!("{number:012x}@privaterelay.appleid.com"),
        2 => format!("quiet-{number:08x}@duck.com"),
        3 => format!("{number:09x}@mozmail.com"),
        4 => format!("shop.{number:06x}@simplelogin.com"),
        5 => format!("store.{number:06x}@passmail.net"),
        6 => format!("a{number:08x}@user{}.anonaddy.com", number % 97),
        _ => format!("{number:010x}@icloud.com"),
    }
}

/// An address that is thrown away.
pub(super) fn disposable(rng: &mut Rng) -> String {
    let number = rng.draw() % 1_000_000;
    if rng.chance(UNLISTED) {
        return format!("box{number}@inbox-{:x}.example", rng.draw() % 0xffff);
    }
    let known: Vec<&str> = DISPOSABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let domain = known[rng.index(known.len())];
    match rng.between(0, 9) {
        0 => format!("box{number}@m{}.{domain}", number % 7),
        _ => format!("box{number}@{domain}"),
    }
}

/// A fresh address at a usual provider, made for the purpose.
pub(super) fn fresh(rng: &mut Rng) -> String {
    people::email(rng)
}
