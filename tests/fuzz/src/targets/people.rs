//! What is known of people: addresses of mail and post, names, networks, browsers.

use std::net::IpAddr;

use goodword_edge::parsers::{AGENT_LENGTH_MAX, is_previewer, network_prefix};
use goodword_shared::email::{EMAIL_LENGTH_MAX, Email};
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::name::{
    INVITER_NOTE_LENGTH_MAX, NAME_LENGTH_MAX, clean_inviter_note, clean_name, first_name, is_hidden,
};
use goodword_shared::risk::address::{PostalAddress, address_hash};
use goodword_shared::risk::mailbox::{Mailbox, mailbox};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, Violation, holds, same};

const MAIL_WORDS: &[&str] = &[
    "jane@gmail.com",
    "@googlemail.com",
    "@gmail.com",
    "@pm.me",
    "@proton.me",
    "@yahoo.co.uk",
    "@ymail.com",
    "@fastmail.com",
    "@x.fastmail.fm",
    "@me.com",
    "@ya.ru",
    "@privaterelay.appleid.com",
    "@duck.com",
    "@mailinator.com",
    "+tag",
    "-tag",
    ".",
    "@",
    "jane",
    "xn--",
];

pub(super) const EMAIL: Target = Target::text("email", email).with(MAIL_WORDS).like(Form::Text(
    "[A-Za-z0-9.+_-]{1,12}@([a-z]{1,6}\\.)?(gmail|googlemail|yahoo|proton|pm|fastmail|[a-z]{1,8})\\.(com|me|fm|co\\.uk)",
));
pub(super) const NAME: Target = Target::text("person_name", person_name)
    .with(&[
        "Jane",
        " ",
        "://",
        "<b>",
        "http://x.example",
        "\u{202e}",
        "é",
        "👩\u{200d}👩",
    ])
    .like(Form::Text("[\\PC ]{0,60}"));
pub(super) const MAILBOX: Target = Target::text("mailbox", sort_of_mailbox)
    .with(MAIL_WORDS)
    .like(Form::Text(
        "[a-z.]{1,8}@([a-z]{1,4}\\.){0,3}(duck|mailinator|anonaddy|gmail)\\.com",
    ));
pub(super) const POSTAL_ADDRESS: Target = Target::text("postal_address", postal_address)
    .with(&[
        "GB\n",
        "SW1A 2AB\n",
        "14 High Street",
        "Flat 2",
        "\n",
        "１４",
    ])
    .like(Form::Text(
        "[A-Z]{2}\n[A-Z0-9 ]{0,8}\n([A-Za-z ,]{0,12}[0-9]{0,3}){0,4}",
    ));
pub(super) const NETWORK: Target = Target::text("network", network)
    .with(&[
        "203.0.113.9",
        "2001:db8:1:2::9",
        "::ffff:203.0.113.9",
        "::",
        ":",
        ".",
        "%eth0",
        "fe80::1",
        "0x7f",
        "010.0.0.1",
    ])
    .like(Form::Text(
        "([0-9]{1,3}\\.){3}[0-9]{1,3}|([0-9a-f]{0,4}:){1,7}[0-9a-f]{0,4}",
    ));
pub(super) const USER_AGENT: Target = Target::text("user_agent", user_agent)
    .with(&[
        "Mozilla/5.0",
        "WhatsApp/2.23",
        "facebookexternalhit",
        "bot",
        "Preview",
        "curl/",
        "Slackbot",
        "HeadlessChrome",
        "İ",
        "K",
    ])
    .like(Form::Text(
        "(Mozilla/5\\.0 \\([A-Za-z;0-9 ]{0,30}\\)|curl/8|[A-Za-z]{1,8}(bot|/1\\.0))?",
    ));

fn email(text: &str) -> Verdict {
    let Ok(email) = Email::parse(text) else {
        return Ok("no address".into());
    };
    let exact = email.exact();
    let again = Email::parse(exact).ok();
    let read = again.as_ref().map(Email::exact);
    same("a normal form is its own normal form", &read, &Some(exact))?;
    holds(
        "an address is short",
        exact.len() <= EMAIL_LENGTH_MAX,
        || exact.len().to_string(),
    )?;
    let visible = |c: char| !is_hidden(c) && !c.is_whitespace();
    holds("an address is visible", exact.chars().all(visible), || {
        exact.to_owned()
    })?;
    let loud = Email::parse(&text.to_ascii_uppercase()).ok();
    same(
        "case makes no other address",
        &loud.as_ref().map(Email::exact),
        &Some(exact),
    )?;
    let canonical = email.canonical();
    let Ok(mailbox) = Email::parse(&canonical) else {
        // The part of a domain that names a mailbox may be longer than a mailbox's own name.
        let long = canonical.find('@').is_some_and(|at| at > 64);
        holds("a mailbox is an address", long, || canonical.clone())?;
        return Ok("a long mailbox".into());
    };
    same(
        "a mailbox is its own mailbox",
        &mailbox.canonical(),
        &canonical,
    )?;
    let hidden = format!("{email:?}");
    same(
        "no log shows an address",
        &hidden.as_str(),
        &"Email(hidden)",
    )?;
    Ok(if canonical == exact {
        "a mailbox"
    } else {
        "an alias"
    }
    .into())
}

/// What an inviter says is cleaned in the same way, and is never cut.
fn inviter_note(text: &str) -> Result<(), Violation> {
    let Some(note) = clean_inviter_note(text) else {
        return Ok(());
    };
    let again = clean_inviter_note(&note);
    same("a clean note is clean", &again.as_ref(), &Some(&note))?;
    let length = note.chars().count();
    let fits = (1..=INVITER_NOTE_LENGTH_MAX).contains(&length);
    holds(
        "a note can be shown",
        fits && is_plain(&note) && !note.contains("//") && !note.contains('@'),
        || note.clone(),
    )
}

