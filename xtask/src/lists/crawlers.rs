//! The vendored crawlers, their published user agents, and the few names that the Worker needs of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use goodword_shared::agent::says_so;
use serde_json::Value;

use super::{Vendored, write};
use crate::{process, root};

const PACKAGE: &str = "crawler-user-agents";
/// Of what a part stands for: drives browsers, and so do tests and shops' own checks.
const NOT_CRAWLING: &str = "browser-automation";
/// Shorter parts are found in the names of people's browsers.
const SHORTEST: usize = 4;

/// One entry of the package.
struct Crawler {
    pattern: String,
    /// What it was seen to send.
    agents: Vec<String>,
}

/// Writes all that is made of the package.
pub(super) fn make(folder: &Path) -> Result<()> {
    fetch(folder)?;
    let package = folder.join("node_modules").join(PACKAGE);
    // Its licence wants to stand beside every copy.
    std::fs::copy(
        package.join("LICENSE"),
        root().join("lists/LICENSE-crawlers"),
    )?;
    let read = |name: &str| -> Result<Value> {
        let text = std::fs::read_to_string(package.join(name))?;
        Ok(serde_json::from_str(&text)?)
    };
    let about = read("package.json")?;
    let field = |name: &str| {
        let found = about[name].as_str();
        found.with_context(|| format!("the package does not tell its {name}"))
    };
    let crawlers = crawlers(&read("crawler-user-agents.json")?)?;
    let vendored = |file, about, lines| -> Result<Vendored> {
        Ok(Vendored {
            file,
            about,
            source: format!("https://github.com/monperrus/{PACKAGE}, by the npm package {PACKAGE}"),
            revision: field("version")?.to_owned(),
            licence: field("license")?.to_owned(),
            lines,
        })
    };
    let (parts, left_out): (Vec<_>, Vec<_>) = crawlers
        .iter()
        .map(|crawler| plain(&crawler.pattern).ok_or(crawler.pattern.as_str()))
        .partition(Result::is_ok);
    let left_out: Vec<&str> = left_out.into_iter().filter_map(Result::err).collect();
    println!(
        "    {} patterns are no plain names, and were left out: {}",
        left_out.len(),
        left_out.join("  ")
    );
    write(&vendored(
        "lists/crawlers.txt",
        "Parts of the user agents of crawlers and previews; ^ stands for the start.",
        parts.into_iter().filter_map(Result::ok).collect(),
    )?)?;
    let agents = crawlers.iter().flat_map(|crawler| &crawler.agents);
    write(&vendored(
        "lists/crawler-agents.txt",
        "User agents of crawlers and previews as they were seen, to test by.",
        agents.cloned().collect(),
    )?)?;
    let people = std::fs::read_to_string(root().join("lists/browsers.txt"))?;
    let names = names(&crawlers, &people.to_ascii_lowercase());
    println!("    lists/previewers.txt: {} names", names.len());
    let text: String = names.iter().flat_map(|name| [name, "\n"]).collect();
    Ok(std::fs::write(root().join("lists/previewers.txt"), text)?)
}

fn fetch(folder: &Path) -> Result<()> {
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
            .arg(PACKAGE)
            .current_dir(folder),
    )?;
    Ok(())
}

fn crawlers(all: &Value) -> Result<Vec<Crawler>> {
    let texts = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten();
        texts
            .filter_map(|text| Some(text.as_str()?.trim().to_owned()))
            .collect()
    };
    let all = all.as_array().context("the crawlers are no list")?;
    let crawling = all.iter().filter(|crawler| {
        !texts(&crawler["tags"])
            .iter()
            .any(|tag| tag == NOT_CRAWLING)
    });
    Ok(crawling
        .map(|crawler| Crawler {
            pattern: crawler["pattern"].as_str().unwrap_or_default().to_owned(),
            agents: texts(&crawler["instances"]),
        })
        .collect())
}

/// The names of those crawlers that nothing but their name tells, and tells what is left out: a name that people's browsers have
/// as well tells nothing.
fn names(crawlers: &[Crawler], people: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for crawler in crawlers {
        let Some(name) = name(crawler) else {
            continue;
        };
        if people.contains(&name) {
            println!("    `{name}` is sent by people, and was left out");
        } else {
            names.insert(name);
        }
    }
    names
}

/// The name by which a crawler is told, when it has to be.
fn name(crawler: &Crawler) -> Option<String> {
    let agents = crawler
        .agents
        .iter()
        .map(|agent| agent.to_ascii_lowercase());
    let silent: Vec<String> = agents.filter(|agent| !says_so(agent)).collect();
    if silent.is_empty() && !crawler.agents.is_empty() {
        return None;
    }
    let name = longest(&crawler.pattern)?;
    // What nobody has seen would come like this, for all that is known.
    let like_a_browser = format!("mozilla/5.0 {name}");
    let is_needed = !silent.is_empty() || !says_so(&like_a_browser);
    (is_needed && silent.iter().all(|agent| agent.contains(&name))).then_some(name)
}

/// The plain text that a pattern stands for, or the longest piece of one that stands for several.
fn longest(pattern: &str) -> Option<String> {
    if let Some(part) = plain(pattern) {
        return Some(part.trim_start_matches('^').to_owned());
    }
    let pieces = pattern.split([
        '(', ')', '[', ']', '|', '^', '$', '*', '+', '?', '{', '}', '.',
    ]);
    let pieces = pieces.map(|piece| piece.replace('\\', "").trim().to_ascii_lowercase());
    pieces
        .filter(|piece| piece.len() >= SHORTEST)
        .max_by_key(String::len)
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

#[cfg(test)]
mod tests {
    use super::{Crawler, names, plain};

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
    fn only_a_crawler_that_nothing_else_tells_needs_its_name() {
        let crawler = |pattern: &str, agent: &str| Crawler {
            pattern: pattern.to_owned(),
            agents: agent
                .split('\n')
                .filter(|agent| !agent.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        let crawlers = [
            crawler("[pP]ingdom", "Mozilla/5.0 (X11) PingdomTMS/2020.2"),
            crawler("(^| )PTST\\/", "Mozilla/5.0 (X11) PTST/2"),
            crawler("[cC]url", "curl/8.5.0"),
            crawler("Googlebot", "Mozilla/5.0 (compatible; Googlebot/2.1)"),
            crawler("ObservePoint", ""),
            crawler("purebot", ""),
            crawler("MetaIAB", "Mozilla/5.0 (Android) MetaIAB Facebook"),
        ];
        let found = names(&crawlers, "mozilla/5.0 (android) metaiab facebook");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["observepoint", "pingdom", "ptst/"]);
    }
}
