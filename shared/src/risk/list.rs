//! Long lists in little memory: names as sorted short hashes, and parts of names as sorted text.
//!
//! Neither is compiled in. The text forms lie in `lists/`, with their sources; what a Worker loads is packed from them.

use sha2::{Digest, Sha256};

/// Bytes kept of the hash of a name. Of ten thousand names, one in a hundred million others is taken for one of them.
const RECORD: usize = 5;
/// What a packed list begins with; then the number of records (four bytes, the highest first), then the records.
const MAGIC: &[u8; 4] = b"GWL1";
const HEADER: usize = 8;

/// A set of names, as sorted hashes: it answers whether a name is in it, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashList {
    records: Vec<[u8; RECORD]>,
}

/// A packed list that is none, was cut, or is not in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidList;

impl HashList {
    /// The list of these names.
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut records: Vec<_> = names.map(record).collect();
        records.sort_unstable();
        records.dedup();
        Self { records }
    }

    /// Reads a packed list.
    pub fn unpack(bytes: &[u8]) -> Result<Self, InvalidList> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(InvalidList)?;
        let (count, rest) = rest.split_first_chunk::<4>().ok_or(InvalidList)?;
        let (records, cut) = rest.as_chunks::<RECORD>();
        let counted = u32::from_be_bytes(*count) as usize == records.len();
        let sorted = records.is_sorted_by(|one, next| one < next);
        if counted && cut.is_empty() && sorted {
            Ok(Self {
                records: records.to_vec(),
            })
        } else {
            Err(InvalidList)
        }
    }

    /// The list as bytes.
    pub fn pack(&self) -> Vec<u8> {
        let size = self.records.len().saturating_mul(RECORD);
        let mut bytes = Vec::with_capacity(size.saturating_add(HEADER));
        bytes.extend_from_slice(MAGIC);
        let count = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.extend_from_slice(self.records.as_flattened());
        bytes
    }

    /// Whether the name is in it, in whatever case.
    pub fn contains(&self, name: &str) -> bool {
        self.records.binary_search(&record(name)).is_ok()
    }

    /// How many names it has.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

fn record(name: &str) -> [u8; RECORD] {
    let digest = Sha256::digest(name.to_ascii_lowercase());
    digest.first_chunk().copied().unwrap_or_default()
}

/// The names in a vendored text: one a line, lines that begin with `#` tell where they are from.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Parts by which a longer text is known, such as a crawler by its user agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartList {
    anywhere: Vec<String>,
    at_start: Vec<String>,
}

impl PartList {
    /// The list of these parts, in lower case; one that begins with `^` counts only at the start of a text.
    pub fn of<'a>(parts: impl Iterator<Item = &'a str>) -> Self {
        let (at_start, anywhere): (Vec<_>, Vec<_>) = parts.partition(|part| part.starts_with('^'));
        Self {
            anywhere: prefix_free(anywhere),
            at_start: prefix_free(at_start),
        }
    }

    /// Whether one of the parts is in the text, in whatever case.
    pub fn is_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        begins_with_one(&self.at_start, &text)
            || text
                .char_indices()
                .filter_map(|(at, _)| text.get(at..))
                .any(|rest| begins_with_one(&self.anywhere, rest))
    }
}

/// Sorted, and without those that begin with another one, which is found before them.
fn prefix_free(parts: Vec<&str>) -> Vec<String> {
    let mut parts: Vec<String> = parts
        .into_iter()
        .map(|part| part.trim_start_matches('^').to_ascii_lowercase())
        .collect();
    parts.sort_unstable();
    let mut kept: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        if !kept
            .last()
            .is_some_and(|last| part.starts_with(last.as_str()))
        {
            kept.push(part);
        }
    }
    kept
}

