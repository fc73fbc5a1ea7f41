//! The vendored lists, made anew: disposable mail domains and the names of crawlers, from public packages.
//!
//! The packages are fetched by the registries' own clients, converted, and written to `lists/` with their source, revision, licence
//! and count. What was left out is told. Nothing else asks for them: builds and tests read what is in the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::{process, root};

const DOMAINS: &str = "disposable-email-domains";
const CRAWLERS: &str = "crawler-user-agents";
/// A list that shrinks to less than this share of itself was damaged on the way.
const SHRINKS_TO: usize = 2;
/// Of what a part stands for: drives browsers, and so do tests and shops' own checks.
const NOT_CRAWLING: &str = "browser-automation";
/// Shorter parts are found in the names of people's browsers.
const SHORTEST: usize = 4;

/// A list with where it is from.
struct Vendored {
    file: &'static str,
    about: &'static str,
    source: String,
    revision: String,
    licence: String,
    lines: BTreeSet<String>,
}

/// `cargo xtask lists`
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    let folder = root().join("target/lists");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    write(&domains(&folder)?)?;
    write(&crawlers(&folder)?)
}

/// From PyPI, because there the list is published days after it changes.
fn domains(folder: &Path) -> Result<Vendored> {
    process::run(
        "disposable domains, fetched",
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
            ])
            .args([
                "--disable-pip-version-check",
                "--root-user-action",
                "ignore",
                "--target",
            ])
            .arg(folder)
            .arg(DOMAINS),
    )?;
    let code = std::fs::read_to_string(folder.join("disposable_email_domains/__init__.py"))?;
    let lines = quoted(&code)
        .filter(|name| is_domain(name))
        .map(str::to_owned);
    let about = read_metadata(folder)?;
    let field = |name: &str| {
        about
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .with_context(|| format!("the package does not tell its {name}"))
    };
    Ok(Vendored {
        file: "lists/disposable-domains.txt",
        about: "Domains of mailboxes that are thrown away. Subdomains count too.",
        source: format!("https://github.com/{DOMAINS}/{DOMAINS}, by the PyPI package {DOMAINS}"),
        revision: field("Version")?.to_owned(),
        licence: format!("CC0-1.0, the package {}", field("License-Expression")?),
        lines: lines.collect(),
    })
}

fn read_metadata(folder: &Path) -> Result<String> {
    let described = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path().join("METADATA")))
        .find(|path| path.exists())
        .context("the package has no description")?;
    Ok(std::fs::read_to_string(described)?)
}

/// What stands in single quotes, as in a Python set of texts.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let line = line.trim().trim_end_matches(',');
        line.strip_prefix('\'')?.strip_suffix('\'')
    })
}

fn is_domain(name: &str) -> bool {
    let clean = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    name.contains('.') && name.split('.').all(clean)
}

fn crawlers(folder: &Path) -> Result<Vendored> {
    process::run(
        "crawlers, fetched",
        Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--no-save",
                "--prefix",
            ])
            .arg(folder)
            .arg(CRAWLERS)
            .current_dir(folder),
    )?;
    let package = folder.join("node_modules").join(CRAWLERS);
    let read = |name: &str| -> Result<Value> {
        let text = std::fs::read_to_string(package.join(name))?;
        Ok(serde_json::from_str(&text)?)
    };
    let about = read("package.json")?;
    let field = |name: &str| {
        let found = about[name].as_str();
        found.with_context(|| format!("the package does not tell its {name}"))
    };
    // Its licence wants to stand beside every copy.
    std::fs::copy(
        package.join("LICENSE"),
        root().join("lists/LICENSE-crawlers"),
    )?;
    let all = read("crawler-user-agents.json")?;
    let all = all.as_array().context("the crawlers are no list")?;
    let mut lines = BTreeSet::new();
    let mut left_out = Vec::new();
    for crawler in all {
        let tags = crawler["tags"].as_array().into_iter().flatten();
        let pattern = crawler["pattern"].as_str().unwrap_or_default();
        if tags
            .filter_map(Value::as_str)
            .any(|tag| tag == NOT_CRAWLING)
        {
            continue;
        }
        match plain(pattern) {
            Some(part) => drop(lines.insert(part)),
            None => left_out.push(pattern.to_owned()),
        }
    }
    println!(
        "    {} patterns are no plain names, and were left out: {}",
        left_out.len(),
        left_out.join("  ")
    );
    Ok(Vendored {
        file: "lists/crawlers.txt",
        about: "Parts of the user agents of crawlers and previews; ^ stands for the start.",
        source: format!("https://github.com/monperrus/{CRAWLERS}, by the npm package {CRAWLERS}"),
        revision: field("version")?.to_owned(),
        licence: field("license")?.to_owned(),
        lines,
    })
}

