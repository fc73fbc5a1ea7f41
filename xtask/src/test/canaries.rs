//! After all end-to-end tests: every byte that they have left behind, searched for what must not be there.
//!
//! The tests' people have marked names and addresses and come from marked networks, and every key that a program was given
//! is noted down by the tests. So a marked name, an e-mail address, an IP address or a secret that lies in the clear in KV, in the
//! SQLite of an object, in a log, in a URL or in what was sent to a merchant is found, whoever put it there: as it is, in
//! capitals, in hexadecimal, percent-encoded or in base64.

mod needles;
mod scan;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::counts::Counts;
use needles::Needles;

/// Marks of people and networks, and how every secret of ours begins.
const MARKS: [(&str, &str); 7] = [
    ("e-mail address", "@example.com"),
    ("name", "canarydoe"),
    ("IP address", "fdca:"),
    ("signing key", "whsec_"),
    ("API key", "gw_api_"),
    ("customers key", "gw_cust_"),
    ("administrator's key", "gw_admin_"),
];

/// Where something may lie in the clear, and why.
const DECLARED: [(&str, &str); 2] = [
    (
        ".dev.vars",
        "the Worker's secret, from where wrangler reads it",
    ),
    (
        SECRETS,
        "what the tests were given, noted down for this search",
    ),
];

/// What the tests note down in the run's folder: each key that was answered to them, the URLs of all requests and
/// redirects, and what endpoints of merchants received.
const SECRETS: &str = "noted-secrets";
const NOTED: [&str; 3] = [SECRETS, "noted-urls", "noted-events"];

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
    }
}

fn look(folder: &Path, whole: bool) -> Result<Found> {
    let files = scan::files(folder)?;
    for kind in EXPECTED.into_iter().chain(NOTED) {
        if whole && !files.iter().any(|file| name(file).ends_with(kind)) {
            bail!("there is no {kind} to search: the tests have left nothing behind");
        }
    }
    let needles = Needles::new(&MARKS, &secrets(folder, &files)?);
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
        for (at, what) in search.find(&bytes) {
            let shown = file.strip_prefix(folder).unwrap_or(file).display();
            found
                .undeclared
                .push(format!("{shown}: {what} at byte {at}"));
        }
    }
    Ok(found)
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

    use super::{SECRETS, look};

    const SECRET: &str = "0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210";
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// A run's folder in which everything is as it should be.
    fn run(name: &str) -> anyhow::Result<PathBuf> {
        let folder = std::env::temp_dir().join(format!("goodword-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("state"))?;
        for (file, text) in [
            (".dev.vars", format!("GOODWORD_SECRET=\"{SECRET}\"\n")),
            (SECRETS, format!("{KEY}\n")),
            ("noted-urls", "http://127.0.0.1/r/7K3M9QX2A\n".to_owned()),
            ("noted-events", "{\"data\":{}}\n".to_owned()),
            ("edge.log", "GET /healthz 200 OK\n".to_owned()),
            ("state/one.sqlite", "nothing".to_owned()),
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
        let planted: [Vec<u8>; 14] = [
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
    fn what_is_declared_is_let_pass_and_a_search_of_nothing_fails() -> anyhow::Result<()> {
        let folder = run("declared")?;
        assert_eq!(
            found_with(&folder, ".dev.vars", KEY.as_bytes())?,
            Vec::<String>::new()
        );
        std::fs::remove_file(folder.join("state/one.sqlite"))?;
        assert!(look(&folder, true).is_err() && look(&folder, false).is_ok());
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }
}
