//! Addresses with a purpose: aliases, relays, throw-away boxes.

use super::people;
use crate::rng::Rng;

/// Services of throw-away boxes, written down from memory and not from any list: whoever abuses one takes one that is easily
/// found. The list that the product reads, which is nobody's choice here, has 78 of these 90.
const DISPOSABLE: [&str; 90] = [
    "mailinator.com",
    "guerrillamail.com",
    "guerrillamail.info",
    "sharklasers.com",
    "grr.la",
    "yopmail.com",
    "yopmail.fr",
    "cool.fr.nf",
    "jetable.org",
    "trashmail.com",
    "trashmail.de",
    "10minutemail.com",
    "10minutemail.net",
    "temp-mail.org",
    "tempmail.dev",
    "tempmail.plus",
    "tempmail.email",
    "mohmal.com",
    "maildrop.cc",
    "getnada.com",
    "nada.email",
    "dispostable.com",
    "fakeinbox.com",
    "throwawaymail.com",
    "mailnesia.com",
    "mailcatch.com",
    "spamgourmet.com",
    "mytemp.email",
    "emailondeck.com",
    "mintemail.com",
    "moakt.com",
    "moakt.cc",
    "tmpmail.org",
    "tmpmail.net",
    "inboxkitten.com",
    "burnermail.io",
    "spam4.me",
    "discard.email",
    "discardmail.com",
    "wegwerfemail.de",
    "wegwerfmail.de",
    "muellmail.com",
    "byom.de",
    "einrot.com",
    "cuvox.de",
    "armyspy.com",
    "dayrep.com",
    "fleckens.hu",
    "gustr.com",
    "jourrapide.com",
    "rhyta.com",
    "superrito.com",
    "teleworm.us",
    "mail-temp.com",
    "minutemailbox.com",
    "mailsac.com",
    "33mail.com",
    "anonbox.net",
    "incognitomail.org",
    "tempail.com",
    "tempr.email",
    "crazymailing.com",
    "harakirimail.com",
    "linshiyouxiang.net",
    "luxusmail.org",
    "mailpoof.com",
    "smailpro.com",
    "1secmail.com",
    "esiix.com",
    "wwjmp.com",
    "vjuum.com",
    "txcct.com",
    "laafd.com",
    "bheps.com",
    "dcctb.com",
    "emailfake.com",
    "generator.email",
    "cmail.club",
    "haltospam.com",
    "mailtemp.net",
    "temp.ly",
    "eyepaste.com",
    "mailforspam.com",
    "hmamail.com",
    "spambox.me",
    "deadfake.com",
    "mailexpire.com",
    "nowmymail.com",
    "owlymail.com",
    "snapmail.cc",
];
/// How many in a thousand throw-away addresses are on a domain that was registered for the purpose, so that no list knows it. With
/// those that the list lacks, 18 in a hundred throw-away addresses look like any other.
const UNLISTED: i64 = 50;

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
    let domain = rng.pick(&DISPOSABLE);
    match rng.between(0, 9) {
        0 => format!("box{number}@m{}.{domain}", number % 7),
        _ => format!("box{number}@{domain}"),
    }
}

/// A fresh address at a usual provider, made for the purpose.
pub(super) fn fresh(rng: &mut Rng) -> String {
    people::email(rng)
}
