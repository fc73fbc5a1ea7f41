//! The vendored lists, made anew: disposable mail domains and the names of crawlers, from public packages.
//!
//! The packages are fetched by the registries' own clients, converted, and written to `lists/` with their source, revision, licence
//! and count. What was left out is told. Nothing else asks for them: builds and tests read what is in the repository.

mod crawlers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Arguments;
use crate::{process, root};
use anyhow::{Context, Result, bail};

const DOMAINS: &str = "disposable-email-domains";
/// A list that shrinks to less than this share of itself was damaged on the way.
const SHRINKS_TO: usize = 2;

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
    crawlers::make(&folder)
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
    use super::{is_domain, quoted};

    #[test]
    fn domains_are_read_from_a_set_of_texts() {
        let code =
            "blocklist = {\n    '0-mail.com',\n    'x.dyn.example',\n    'not a domain',\n}\n";
        let read: Vec<&str> = quoted(code).filter(|name| is_domain(name)).collect();
        assert_eq!(read, ["0-mail.com", "x.dyn.example"]);
    }
}
