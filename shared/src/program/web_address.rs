//! Addresses of the web, taken to pieces as browsers do it (<https://url.spec.whatwg.org>), as far as shops need it.
//!
//! Whatever this accepts, it understands as a browser would: the tests hold it against the `url` crate. It refuses what no
//! shop's address has: other schemes than `http` and `https`, anything before an `@`, names in other letters than ASCII
//! (their `xn--` form is taken as it is written, whether or not it stands for anything), and numbers for names but in their usual notation. For that it is a tenth of the crate,
//! which was a twentieth of the Worker.

use crate::part;

use std::fmt::{self, Display, Formatter};
use std::net::Ipv4Addr;

/// An absolute address, in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WebAddress {
    /// Whether its scheme is `https`.
    pub(super) secure: bool,
    /// In small letters; of an IPv6 address with its brackets.
    pub(super) host: String,
    /// Scheme, host, and the port unless it is the scheme's own.
    pub(super) origin: String,
    /// From its first slash on.
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) fragment: Option<String>,
}

impl Display for WebAddress {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin)?;
        formatter.write_str(&self.path)?;
        for (mark, part) in [("?", &self.query), ("#", &self.fragment)] {
            if let Some(part) = part {
                formatter.write_str(mark)?;
                formatter.write_str(part)?;
            }
        }
        Ok(())
    }
}

impl WebAddress {
    /// An address that stands for itself.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = without_blanks(text);
        let (scheme, rest) = text.split_once(':')?;
        Self::absolute(is_secure(scheme)?, rest)
    }

    /// Where a link on the page of this address leads to.
    pub(super) fn join(&self, link: &str) -> Option<Self> {
        let link = without_blanks(link);
        let (secure, rest) = match scheme_of(&link) {
            Some((scheme, rest)) => (is_secure(scheme)?, rest),
            None => (self.secure, link.as_str()),
        };
        if secure == self.secure && !rest.replace('\\', "/").starts_with("//") {
            Some(self.relative(rest))
        } else {
            Self::absolute(secure, rest)
        }
    }

    /// What follows a scheme and its colon; browsers take any number of slashes after it.
    fn absolute(secure: bool, text: &str) -> Option<Self> {
        let text = text.trim_start_matches(is_slash);
        let end = text.find(|c| is_slash(c) || matches!(c, '?' | '#'));
        let (authority, tail) = text.split_at(end.unwrap_or(text.len()));
        let (host, port) = host_and_port(authority)?;
        let scheme = if secure { "https" } else { "http" };
        let own_port = if secure { 443 } else { 80 };
        let origin = match port {
            Some(port) if port != own_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        let bare = Self {
            secure,
            host,
            origin,
            path: "/".into(),
            query: None,
            fragment: None,
        };
        Some(bare.relative(tail))
    }

    /// The same origin, with what this says of the rest.
    fn relative(&self, text: &str) -> Self {
        let (text, fragment) = split_off(text, '#');
        let (path, query) = split_off(text, '?');
        let kept_query = path.is_empty().then(|| self.query.clone()).flatten();
        Self {
            path: if path.is_empty() {
                self.path.clone()
            } else {
                joined(&self.path, path)
            },
            query: query.map(|query| encoded(query, " \"<>'")).or(kept_query),
            fragment: fragment.map(|fragment| encoded(fragment, " \"<>`")),
            ..self.clone()
        }
    }
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Without what browsers ignore: blanks and control characters around, tabs and line ends anywhere.
fn without_blanks(text: &str) -> String {
    let text = text.trim_matches(|c: char| c <= ' ');
    text.replace(['\t', '\n', '\r'], "")
}

const fn is_slash(symbol: char) -> bool {
    matches!(symbol, '/' | '\\')
}

/// A scheme and what follows its colon, if the text begins with one.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let continues = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let valid =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(continues);
    valid.then_some((scheme, rest))
}

fn is_secure(scheme: &str) -> Option<bool> {
    let secure = scheme.eq_ignore_ascii_case("https");
    (secure || scheme.eq_ignore_ascii_case("http")).then_some(secure)
}

fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    const LOOPBACK: &str = "[::1]";
    let (host, port) = match authority.strip_prefix(LOOPBACK) {
        Some("") => (LOOPBACK, None),
        Some(rest) => (LOOPBACK, Some(rest.strip_prefix(':')?)),
        None => split_off(authority, ':'),
    };
    let port = match port {
        None | Some("") => None,
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let is_name = !host.is_empty() && host.bytes().all(plain) && !ends_in_number(host);
    let usual = is_name || host == LOOPBACK || host.parse::<Ipv4Addr>().is_ok();
    usual.then(|| (host.to_ascii_lowercase(), port))
}

/// Whether browsers take this name for an IPv4 address, or for a broken one.
fn ends_in_number(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let digits = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    digits || hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The path to which this one leads from a page with that one.
fn joined(page: &str, path: &str) -> String {
    let (folder, path) = match path.strip_prefix(is_slash) {
        Some(path) => ("", path),
        // All but the page's own name.
        None => (page.rsplit_once('/').map_or("", |(folder, _)| folder), path),
    };
    let mut result = folder.to_owned();
    let mut segments = path.split(is_slash).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match part::exchanged(&segment.to_ascii_lowercase(), "%2e", ".").as_str() {
            ".." => result.truncate(result.rfind('/').unwrap_or_default()),
            "." => {}
            _ => {
                result.push('/');
                result.push_str(&encoded(segment, " \"<>`#?{}"));
                continue;
            }
        }
        if is_last {
            result.push('/');
        }
    }
    result
}

