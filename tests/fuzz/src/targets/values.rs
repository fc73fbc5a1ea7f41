//! Single values that come with requests: who calls, ids of a page's making, cursors, entries of block-lists.

use std::net::IpAddr;

use goodword_edge::parsers::{
    block, caller_of, is_browser_id, is_claim_id, is_followed, network_prefix, place,
};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, holds, same};

/// An address, and in the next line the host of a Worker.
pub(super) const CALLER: Target = Target::text("caller", caller)
    .with(&[
        "203.0.113.9",
        "2001:db8:1:2::9",
        "::ffff:203.0.113.9",
        "2a06:98c0:3600::103",
        "2a06:98c0:3600:0:0:0:0:103",
        "\n",
        "\nshop.example",
        "%eth0",
        "İ",
    ])
    .like(Form::Text(
        "(([0-9]{1,3}\\.){3}[0-9]{1,3}|([0-9a-f]{0,4}:){1,7}[0-9a-f]{0,4}|2a06:98c0:3600::103)(\n[a-z.]{0,9})?",
    ));

/// Ids that a page makes up, of its browser and of its claim.
pub(super) const PAGE_IDS: Target = Target::text("page_ids", page_id)
    .with(&["0123456789abcdef", "!", "~", " ", "\u{7f}", "é", "\0"])
    .like(Form::Text("[!-~]{14,18}|[!-~]{62,66}|[!-~]{126,130}"));

/// `sec-fetch-dest`, and `sec-fetch-mode` in the next line.
pub(super) const FOLLOWED: Target = Target::text("followed", followed)
    .with(&["document", "image", "navigate", "no-cors", "\n", "-"])
    .like(Form::Text(
        "(document|image|iframe|-)\n(navigate|cors|no-cors|-)",
    ));

/// Where an export of a person goes on.
pub(super) const PERSON_CURSOR: Target = Target::text("person_cursor", cursor)
    .with(&["p1/order/1001", "/", "//", "a/b/", "person"])
    .like(Form::Text("[a-z0-9]{0,4}/[a-z]{0,6}/[ -~]{0,8}"));

/// A kind and a value.
pub(super) const BLOCK_VALUE: Target = Target::text("block_value", blocked)
    .with(&[
        "email jane@shop.example",
        "customer c1",
        "payment fp_1",
        "domain @Mail.Example",
        "domain a..b",
        "network 203.0.113.0/24",
        "network 2001:db8:1::/48",
        "network ::ffff:203.0.113.7/24",
        "/24",
        "/48",
        "/",
        ".",
        " ",
        "\u{a0}",
        "İ.example",
        "xn--",
    ])
    .like(Form::Text(
        "(email [a-z.+]{1,5}@[a-z]{1,4}\\.com|domain @?[A-Za-z.-]{1,9}|network ([0-9]{1,3}\\.){3}[0-9]{1,3}(/(24|48|8))?|network ([0-9a-f]{0,4}:){2,6}:(/(24|48))?|(customer|payment) [ -~]{0,9})",
    ));

fn caller(text: &str) -> Verdict {
    let (address, worker) = text.split_once('\n').unwrap_or((text, ""));
    let told = caller_of(address, worker);
    let parsed = address.parse::<IpAddr>().ok();
    let of_workers = address == "2a06:98c0:3600::103" && !worker.is_empty();
    if of_workers {
        let length = told.chars().count();
        holds("a Worker's host is short", length <= 255, || {
            length.to_string()
        })?;
        holds(
            "a Worker is called as it says",
            worker.starts_with(&told),
            || told.clone(),
        )?;
        return Ok("a Worker".into());
    }
    same(
        "only Workers are told by their host",
        &caller_of(address, ""),
        &told,
    )?;
    let Some(parsed) = parsed else {
        same(
            "what is no address is left as it is",
            &told.as_str(),
            &address,
        )?;
        return Ok("no address".into());
    };
    match parsed.to_canonical() {
        IpAddr::V4(v4) => {
            let mapped = v4.to_ipv6_mapped().to_string();
            same(
                "both ways to write an address are one caller",
                &caller_of(&mapped, ""),
                &told,
            )?;
            same("an address of IPv4 is a caller", &told, &v4.to_string())?;
            Ok("IPv4".into())
        }
        IpAddr::V6(v6) => {
            let line = u128::from(v6) ^ u128::from(u64::MAX);
            let neighbour = IpAddr::from(line.to_be_bytes());
            if neighbour.to_canonical() == neighbour {
                let told_of = caller_of(&neighbour.to_string(), "");
                same("all addresses of a line are one caller", &told_of, &told)?;
            }
            let next = IpAddr::from((u128::from(v6) ^ (1 << 64)).to_be_bytes());
            let other = caller_of(&next.to_string(), "");
            holds("the next line is another caller", other != told, || {
                told.clone()
            })?;
            let of_network = network_prefix(address).is_some_and(|network| {
                told.strip_prefix(&network)
                    .is_some_and(|rest| rest.starts_with(':'))
            });
            holds("a caller is of a network", of_network, || told.clone())?;
            Ok("IPv6".into())
        }
    }
}