/// Whether a text shows all that it holds: a joiner stands between what is no ASCII, or not at all.
fn is_plain(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let joins = |at: usize| {
        let beside = [at.checked_sub(1), at.checked_add(1)];
        let mut beside = beside.map(|at| at.and_then(|at| chars.get(at))).into_iter();
        beside.all(|c| c.is_some_and(|c| !c.is_ascii() && !is_hidden(*c)))
    };
    chars.iter().enumerate().all(|(at, c)| match *c {
        '\u{200c}' | '\u{200d}' => joins(at),
        '<' | '>' => false,
        ' ' => true,
        c => !is_hidden(c) && !c.is_whitespace(),
    })
}

fn person_name(text: &str) -> Verdict {
    inviter_note(text)?;
    let Some(name) = clean_name(text) else {
        return Ok("no name".into());
    };
    same(
        "a clean name is clean",
        &clean_name(&name).as_ref(),
        &Some(&name),
    )?;
    let length = name.chars().count();
    holds(
        "a name is short",
        (1..=NAME_LENGTH_MAX).contains(&length),
        || name.clone(),
    )?;
    let clean = is_plain(&name) && name.trim() == name && !name.contains("  ");
    holds(
        "a name can be shown",
        clean && !name.contains("://"),
        || name.clone(),
    )?;
    let first = first_name(&name);
    holds(
        "a first name is some of it",
        !first.is_empty() && name.starts_with(first),
        || name.clone(),
    )?;
    Ok(if first == name {
        "one word"
    } else {
        "several words"
    }
    .into())
}

fn sort_of_mailbox(text: &str) -> Verdict {
    let Ok(email) = Email::parse(text) else {
        return Ok("no address".into());
    };
    let sort = mailbox(Some(&email), &|domain| {
        domain == "mailinator.com" || domain == "duck.com"
    });
    let domain = email.exact().rsplit('@').next().unwrap_or_default();
    let below = |name: &str| domain == name || domain.ends_with(&format!(".{name}"));
    same(
        "who is below a listed name is disposable",
        &(sort == Mailbox::Disposable),
        &below("mailinator.com"),
    )?;
    holds(
        "a relay is never disposable",
        !below("duck.com") || sort == Mailbox::Relay,
        || text.to_owned(),
    )?;
    let none = mailbox(Some(&email), &|_| false);
    holds(
        "nothing is disposable without a list",
        none != Mailbox::Disposable,
        || text.to_owned(),
    )?;
    Ok(Class::Owned(format!("{sort:?}")))
}

fn postal_address(text: &str) -> Verdict {
    let mut parts = text.splitn(3, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let address = PostalAddress {
        country: next(),
        postal_code: next(),
        lines: next(),
    };
    let key = SecretKey([3; 32]);
    let hash = address_hash(&key, &address);
    let (code, lines) = (
        address.postal_code.to_ascii_lowercase(),
        address.lines.replace(' ', " , "),
    );
    let respelt = PostalAddress {
        postal_code: &code,
        lines: &lines,
        ..address
    };
    same(
        "spelling makes no other house",
        &address_hash(&key, &respelt),
        &hash,
    )?;
    let number = address.lines.chars().any(|c| c.is_ascii_digit());
    holds("a house has a number", number || hash.is_none(), || {
        text.to_owned()
    })?;
    if hash.is_some() {
        let other = format!("{} 77", address.lines);
        let other = PostalAddress {
            lines: &other,
            ..address
        };
        holds(
            "another number is another house",
            address_hash(&key, &other) != hash,
            || text.to_owned(),
        )?;
    }
    Ok(if hash.is_some() {
        "a house"
    } else {
        "no house"
    }
    .into())
}

fn network(text: &str) -> Verdict {
    let prefix = network_prefix(text);
    let address = text
        .parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical());
    same(
        "an address has a network, and nothing else has",
        &prefix.is_some(),
        &address.is_some(),
    )?;
    let neighbour = match address {
        None => return Ok("no address".into()),
        Some(IpAddr::V4(v4)) => IpAddr::from((u32::from(v4) ^ 0xff).to_be_bytes()),
        Some(IpAddr::V6(v6)) => IpAddr::from((u128::from(v6) ^ (u128::MAX >> 48)).to_be_bytes()),
    };
    if neighbour.to_canonical() != neighbour {
        // One that stands for an address of the older kind is nobody's neighbour.
        return Ok("IPv6 beside IPv4".into());
    }
    same(
        "neighbours share a network",
        &network_prefix(&neighbour.to_string()),
        &prefix,
    )?;
    let told = prefix.unwrap_or_default();
    holds(
        "a network is no address",
        told.parse::<IpAddr>().is_err(),
        || told.clone(),
    )?;
    Ok(if neighbour.is_ipv4() { "IPv4" } else { "IPv6" }.into())
}

fn user_agent(text: &str) -> Verdict {
    let previewer = is_previewer(text);
    same(
        "a verdict is remembered as it was",
        &is_previewer(text),
        &previewer,
    )?;
    same(
        "case makes no person",
        &is_previewer(&text.to_ascii_uppercase()),
        &previewer,
    )?;
    // As a word of its own: a brand of telephones ends in it. And early enough to be read.
    let early: String = text.chars().take(AGENT_LENGTH_MAX - " Bot".len()).collect();
    holds(
        "who says bot is one",
        is_previewer(&format!("{early} Bot")),
        || early.clone(),
    )?;
    holds(
        "nothing is no browser",
        !text.is_empty() || previewer,
        String::new,
    )?;
    Ok(if previewer { "a preview" } else { "a person" }.into())
}