/// The text with these characters, all that do not print, and all beyond ASCII in percent notation.
fn encoded(text: &str, which: &str) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        let symbol = char::from(byte);
        if byte.is_ascii() && !byte.is_ascii_control() && !which.contains(symbol) {
            result.push(symbol);
        } else {
            result.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
    use proptest::{collection, sample};
    use url::{Host, Url};

    use super::WebAddress;

    const BEGINNINGS: [&str; 14] = [
        "https://",
        "http://",
        "HTTPS://",
        "https:",
        "https:/",
        "https:\\\\",
        "https:///",
        "ftp://",
        "//",
        "/",
        "",
        "javascript:",
        " https://",
        "ht\ntps://",
    ];
    const HOSTS: [&str; 24] = [
        "shop.example",
        "Shop.Example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "xn--bcher-kva.example",
        "a..b",
        "shop.example.",
        "1.2.3",
        "0x7f.1",
        "1.2.3.4.",
        "01.2.3.4",
        "a.1",
        "a_b.example",
        "u@shop.example",
        "u:p@shop.example",
        "@shop.example",
        "shop%2eexample",
        "büro.example",
        "",
        ".",
        "a.0x",
        "[::2]",
        "shop.example\u{ad}",
    ];
    const PORTS: [&str; 9] = [
        "", ":", ":443", ":80", ":8080", ":0443", ":65535", ":65536", ":8a",
    ];
    const PIECES: [&str; 36] = [
        "/", "\\", "a", "b c", "..", ".", "%2e", "%2E%2e", ".%2e", "?", "#", "&", "=", "'", "\"",
        "<", ">", "`", "{", "}", "|", "^", "[", "]", "@", ":", ";", "%", "%zz", "é", "\u{7f}",
        "\t", "~", "!", "//", "x.html",
    ];

    fn address() -> impl Strategy<Value = String> {
        let tail = collection::vec(sample::select(&PIECES[..]), 0..8);
        let parts = (
            sample::select(&BEGINNINGS[..]),
            sample::select(&HOSTS[..]),
            sample::select(&PORTS[..]),
            tail,
        );
        parts.prop_map(|(beginning, host, port, tail)| {
            [beginning, host, port, tail.concat().as_str()].concat()
        })
    }

    /// What is refused of what the crate takes.
    fn is_refused(url: &Url) -> bool {
        let odd = |b: u8| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        let host = match url.host() {
            Some(Host::Domain(name)) => name.bytes().any(odd),
            Some(Host::Ipv4(_)) => false,
            Some(Host::Ipv6(address)) => !address.is_loopback(),
            None => true,
        };
        host || !url.username().is_empty()
            || url.password().is_some()
            || !url.scheme().starts_with("http")
    }

    /// Odd ways to write an ordinary host.
    fn is_odd(text: &str) -> bool {
        [
            "@",
            "%",
            "ü",
            "\u{ad}",
            "0x7f.1",
            "127.0.0.1.",
            "1.2.3",
            "01.2",
        ]
        .iter()
        .any(|part| text.contains(part))
    }

    fn same(ours: Option<&WebAddress>, theirs: Option<&Url>, text: &str) -> Result<(), String> {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let parts = ours.to_string() == theirs.as_str()
                    && ours.origin == theirs.origin().ascii_serialization()
                    && Some(ours.host.as_str()) == theirs.host_str()
                    && ours.path == theirs.path()
                    && ours.secure == (theirs.scheme() == "https");
                if parts {
                    Ok(())
                } else {
                    Err(format!("{text:?} is {ours}, not {theirs}"))
                }
            }
            (Some(ours), None) => Err(format!("{text:?} is not {ours}, but nothing")),
            (None, Some(theirs)) if !is_refused(theirs) && !is_odd(text) => {
                Err(format!("{text:?} is {theirs}"))
            }
            (None, _) => Ok(()),
        }
    }

    #[test]
    fn what_people_write_is_taken_as_browsers_take_it() {
        for text in [
            "https://shop.example",
            "https://shop.example/",
            "HTTPS://Shop.Example:443/a/../b/./c?x=1&y=ü#part",
            "https://shop.example:8443/",
            " https://shop.example/a b\n",
            "https:\\\\shop.example\\a",
            "http://127.0.0.1:9/hook",
            "http://[::1]:9/",
            "https://a-b.c.co.uk/?",
            "https://xn--bcher-kva.example/",
            "https://shop.example/%7Euser/%zz",
            "http://localhost",
        ] {
            let ours = WebAddress::parse(text);
            assert!(ours.is_some(), "{text}");
            assert_eq!(
                same(ours.as_ref(), Url::parse(text).ok().as_ref(), text),
                Ok(())
            );
        }
    }

    #[test]
    fn what_no_shop_writes_is_refused() {
        for text in [
            "",
            "shop.example",
            "ftp://shop.example/",
            "https://u@shop.example/",
            "https://@shop.example/",
            "https://büro.example/",
            "https://a_b.example/",
            "https://0x7f.1/",
            "https://1.2/",
            "https://127.0.0.1./",
            "https://256.1.1.1/",
            "https://[::2]/",
            "https://:80/",
            "https:",
            "https://shop.example:99999/",
            "https://shop.example:+80/",
            "https://shop%2eexample/",
            "blob:https://shop.example/x",
        ] {
            assert_eq!(WebAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_has_a_scheme_only_if_it_begins_like_one() {
        let page = WebAddress::parse("https://shop.example/a/b").expect("an address");
        let led = |link: &str| page.join(link).map(|address| address.to_string());
        for (link, wanted) in [
            ("1a:b", Some("https://shop.example/a/1a:b")),
            ("a_b:c", Some("https://shop.example/a/a_b:c")),
            (":c", Some("https://shop.example/a/:c")),
            ("c", Some("https://shop.example/a/c")),
            ("https:c", Some("https://shop.example/a/c")),
            (
                "https:other.example",
                Some("https://shop.example/a/other.example"),
            ),
            ("http:other.example", Some("http://other.example/")),
            ("mailto:jane", None),
            ("x+y-1.z:c", None),
        ] {
            assert_eq!(led(link).as_deref(), wanted, "{link}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_what_browsers_make_of_it(text in address()) {
            let (ours, theirs) = (WebAddress::parse(&text), Url::parse(&text).ok());
            prop_assert_eq!(same(ours.as_ref(), theirs.as_ref(), &text), Ok(()));
        }

        #[test]
        fn a_link_leads_where_browsers_go(page in address(), link in address(), tail in collection::vec(sample::select(&PIECES[..]), 0..8)) {
            for link in [link, tail.concat()] {
                let (Some(ours), Ok(theirs)) = (WebAddress::parse(&page), Url::parse(&page)) else { continue };
                let (ours, theirs) = (ours.join(&link), theirs.join(&link).ok());
                prop_assert_eq!(same(ours.as_ref(), theirs.as_ref(), &format!("{page} + {link}")), Ok(()));
            }
        }

        #[test]
        fn whatever_is_taken_is_in_normal_form(text in any::<String>(), path in any::<String>()) {
            for text in [text, format!("https://shop.example/{path}")] {
                if let Some(address) = WebAddress::parse(&text) {
                    prop_assert!(address.path.starts_with('/'));
                    prop_assert_eq!(WebAddress::parse(&address.to_string()), Some(address));
                }
            }
        }
    }
}
