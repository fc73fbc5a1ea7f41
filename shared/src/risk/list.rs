//! Long lists in little memory: names as sorted short hashes.
//!
//! None is compiled in. The text forms lie in `lists/`, with their sources; what a Worker loads is packed from them.

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

#[cfg(test)]
mod tests {
    use super::{HashList, InvalidList, lines};
    use crate::email::Email;
    use crate::risk::mailbox::{Mailbox, mailbox};

    const DOMAINS: &str = include_str!("../../../lists/disposable-domains.txt");
    const CRAWLERS: &str = include_str!("../../../lists/crawlers.txt");
    const AGENTS: &str = include_str!("../../../lists/crawler-agents.txt");

    #[test]
    fn a_packed_list_has_the_same_names_and_a_damaged_one_is_refused() {
        let list = HashList::of(["a.example", "b.example", "a.example"].into_iter());
        let packed = list.pack();
        assert_eq!((list.len(), packed.len()), (2, 18));
        assert!(!list.is_empty() && HashList::of(std::iter::empty()).is_empty());
        assert_eq!(HashList::unpack(&packed), Ok(list));
        let mut turned = packed.clone();
        turned[8..].rotate_left(5);
        let mut longer = packed.clone();
        longer.push(0);
        let mut twice = packed.clone();
        twice.copy_within(8..13, 13);
        let bad = [
            &packed[..17],
            &packed[1..],
            &turned,
            &longer,
            &twice,
            b"",
            b"GWL1",
        ];
        for bad in bad {
            assert_eq!(HashList::unpack(bad), Err(InvalidList));
        }
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
            ("user agents of crawlers", AGENTS, 2_000),
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
}
