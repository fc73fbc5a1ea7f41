//! Addresses that a program may name: where invitees are sent, whose pages may call, where events go.
//!
//! Nothing here resolves a name; the rules only refuse what can be seen to be wrong: other schemes, credentials in the
//! address, addresses of machines instead of names, and names that never leave a private network.

use std::net::Ipv4Addr;

use super::web_address::WebAddress;

/// Which addresses are acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPolicy {
    /// Public `https` addresses only: every deployed Worker.
    Public,
    /// Loopback addresses and plain `http` to them as well: local development and tests.
    LoopbackToo,
}

/// Names that never leave a private network.
const PRIVATE_SUFFIXES: [&str; 6] = [
    ".local",
    ".internal",
    ".localhost",
    ".lan",
    ".arpa",
    ".test",
];

/// Longest address.
const ADDRESS_LENGTH_MAX: usize = 2_000;

/// The store's front page in normal form, without fragment.
pub fn store_address(text: &str, policy: AddressPolicy) -> Option<String> {
    let address = WebAddress {
        fragment: None,
        ..web_address(text, policy)?
    };
    Some(address.to_string())
}

/// An origin in normal form, such as `https://shop.example`; refuses anything with a path.
pub fn origin_of(text: &str, policy: AddressPolicy) -> Option<String> {
    let address = web_address(text, policy)?;
    let bare = address.path == "/" && address.query.is_none() && address.fragment.is_none();
    bare.then_some(address.origin)
}

/// A webhook address in normal form: public `https` by name.
pub fn public_webhook(text: &str, policy: AddressPolicy) -> Option<String> {
    web_address(text, policy).map(|address| address.to_string())
}

/// Whether an address is this Worker's own, which would report to itself: at whatever port, but on a machine on which tests have
/// endpoints of their own beside it.
pub fn is_own(address: &str, own: &str, policy: AddressPolicy) -> bool {
    let host = |address: &WebAddress| match policy {
        AddressPolicy::Public => address.host.trim_end_matches('.').to_owned(),
        AddressPolicy::LoopbackToo => address.origin.clone(),
    };
    let own = WebAddress::parse(own);
    WebAddress::parse(address)
        .is_some_and(|address| own.is_some_and(|own| host(&address) == host(&own)))
}

/// Where a share link may lead: the store's own pages by path, or an address of an allowed origin.
pub fn destination(store_url: &str, allowed: &[String], to: &str) -> Option<String> {
    // A backslash is a slash to browsers, and a control character is nothing to them: neither is in a real address.
    let suspicious = to.len() > ADDRESS_LENGTH_MAX
        || to.starts_with("//")
        || to
            .chars()
            .any(|c| c == '\\' || c.is_whitespace() || crate::name::is_hidden(c));
    if suspicious {
        return None;
    }
    let store = WebAddress::parse(store_url)?;
    let address = store.join(to)?;
    let known = address.origin == store.origin || allowed.contains(&address.origin);
    let text = address.to_string();
    (known && text.len() <= ADDRESS_LENGTH_MAX).then_some(text)
}

/// An address with the token in its query and in its fragment: some shops drop the query, none the fragment.
pub fn with_token(address: &str, token: &str) -> String {
    let (head, tail) = split_for_token(address);
    format!("{head}{token}{tail}{token}")
}

/// The two constant parts of [`with_token`], so that a redirect only joins strings.
pub fn split_for_token(address: &str) -> (String, String) {
    let (page, fragment) = match address.split_once('#') {
        Some((page, fragment)) => (page, Some(fragment)),
        None => (address, None),
    };
    let joint = if page.contains('?') { '&' } else { '?' };
    let tail = match fragment {
        Some(fragment) if !fragment.is_empty() => format!("#{fragment}&gw="),
        _ => String::from("#gw="),
    };
    (format!("{page}{joint}gw="), tail)
}