/// The plain text that a pattern stands for, in lower case; `None` when it stands for more than one.
fn plain(pattern: &str) -> Option<String> {
    let mut part = String::new();
    let mut symbols = pattern.strip_prefix('^').unwrap_or(pattern).chars();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '\\' => {
                let escaped = symbols.next()?;
                // A letter behind a backslash is a class of symbols.
                if escaped.is_ascii_alphanumeric() {
                    return None;
                }
                part.push(escaped);
            }
            // `[wW]` is one letter in either case.
            '[' => {
                let (one, other, end) = (symbols.next()?, symbols.next()?, symbols.next()?);
                if end != ']' || !one.eq_ignore_ascii_case(&other) {
                    return None;
                }
                part.push(one.to_ascii_lowercase());
            }
            '.' | '(' | ')' | '|' | '*' | '+' | '?' | '{' | '}' | '^' | '$' | ']' => return None,
            other => part.push(other.to_ascii_lowercase()),
        }
    }
    let long_enough = part.trim().len() >= SHORTEST && part.trim() == part;
    let start = if pattern.starts_with('^') { "^" } else { "" };
    long_enough.then(|| format!("{start}{part}"))
}

fn write(list: &Vendored) -> Result<()> {
    let path: PathBuf = root().join(list.file);
    let count = list.lines.len();
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let before: BTreeSet<&str> = before
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    if count * SHRINKS_TO < before.len() {
        bail!(
            "{}: only {count} lines where there were {}",
            list.file,
            before.len()
        );
    }
    let added = list
        .lines
        .iter()
        .filter(|line| !before.contains(line.as_str()));
    let added = added.count();
    let gone = before
        .iter()
        .filter(|line| !list.lines.contains(**line))
        .count();
    let mut text = format!(
        "# {}\n# Made by `cargo xtask lists`; not edited by hand.\n# source: {}\n# revision: {}\n# licence: {}\n# count: {count}\n",
        list.about, list.source, list.revision, list.licence
    );
    for line in &list.lines {
        text.push_str(line);
        text.push('\n');
    }
    std::fs::write(&path, text)?;
    println!(
        "    {}: {count} lines of revision {}, {added} new, {gone} gone",
        list.file, list.revision
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{is_domain, plain, quoted};

    #[test]
    fn a_pattern_that_is_one_text_becomes_it_and_others_are_left_out() {
        for (pattern, part) in [
            ("Googlebot\\/", Some("googlebot/")),
            ("[wW]get", Some("wget")),
            ("^curl", Some("^curl")),
            (
                "SSL Labs \\(https:\\/\\/www\\.ssllabs\\.com",
                Some("ssl labs (https://www.ssllabs.com"),
            ),
            ("Ahrefs(Bot|SiteAudit)", None),
            ("BlogTraffic\\/\\d\\.\\d+", None),
            ("[0-9]bot", None),
            ("AdsBot-Google([^-]|$)", None),
            ("^BW\\/", None),
        ] {
            assert_eq!(plain(pattern).as_deref(), part, "{pattern}");
        }
    }

    #[test]
    fn domains_are_read_from_a_set_of_texts() {
        let code =
            "blocklist = {\n    '0-mail.com',\n    'x.dyn.example',\n    'not a domain',\n}\n";
        let read: Vec<&str> = quoted(code).filter(|name| is_domain(name)).collect();
        assert_eq!(read, ["0-mail.com", "x.dyn.example"]);
    }
}
