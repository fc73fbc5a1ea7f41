//! Of what sort a mail address is: throw-away, relayed, or like most.
//!
//! A relay hands mail on to a real mailbox whose owner would rather not name it. That is prudence and not fraud, so relays
//! are known here and never count as disposable, whatever a list says.

use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::json::Read;

/// Of what sort an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    /// The order names no address.
    #[default]
    Unknown,
    /// Nothing special.
    Usual,
    /// Handed on to a mailbox that stays private.
    Relay,
    /// Anybody may read it, or it is gone in an hour.
    Disposable,
}

/// Domains of relays: Apple, DuckDuckGo, Firefox, SimpleLogin and Proton Pass, addy.io, Fastmail, Cloaked, StartMail, erine.
pub(super) const RELAYS: [&str; 21] = [
    "privaterelay.appleid.com",
    "duck.com",
    "mozmail.com",
    "relay.firefox.com",
    "simplelogin.com",
    "simplelogin.co",
    "simplelogin.fr",
    "aleeas.com",
    "slmail.me",
    "slmails.com",
    "silomails.com",
    "passmail.net",
    "passmail.com",
    "passinbox.com",
    "passfwd.com",
    "addy.io",
    "anonaddy.com",
    "anonaddy.me",
    "use.startmail.com",
    "myclkd.com",
    "erine.email",
];

/// Of what sort an address is, by a list of disposable domains. `is_listed` is asked of the domain and of each domain above
/// it, down to two labels, because a provider has boxes on all names below its own.
pub fn mailbox(email: Option<&Email>, is_listed: &dyn Fn(&str) -> bool) -> Mailbox {
    let Some(email) = email else {
        return Mailbox::Unknown;
    };
    let domain = email.exact().rsplit_once('@').map_or("", |(_, name)| name);
    if upwards(domain).any(|name| RELAYS.contains(&name)) {
        Mailbox::Relay
    } else if upwards(domain).any(is_listed) {
        Mailbox::Disposable
    } else {
        Mailbox::Usual
    }
}

/// `a.b.example`, then `b.example`; never a single label.
fn upwards(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |name| Some(name.split_once('.')?.1))
        .filter(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::{Mailbox, mailbox};
    use crate::email::Email;

    fn judged(address: &str) -> Mailbox {
        let email = Email::parse(address).expect("an address");
        mailbox(Some(&email), &|domain| {
            ["mailinator.com", "x.dyn.example", "duck.com"].contains(&domain)
        })
    }

    #[test]
    fn a_disposable_domain_covers_what_lies_below_it_and_nothing_above() {
        assert_eq!(judged("a@mailinator.com"), Mailbox::Disposable);
        assert_eq!(judged("a@eu.box.Mailinator.com"), Mailbox::Disposable);
        assert_eq!(judged("a@x.dyn.example"), Mailbox::Disposable);
        assert_eq!(judged("a@dyn.example"), Mailbox::Usual);
        assert_eq!(judged("a@notmailinator.com"), Mailbox::Usual);
    }

    #[test]
    fn a_relay_is_never_disposable_even_when_a_list_says_so() {
        for address in [
            "dpdcnf87nu@privaterelay.appleid.com",
            "quiet-fox@duck.com",
            "x1y2@mozmail.com",
            "shop@jane.anonaddy.com",
            "shop.a1b2@passmail.net",
        ] {
            assert_eq!(judged(address), Mailbox::Relay, "{address}");
        }
        assert_eq!(mailbox(None, &|_| true), Mailbox::Unknown);
    }
}
