//! After all end-to-end tests: every byte that they have left behind, searched for what must not be there.
//!
//! The tests' people have marked names, addresses and cards and come from marked networks; whatever else the tests say of anybody, and
//! every key that a program was given, is noted down by them. So a name, an e-mail address, a street, a card, an IP address or a secret that lies
//! in the clear in KV, in the SQLite of an object, in a log, in a URL or in what was sent to a merchant is found, whoever put it
//! there: as it is, in capitals, in hexadecimal, percent-encoded or in base64. In texts everything that looks like an e-mail
//! address is found, noted down or not.

mod addresses;
mod needles;
mod scan;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::counts::Counts;
use needles::Needles;

/// Marks of people and networks, and how every secret of ours begins.
const MARKS: [(&str, &str); 10] = [
    (CUSTOMER_ID, "canary-id-"),
    ("e-mail address", "@example.com"),
    ("name", "canarydoe"),
    ("IP address", "fdca:"),
    ("card", "canary-card-"),
    ("signing key", "whsec_"),
    ("API key", "gw_api_"),
    ("customers key", "gw_cust_"),
    ("administrator's key", "gw_admin_"),
    ("guest's token", "gw_guest_"),
];

/// What a shop calls a customer: the ledger has to know it.
const CUSTOMER_ID: &str = "customer id";

/// In which files it lies in the clear, by a part of their path, and why.
const CUSTOMER_IDS: [(&str, &str); 3] = [
    ("/do/", "a ledger finds its customers by it"),
    (EVENTS, "the merchant is told whose reward it is"),
    (
        URLS,
        "the merchant asks for the credit or the touches of a customer",
    ),
];

/// Where something may lie in the clear, and why.
const DECLARED: [(&str, &str); 3] = [
    (
        ".dev.vars",
        "the Worker's secret, from where wrangler reads it",
    ),
    (
        SECRETS,
        "what the tests were given, noted down for this search",
    ),
    (
        PEOPLE,
        "whom the tests have named, noted down for this search",
    ),
];

/// Events that name an address and a secret, because that is what they are for: the one line of text that a merchant's mail
/// tool is sent.
const TELLING: (&str, &str) = (
    r#""type":"proof.requested""#,
    "a guest's address with the link that proves it, for the merchant's mail tool",
);

/// What the tests note down in the run's folder: each key that was answered to them, whom they have named, the URLs of all
/// requests and redirects, and what endpoints of merchants received.
const SECRETS: &str = "noted-secrets";
const PEOPLE: &str = "noted-people";
const URLS: &str = "noted-urls";
const EVENTS: &str = "noted-events";
const NOTED: [&str; 4] = [SECRETS, PEOPLE, URLS, EVENTS];

/// Files that are text, in which everything that looks like an address is one.
const TEXTS: [&str; 3] = ["edge.log", URLS, EVENTS];

/// Shorter texts are found by chance.
const NOTED_LENGTH_MIN: usize = 7;

/// Files of the kinds that must have been seen: a search of nothing finds nothing.
const EXPECTED: [&str; 2] = [".sqlite", "edge.log"];

/// What a search came to.
struct Found {
    files: usize,
    bytes: u64,
    needles: usize,
    /// File and what lies in it; never the thing itself.
    undeclared: Vec<String>,
}

/// Searches the folder of a run, and prints how much that was. A whole run has left something of every kind.
pub(super) fn search(counts: &mut Counts, folder: &Path, whole: bool) {
    let found = counts.check(
        "no name, address or secret where it is not declared",
        || {
            let found = look(folder, whole)?;
            for what in &found.undeclared {
                eprintln!("  {what}");
            }
            if !found.undeclared.is_empty() {
                bail!("{} in the clear", found.undeclared.len());
            }
            Ok(found)
        },
    );
    if let Some(found) = found {
        println!(
            "      number: canaries: {} files, {} bytes searched for {} forms of names, addresses and secrets; none where it is not declared",
            found.files, found.bytes, found.needles
        );
        for (file, why) in DECLARED {
            println!("      declared: {file}: {why}");
        }
        for (path, why) in CUSTOMER_IDS {
            println!("      declared: customer ids in {path}: {why}");
        }
        println!(
            "      declared: lines of {EVENTS} with {}: {}",
            TELLING.0, TELLING.1
        );
    }
}

