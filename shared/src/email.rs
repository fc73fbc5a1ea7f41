//! E-mail addresses, as far as telling two people apart goes.
//!
//! Addresses are compared only as keyed hashes ([`crate::keyed_hash`]) of two forms: the exact one, and the canonical one
//! in which the aliases of one mailbox are the same.

use crate::lowercase::lowercase;

/// Longest address (RFC 5321, section 4.5.3.1: a path of 256 octets less its brackets).
pub const EMAIL_LENGTH_MAX: usize = 254;

/// Providers whose mailboxes ignore dots in the local part.
const DOTLESS: [&str; 1] = ["gmail.com"];

/// The provider whose mailboxes ignore hyphens and underscores as well.
const PUNCTUATED: &str = "proton.me";

/// Other names of the same mailbox provider.
const SAME_PROVIDER: [(&str, &str); 8] = [
    ("googlemail.com", "gmail.com"),
    ("pm.me", "proton.me"),
    ("protonmail.com", "proton.me"),
    ("me.com", "icloud.com"),
    ("mac.com", "icloud.com"),
    ("ya.ru", "yandex.ru"),
    ("yandex.com", "yandex.ru"),
    ("fastmail.fm", "fastmail.com"),
];

/// Providers whose mailboxes have no hyphen in their names, and separate tags by it.
const HYPHENATED: [&str; 3] = ["yahoo.", "ymail.com", "rocketmail.com"];

/// Providers that also deliver `anything@mailbox.provider` to the mailbox.
const BY_SUBDOMAIN: [&str; 2] = [".fastmail.com", ".fastmail.fm"];

/// An address in lower case with one `@` and a dotted domain. Its `Debug` form hides it, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A text that is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEmail;

impl Email {
    /// Parses an address as people type it. Deliberately simple: the proof of an address is mail that arrives.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.len() > EMAIL_LENGTH_MAX {
            return Err(InvalidEmail);
        }
        // What is kept is looked at, and not what was typed: a few letters are two in lower case.
        let text = lowercase(text);
        if text.len() > EMAIL_LENGTH_MAX {
            return Err(InvalidEmail);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let local_is_clean = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(|c| {
                !c.is_whitespace() && !crate::name::is_hidden(c) && !"@,;:<>()[]\\\"".contains(c)
            });
        let domain_is_clean = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if local_is_clean && domain_is_clean {
            Ok(Self(text))
        } else {
            Err(InvalidEmail)
        }
    }

    /// The address in lower case.
    pub fn exact(&self) -> &str {
        &self.0
    }

    /// The mailbox behind aliases: no `+tag`, no dots where the provider ignores them, one name for one provider.
    pub fn canonical(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let box_in_domain = BY_SUBDOMAIN.iter().find_map(|provider| {
            let mailbox = domain.strip_suffix(provider)?;
            Some((mailbox, provider.trim_start_matches('.')))
        });
        let (local, domain) = box_in_domain.unwrap_or((local, domain));
        let domain = SAME_PROVIDER
            .iter()
            .find(|(alias, _)| *alias == domain)
            .map_or(domain, |(_, provider)| provider);
        let hyphenated = HYPHENATED.iter().any(|start| domain.starts_with(start));
        let is_mark = |c| c == '+' || (hyphenated && c == '-');
        let untagged = match local.split_once(is_mark) {
            Some((mailbox, _)) if !mailbox.is_empty() => mailbox,
            _ => local,
        };
        let ignored: &[char] = if domain == PUNCTUATED {
            &['.', '-', '_']
        } else if DOTLESS.contains(&domain) {
            &['.']
        } else {
            &[]
        };
        let mut mailbox = untagged.replace(ignored, "");
        if mailbox.is_empty() {
            // No provider has it; but two who typed such must not be one person.
            untagged.clone_into(&mut mailbox);
        }
        format!("{mailbox}@{domain}")
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn aliases_of_one_mailbox_share_the_canonical_form() {
        let canonical = |text| Email::parse(text).expect("an address").canonical();
        for alias in [
            "jane.doe+shop@gmail.com",
            "J.a.n.e.Doe@GoogleMail.com",
            "janedoe@gmail.com",
        ] {
            assert_eq!(canonical(alias), "janedoe@gmail.com", "{alias}");
        }
        assert_eq!(canonical("a.b+c@example.com"), "a.b@example.com");
        assert_eq!(canonical("jane-shop@yahoo.co.uk"), "jane@yahoo.co.uk");
        assert_eq!(
            canonical("jane-marie@example.com"),
            "jane-marie@example.com"
        );
        assert_eq!(canonical("shop@jane.fastmail.com"), "jane@fastmail.com");
        assert_eq!(canonical("j.a-n_e@pm.me"), "jane@proton.me");
        assert_eq!(canonical("jane@mac.com"), canonical("jane+x@me.com"));
        assert_eq!(canonical("+tag@example.com"), "+tag@example.com");
        assert_eq!(canonical("...@gmail.com"), "...@gmail.com");
        assert_eq!(canonical("-_@pm.me"), "-_@proton.me");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "jane@localhost",
            "a b@example.com",
            "a@b@c.de",
            "a@b..de",
            "a\u{202e}@b.de",
            // In lower case it ends with a mark that is no letter.
            "a@İ.de",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(255))).is_err());
    }

    #[test]
    fn no_log_shows_an_address() {
        let email = Email::parse("jane@example.com").expect("an address");
        assert_eq!(format!("{email:?}"), "Email(hidden)");
    }
}