/// Of parts none of which begins with another, only the greatest that is not above the text can be its beginning: whatever
/// lies between a beginning and its text begins with that beginning too.
fn begins_with_one(parts: &[String], text: &str) -> bool {
    let above = parts.partition_point(|part| part.as_str() <= text);
    above
        .checked_sub(1)
        .and_then(|at| parts.get(at))
        .is_some_and(|part| text.starts_with(part.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{HashList, InvalidList, PartList, lines};
    use crate::email::Email;
    use crate::risk::mailbox::{Mailbox, mailbox};

    const DOMAINS: &str = include_str!("../../../lists/disposable-domains.txt");
    const CRAWLERS: &str = include_str!("../../../lists/crawlers.txt");

    #[test]
    fn a_packed_list_has_the_same_names_and_a_damaged_one_is_refused() {
        let list = HashList::of(["a.example", "b.example", "a.example"].into_iter());
        let packed = list.pack();
        assert_eq!((list.len(), packed.len()), (2, 18));
        assert_eq!(HashList::unpack(&packed), Ok(list));
        let mut turned = packed.clone();
        turned[8..].rotate_left(5);
        let mut longer = packed.clone();
        longer.push(0);
        for bad in [&packed[..17], &packed[1..], &turned, &longer, b"", b"GWL1"] {
            assert_eq!(HashList::unpack(bad), Err(InvalidList));
        }
    }

    proptest! {
        #[test]
        fn a_part_is_found_exactly_where_searching_for_each_finds_one(
            parts in vec("[ab]{1,4}", 0..8),
            text in "[abé]{0,10}",
        ) {
            let list = PartList::of(parts.iter().map(String::as_str));
            let plain = parts.iter().any(|part| text.contains(part.as_str()));
            prop_assert_eq!(list.is_in(&text), plain);
        }
    }

    #[test]
    fn a_part_for_the_start_is_not_found_later() {
        let list = PartList::of(["^curl", "Bot/"].into_iter());
        assert!(list.is_in("curl/8.1") && list.is_in("Some bot/2"));
        assert!(!list.is_in("libcurl/8.1") && !list.is_in("robots"));
    }

    /// Source, revision, licence and count of a vendored list, as its first lines say.
    fn told<'a>(text: &'a str, what: &str) -> &'a str {
        let mark = format!("# {what}: ");
        let found = text.lines().find_map(|line| line.strip_prefix(&mark));
        found.unwrap_or_else(|| panic!("the list does not tell its {what}"))
    }

    #[test]
    fn each_vendored_list_tells_where_it_is_from_and_is_as_long_as_it_says() {
        for (name, text, at_least) in [
            ("disposable domains", DOMAINS, 8_000),
            ("crawlers", CRAWLERS, 1_000),
        ] {
            let count = lines(text).count();
            println!(
                "number: {name} {count}, {} {}, {}",
                told(text, "source"),
                told(text, "revision"),
                told(text, "licence")
            );
            assert_eq!(told(text, "count"), count.to_string());
            assert!(count >= at_least, "{name}: only {count}");
            let sorted: Vec<&str> = lines(text).collect();
            assert!(sorted.is_sorted_by(|one, next| one < next), "{name}");
        }
    }

    #[test]
    fn the_vendored_domains_know_throw_away_boxes_and_no_relay_or_usual_provider() {
        let list = HashList::unpack(&HashList::of(lines(DOMAINS)).pack()).expect("a list");
        assert_eq!(list.len(), lines(DOMAINS).count(), "two names share a hash");
        println!("number: bytes of the packed domains {}", list.pack().len());
        let judged = |address: &str| {
            let email = Email::parse(address).expect("an address");
            mailbox(Some(&email), &|domain| list.contains(domain))
        };
        for domain in [
            "mailinator.com",
            "guerrillamail.com",
            "yopmail.com",
            "a.10minutemail.com",
        ] {
            assert_eq!(
                judged(&format!("x@{domain}")),
                Mailbox::Disposable,
                "{domain}"
            );
        }
        for domain in [
            "gmail.com",
            "icloud.com",
            "gmx.de",
            "proton.me",
            "fastmail.com",
            "outlook.com",
        ] {
            assert_eq!(judged(&format!("x@{domain}")), Mailbox::Usual, "{domain}");
        }
        for domain in super::super::mailbox::RELAYS {
            assert!(
                !list.contains(domain),
                "the list calls the relay {domain} disposable"
            );
        }
    }

    #[test]
    fn the_vendored_crawlers_tell_previews_from_people() {
        let list = PartList::of(lines(CRAWLERS));
        for agent in [
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "TelegramBot (like TwitterBot)",
            "curl/8.5.0",
        ] {
            assert!(list.is_in(agent), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 358.0.0.0.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
        ] {
            assert!(!list.is_in(agent), "{agent}");
        }
    }
}