fn page_id(text: &str) -> Verdict {
    // The patterns of the contract.
    let length = text.chars().count();
    let visible = text.chars().all(|c| ('!'..='~').contains(&c));
    let (browser, claim) = (is_browser_id(text), is_claim_id(text));
    same(
        "a browser's id is 16 to 64 visible characters",
        &browser,
        &(visible && (16..=64).contains(&length)),
    )?;
    same(
        "a claim's id is 16 to 128 visible characters",
        &claim,
        &(visible && (16..=128).contains(&length)),
    )?;
    Ok(Class::Owned(format!("{browser} {claim}")))
}

fn followed(text: &str) -> Verdict {
    let (destination, mode) = text.split_once('\n').unwrap_or((text, "-"));
    let said = |text: &'_ str| (text != "-").then(|| text.to_owned());
    let (destination, mode) = (said(destination), said(mode));
    let (destination, mode) = (destination.as_deref(), mode.as_deref());
    let is = is_followed(destination, mode);
    let expected = match (destination, mode) {
        (Some(destination), _) => destination == "document",
        (None, Some(mode)) => mode == "navigate",
        (None, None) => true,
    };
    same("a person follows what becomes a document", &is, &expected)?;
    Ok(Class::Owned(format!("{is} {}", destination.is_some())))
}

fn cursor(text: &str) -> Verdict {
    let Some(parts) = place(text) else {
        let slashes = text.matches('/').count();
        holds("a place has three parts", slashes < 2, || text.to_owned())?;
        return Ok("no place".into());
    };
    same(
        "a place is written as it was read",
        &parts.join("/").as_str(),
        &text,
    )?;
    let [person, part, record] = &parts;
    let plain = !person.contains('/') && !part.contains('/');
    holds("only a record may have a slash", plain, || text.to_owned())?;
    Ok(Class::Owned(format!(
        "{} {}",
        part.is_empty(),
        record.contains('/')
    )))
}

fn blocked(text: &str) -> Verdict {
    let (kind, value) = text.split_once(' ').unwrap_or((text, ""));
    let Some((name, compared)) = block(kind, value) else {
        return Ok("nothing".into());
    };
    same("an entry is of its kind", &name, &kind)?;
    let spaced = block(kind, &format!(" {value}\n"));
    let expected = Some((name, compared.clone()));
    same("space around it makes no other entry", &spaced, &expected)?;
    let value = value.trim();
    match kind {
        "domain" => {
            same(
                "a domain is its own normal form",
                &block(kind, &compared),
                &expected,
            )?;
            same(
                "case makes no other domain",
                &block(kind, &value.to_ascii_uppercase()),
                &expected,
            )?;
            let plain = compared.len() <= 253 && compared.is_ascii() && !compared.starts_with('@');
            holds("a domain is short and plain", plain, || compared.clone())?;
        }
        "customer" => same("an id stays as it is", &compared.as_str(), &value)?,
        "network" => {
            let address = value.split('/').next().unwrap_or_default();
            let bare = block(kind, address);
            same("an address stands for its network", &bare, &expected)?;
            holds(
                "a network has an address",
                network_prefix(address).is_some(),
                || value.to_owned(),
            )?;
        }
        _ => {}
    }
    if matches!(kind, "email" | "payment" | "network") {
        let hashed = compared.len() == 32 && compared.bytes().all(|b| b.is_ascii_hexdigit());
        holds("what names a person is hashed", hashed, || compared.clone())?;
    }
    Ok(Class::Borrowed(name))
}