fn web_address(text: &str, policy: AddressPolicy) -> Option<WebAddress> {
    if text.len() > ADDRESS_LENGTH_MAX {
        return None;
    }
    let address = WebAddress::parse(text)?;
    // The normal form escapes some characters, and must itself be an address again.
    if address.to_string().len() > ADDRESS_LENGTH_MAX {
        return None;
    }
    let number = address.host.parse::<Ipv4Addr>().ok();
    let loopback = match number {
        Some(number) => number.is_loopback(),
        None => matches!(address.host.as_str(), "localhost" | "[::1]"),
    };
    if loopback {
        return (policy == AddressPolicy::LoopbackToo).then_some(address);
    }
    let public = address.secure && number.is_none() && is_public(&address.host);
    public.then_some(address)
}

fn is_public(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.contains('.')
        && !name.split('.').any(str::is_empty)
        && !PRIVATE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::{
        ADDRESS_LENGTH_MAX, AddressPolicy, destination, is_own, origin_of, public_webhook,
        store_address, with_token,
    };

    const PUBLIC: AddressPolicy = AddressPolicy::Public;
    const DEV: AddressPolicy = AddressPolicy::LoopbackToo;

    #[test]
    fn a_webhook_address_is_public_https() {
        assert!(public_webhook("https://shop.example/hook?a=1", PUBLIC).is_some());
        for bad in [
            "http://shop.example/",
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "https://home.arpa/",
            "https://nas.home.arpa/",
            "https:.2..",
            "https://shop..example/",
            "https://printer.local./",
            "https://u:p@shop.example/",
            "ftp://shop.example/",
            "javascript:alert(1)",
            "https://1.1.1.1/",
            "//shop.example",
        ] {
            assert_eq!(public_webhook(bad, PUBLIC), None, "{bad}");
        }
    }

    #[test]
    fn an_address_of_a_machine_is_none_in_whatever_notation() {
        for bad in [
            "https://2130706433/",
            "https://017700000001/",
            "https://0177.0.0.1/",
            "https://0x7f000001/",
            "https://0X7F.0.0.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://%31%32%37.0.0.1/",
            "https://\u{ff11}27.0.0.1/",
            "https://[::]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::127.0.0.1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fe80::1%25eth0]/",
            "https://[v1.fe80]/",
        ] {
            assert_eq!(public_webhook(bad, PUBLIC), None, "{bad}");
            assert_eq!(store_address(bad, PUBLIC), None, "{bad}");
        }
    }

    #[test]
    fn a_name_that_bears_an_address_is_a_name() {
        // To whom it resolves is not to be seen: the platform's public network is what holds there.
        for name in ["https://127.0.0.1.nip.io/", "https://10-0-0-1.sslip.io/"] {
            assert!(public_webhook(name, PUBLIC).is_some(), "{name}");
        }
    }

    #[test]
    fn the_workers_own_host_is_known_at_every_port() {
        let own = "https://refer.example/r/";
        for same in [
            "https://refer.example/x",
            "https://refer.example:8443/",
            "https://refer.example./",
        ] {
            let normal = public_webhook(same, PUBLIC).expect("an address");
            assert!(is_own(&normal, own, PUBLIC), "{same}");
        }
        assert!(!is_own("https://hooks.refer.example/", own, PUBLIC));
        assert!(!is_own("https://refer.example/", "", PUBLIC));
        assert!(is_own(
            "http://127.0.0.1:8787/x",
            "http://127.0.0.1:8787/r/",
            DEV
        ));
        assert!(!is_own(
            "http://127.0.0.1:9/x",
            "http://127.0.0.1:8787/r/",
            DEV
        ));
    }

    #[test]
    fn loopback_is_for_development_only() {
        assert!(store_address("http://localhost:8080/", DEV).is_some());
        assert!(store_address("http://localhost:8080/", PUBLIC).is_none());
        assert!(public_webhook("http://127.0.0.1:9/hook", DEV).is_some());
        assert!(public_webhook("http://10.0.0.1/hook", DEV).is_none());
    }

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(
            origin_of("https://Shop.example:443", PUBLIC).as_deref(),
            Some("https://shop.example")
        );
        assert_eq!(origin_of("https://shop.example/a", PUBLIC), None);
    }

    #[test]
    fn a_destination_stays_with_the_store_or_an_allowed_origin() {
        let allowed = ["https://blog.example".to_owned()];
        let go = |to| destination("https://shop.example/front", &allowed, to);
        assert_eq!(
            go("/sale?x=1").as_deref(),
            Some("https://shop.example/sale?x=1")
        );
        assert_eq!(
            go("https://blog.example/p").as_deref(),
            Some("https://blog.example/p")
        );
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "https:evil.example",
            "/\t/evil.example",
            "https://shop.example@evil.example/",
            "https://u@shop.example/",
            "javascript:alert(1)",
            "http://shop.example/",
            "https://shop.example.evil.example/",
            "blob:https://shop.example/x",
            "data:text/html,x",
        ] {
            assert_eq!(
                go(bad).filter(|url| !url.starts_with("https://shop.example/")),
                None,
                "{bad}"
            );
        }
        assert_eq!(go("https://u@shop.example/"), None);
        // Each of these alone is no real address, though it would stay with the store.
        for bad in ["//shop.example/", "/a\\b", "/a b", "/a\u{202e}b"] {
            assert_eq!(go(bad), None, "{bad:?}");
        }
        let page = |length: usize| format!("/{}", "a".repeat(length - 1));
        let origin = "https://shop.example".len();
        let longest = page(ADDRESS_LENGTH_MAX - origin);
        assert!(go(&longest).is_some());
        for more in [1, origin, origin + 1] {
            let longer = page(longest.len() + more);
            assert_eq!(
                destination("https://shop.example/", &allowed, &longer),
                None
            );
        }
    }

    #[test]
    fn the_front_page_has_no_fragment_and_the_longest_address_is_one() {
        assert_eq!(
            store_address("https://shop.example/a#b", PUBLIC).as_deref(),
            Some("https://shop.example/a")
        );
        let long = |length: usize| {
            let rest = length - "https://shop.example/".len();
            store_address(
                &format!("https://shop.example/{}", "a".repeat(rest)),
                PUBLIC,
            )
        };
        assert!(long(ADDRESS_LENGTH_MAX).is_some());
        assert_eq!(long(ADDRESS_LENGTH_MAX + 1), None);
    }

    #[test]
    fn the_token_joins_query_and_fragment_as_they_are() {
        assert_eq!(
            with_token("https://s.example/", "T"),
            "https://s.example/?gw=T#gw=T"
        );
        assert_eq!(
            with_token("https://s.example/?a=1#b", "T"),
            "https://s.example/?a=1&gw=T#b&gw=T"
        );
        assert_eq!(
            with_token("https://s.example/#", "T"),
            "https://s.example/?gw=T#gw=T"
        );
    }

    #[test]
    fn what_is_too_long_is_refused_however_short_its_normal_form_is() {
        // Each two of these take each other back.
        let to = format!("/{}", "a/../".repeat(400));
        let longest = &to[..ADDRESS_LENGTH_MAX - 4];
        let store = "https://shop.example/";
        let leads = |to: &str| destination(store, &[], to);
        let longest = format!("{longest}abcd");
        assert_eq!(longest.len(), ADDRESS_LENGTH_MAX);
        assert!(leads(&longest).is_some());
        assert_eq!(leads(&to), None);
    }

    #[test]
    fn what_is_too_long_in_its_normal_form_is_refused_at_once() {
        // Each of these becomes six characters.
        let path = "é".repeat(400);
        let address = format!("https://shop.example/{path}");
        assert!(address.len() < 2_000);
        assert_eq!(store_address(&address, PUBLIC), None);
        assert_eq!(destination("https://shop.example/", &[], &path), None);
        let shorter = format!("https://shop.example/{}", "é".repeat(300));
        let normal = store_address(&shorter, PUBLIC).expect("an address");
        assert_eq!(store_address(&normal, PUBLIC), Some(normal));
    }
}