fn look(folder: &Path, whole: bool) -> Result<Found> {
    let files = scan::files(folder)?;
    for kind in EXPECTED.into_iter().chain(NOTED) {
        if whole && !files.iter().any(|file| name(file).ends_with(kind)) {
            bail!("there is no {kind} to search: the tests have left nothing behind");
        }
    }
    let people = people(folder);
    let noted = people
        .iter()
        .map(|one| ("what was said of somebody", one.as_str()));
    let marks: Vec<(&str, &str)> = MARKS.into_iter().chain(noted).collect();
    let needles = Needles::new(&marks, &secrets(folder, &files)?);
    let search = scan::Search::new(&needles);
    let mut found = Found {
        files: files.len(),
        bytes: 0,
        needles: needles.len(),
        undeclared: Vec::new(),
    };
    for file in &files {
        let bytes = std::fs::read(file)?;
        found.bytes += u64::try_from(bytes.len())?;
        if DECLARED.iter().any(|(declared, _)| name(file) == *declared) {
            continue;
        }
        let shown = file.strip_prefix(folder).unwrap_or(file).display();
        let shown = shown.to_string();
        let bytes = if name(file) == EVENTS {
            without_telling(&bytes)
        } else {
            bytes
        };
        let mut at_all = search.find(&bytes);
        at_all.retain(|(_, what)| !(what.starts_with(CUSTOMER_ID) && may_name_customers(file)));
        if TEXTS.contains(&name(file).as_str()) {
            at_all.extend(addresses::find(&bytes));
        }
        for (at, what) in at_all {
            found
                .undeclared
                .push(format!("{shown}: {what} at byte {at}"));
        }
    }
    Ok(found)
}

/// What tests have said of people, as far as no mark finds it anyway.
fn people(folder: &Path) -> Vec<String> {
    // A single test may have named nobody.
    let noted = std::fs::read_to_string(folder.join(PEOPLE)).unwrap_or_default();
    let marked = |text: &str| MARKS.iter().any(|(_, mark)| text.contains(mark));
    let mut all: Vec<String> = noted.lines().map(str::to_ascii_lowercase).collect();
    let networks: Vec<String> = all.iter().filter_map(|text| network(text)).collect();
    all.extend(networks);
    // A single word may stand anywhere.
    let is_telling = |text: &str| text.contains(['@', ' ', ':', '.']);
    all.retain(|text| text.len() >= NOTED_LENGTH_MIN && is_telling(text) && !marked(text));
    all.sort();
    all.dedup();
    all
}

/// What the edge makes of an IPv4 address before it hashes it.
fn network(text: &str) -> Option<String> {
    let address = text.split('/').next().unwrap_or_default();
    let address: Ipv4Addr = address.parse().ok()?;
    let [a, b, c, _] = address.octets();
    (!address.is_loopback()).then(|| format!("{a}.{b}.{c}"))
}

/// What endpoints received, but for lines that are there to tell; every byte stays where it was.
fn without_telling(bytes: &[u8]) -> Vec<u8> {
    let mark = TELLING.0.as_bytes();
    let is_telling = |line: &[u8]| line.windows(mark.len()).any(|part| part == mark);
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .flat_map(|line| {
            if is_telling(line) {
                vec![b'\n'; line.len()]
            } else {
                line.to_vec()
            }
        })
        .collect()
}

fn may_name_customers(file: &Path) -> bool {
    let path = file.to_string_lossy();
    CUSTOMER_IDS.iter().any(|(part, _)| path.contains(part))
}

