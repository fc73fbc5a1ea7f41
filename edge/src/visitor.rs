//! Who clicks: a person, or a program that draws a preview of the link.
//!
//! A preview is answered with a page and counts nothing. Browsers send one of a few hundred user agents, so the verdict on
//! each is remembered.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;

use goodword_shared::agent::is_program;

/// How much of a user agent is read.
pub(crate) const AGENT_LENGTH_MAX: usize = 512;

/// Verdicts remembered.
const AGENTS_MAX: usize = 512;

thread_local! {
    static VERDICTS: RefCell<HashMap<String, bool>> = RefCell::default();
}

/// Whether a user agent draws previews. No user agent at all is no browser either.
pub(crate) fn is_previewer(agent: Option<String>) -> bool {
    let Some(agent) = agent.filter(|agent| !agent.is_empty()) else {
        return true;
    };
    // What says what it is says so at once; and what is kept is kept short.
    let agent: String = agent.chars().take(AGENT_LENGTH_MAX).collect();
    if let Some(verdict) = VERDICTS.with_borrow(|verdicts| verdicts.get(&agent).copied()) {
        return verdict;
    }
    let verdict = is_program(&agent);
    VERDICTS.with_borrow_mut(|verdicts| {
        if verdicts.len() >= AGENTS_MAX {
            verdicts.clear();
        }
        verdicts.insert(agent, verdict);
    });
    verdict
}

/// Whether a person follows the link, as far as their browser tells: an image, a frame or a script of some page that loads it
/// asks for anything but a document. Who tells nothing is believed. `edge/js/entry.js` asks the same on the short ways.
pub(crate) fn is_followed(header: impl Fn(&str) -> Option<String>) -> bool {
    match header("sec-fetch-dest") {
        Some(destination) => destination == "document",
        None => header("sec-fetch-mode").is_none_or(|mode| mode == "navigate"),
    }
}

/// The network of an address: 24 bits of IPv4, 48 of IPv6. What is kept, and only as a keyed hash.
pub(crate) fn network_prefix(address: &str) -> Option<String> {
    let address: IpAddr = address.parse().ok()?;
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            Some(format!("{a}.{b}.{c}"))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            Some(format!("{a:x}:{b:x}:{c:x}"))
        }
    }
}

/// The one address from which the Workers of everybody else call. Source: Cloudflare's documentation of `CF-Connecting-IP`.
const WORKERS: &str = "2a06:98c0:3600::103";

/// Who is one caller: an address of IPv4, or the 64 bits of IPv6 that a single line is given, because whoever has one
/// address of it has all. More would be neighbours in a data centre. Of Workers, whose address is one for all, the host
/// that the platform names.
pub(crate) fn caller_of(address: &str, worker: &str) -> String {
    if address == WORKERS && !worker.is_empty() {
        return worker.chars().take(255).collect();
    }
    let parsed = address.parse().ok();
    match parsed.map(|parsed: IpAddr| parsed.to_canonical()) {
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Some(IpAddr::V4(v4)) => {
            let [a, b, c, d] = v4.octets();
            format!("{a}.{b}.{c}.{d}")
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{WORKERS, caller_of, is_previewer, network_prefix};

    #[test]
    fn all_addresses_of_one_line_are_one_caller_and_workers_are_not() {
        let caller = |address| caller_of(address, "shop.example");
        assert_eq!(caller("203.0.113.9"), "203.0.113.9");
        assert_eq!(caller("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(caller("2001:db8:1:2::9"), "2001:db8:1:2");
        assert_eq!(caller("2001:db8:1:2:ffff::1"), "2001:db8:1:2");
        assert_ne!(caller("2001:db8:1:3::9"), "2001:db8:1:2");
        assert_eq!(caller(WORKERS), "shop.example");
        assert_eq!(caller_of(WORKERS, ""), "2a06:98c0:3600:0");
        assert_eq!(caller_of("", ""), "");
    }

    #[test]
    fn previews_are_told_from_people() {
        for agent in [
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "TelegramBot (like TwitterBot)",
            "LinkedInBot/1.0",
        ] {
            assert!(is_previewer(Some(agent.into())), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
        ] {
            assert!(!is_previewer(Some(agent.into())), "{agent}");
        }
        assert!(is_previewer(None));
    }

    #[test]
    fn an_address_is_cut_to_its_network() {
        assert_eq!(network_prefix("203.0.113.9").as_deref(), Some("203.0.113"));
        assert_eq!(
            network_prefix("2001:db8:1:2::9").as_deref(),
            Some("2001:db8:1")
        );
        assert_eq!(
            network_prefix("::ffff:203.0.113.9").as_deref(),
            Some("203.0.113")
        );
        assert_eq!(network_prefix("unknown"), None);
    }
}