/// The keys that the tests were given, and the secrets of all edges.
fn secrets(folder: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    // A single test may have been given none.
    let noted = std::fs::read_to_string(folder.join(SECRETS)).unwrap_or_default();
    let mut all: Vec<String> = noted.lines().map(str::to_owned).collect();
    for file in files.iter().filter(|file| name(file) == ".dev.vars") {
        let text = std::fs::read_to_string(file)?;
        all.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::{PEOPLE, SECRETS, look};

    const SECRET: &str = "0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210";
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// A run's folder in which everything is as it should be.
    fn run(name: &str) -> anyhow::Result<PathBuf> {
        let folder = std::env::temp_dir().join(format!("goodword-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("state/do"))?;
        std::fs::create_dir_all(folder.join("state/kv"))?;
        for (file, text) in [
            (".dev.vars", format!("GOODWORD_SECRET=\"{SECRET}\"\n")),
            (SECRETS, format!("{KEY}\n")),
            (
                PEOPLE,
                "Zoë Änderung\nzoe@mail.example\n10.77.88.99\n198.51.100.0/24\n14 High Street\nZoe\n".to_owned(),
            ),
            ("noted-urls", "http://127.0.0.1/r/7K3M9QX2A\n".to_owned()),
            ("noted-events", "{\"data\":{}}\n".to_owned()),
            ("edge.log", "GET /healthz 200 OK\n".to_owned()),
            ("state/one.sqlite", "nothing".to_owned()),
            ("state/do/two.sqlite", "nothing".to_owned()),
            ("state/kv/blob", "nothing".to_owned()),
        ] {
            std::fs::write(folder.join(file), text)?;
        }
        Ok(folder)
    }

    fn found_with(folder: &Path, file: &str, bytes: &[u8]) -> anyhow::Result<Vec<String>> {
        let path = folder.join(file);
        let before = std::fs::read(&path)?;
        std::fs::write(&path, [&before[..], b"\0", bytes, b"\0"].concat())?;
        let found = look(folder, true)?;
        std::fs::write(&path, before)?;
        Ok(found.undeclared)
    }

    #[test]
    fn a_planted_canary_is_found_in_every_form() -> anyhow::Result<()> {
        let folder = run("planted")?;
        assert_eq!(look(&folder, true)?.undeclared, Vec::<String>::new());
        let in_base64 = |before: &str| STANDARD.encode(format!("{before}Jane Canarydoe"));
        let planted: [Vec<u8>; 24] = [
            "Zoë Änderung".to_ascii_uppercase().into(),
            b"Zo%C3%AB%20%C3%84nderung".into(),
            b"zoe%40mail.example".into(),
            b"10.77.88.99".into(),
            b"10.77.88".into(),
            b"198.51.100.0/24".into(),
            b"14 high street".into(),
            b"14+High+Street".into(),
            b"canary-card-7".into(),
            b"gw_guest_".into(),
            b"jane@example.com".into(),
            b"JANE@EXAMPLE.COM".into(),
            b"jane%40example.com".into(),
            b"name=Jane+Canarydoe".into(),
            b"4a616e652043616e617279646f65".into(),
            b"4A616E652043616E617279646F65".into(),
            in_base64("").into(),
            in_base64("x").into(),
            in_base64("xx").into(),
            b"fdca:12ab:34cd::1".into(),
            b"gw_api_".into(),
            b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
            STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?,
            SECRET.to_uppercase().into(),
        ];
        for bytes in planted {
            for file in ["state/one.sqlite", "edge.log", "noted-urls", "noted-events"] {
                let found = found_with(&folder, file, &bytes)?;
                let shown = String::from_utf8_lossy(&bytes);
                assert!(
                    found.iter().any(|what| what.contains(file)),
                    "{shown} in {file}"
                );
                assert!(!found.join("\n").contains(&*shown), "{found:?} shows it");
            }
        }
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }

    #[test]
    fn a_customer_id_is_let_pass_where_it_has_to_be_and_nowhere_else() -> anyhow::Result<()> {
        let folder = run("ids")?;
        for (file, declared) in [
            ("state/do/two.sqlite", true),
            ("noted-events", true),
            ("noted-urls", true),
            ("state/kv/blob", false),
            ("edge.log", false),
            ("state/one.sqlite", false),
        ] {
            let found = found_with(&folder, file, b"canary-id-7")?;
            assert_eq!(found.is_empty(), declared, "{file}: {found:?}");
        }
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }

    #[test]
    fn an_event_that_is_there_to_tell_an_address_may_and_no_other_may() -> anyhow::Result<()> {
        let folder = run("telling")?;
        let telling = br#"
{"data":{"email":"jane@example.com"},"type":"proof.requested"}
"#;
        assert_eq!(
            found_with(&folder, "noted-events", telling)?,
            Vec::<String>::new()
        );
        let other = br#"
{"data":{"email":"jane@example.com"},"type":"reward.earned"}
"#;
        assert!(!found_with(&folder, "noted-events", other)?.is_empty());
        assert!(!found_with(&folder, "edge.log", telling)?.is_empty());
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }

    #[test]
    fn an_address_that_nobody_noted_down_is_found_in_a_text() -> anyhow::Result<()> {
        let folder = run("address")?;
        for address in ["omar.k+x@post.co.uk", "omar%40post.example"] {
            for file in ["edge.log", "noted-urls", "noted-events"] {
                let found = found_with(&folder, file, address.as_bytes())?;
                assert_eq!(found.len(), 1, "{address} in {file}: {found:?}");
            }
        }
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }

    #[test]
    fn what_is_declared_is_let_pass_and_a_search_of_nothing_fails() -> anyhow::Result<()> {
        let folder = run("declared")?;
        assert_eq!(
            found_with(&folder, ".dev.vars", KEY.as_bytes())?,
            Vec::<String>::new()
        );
        for file in ["state/one.sqlite", "state/do/two.sqlite"] {
            std::fs::remove_file(folder.join(file))?;
        }
        assert!(look(&folder, true).is_err() && look(&folder, false).is_ok());
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }
}
