//! The rules that no compiler knows: how long a file may be, what may not be left in one, and which texts must agree.

mod agree;
mod contract;
mod examples;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::args::Arguments;
use crate::root;

const LONGEST: usize = 500;
const SOURCES: [&str; 4] = ["rs", "js", "ts", "css"];
/// Kept in pieces, so that this file may be checked as well.
const LEFTOVERS: [(&str, &str); 5] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("dbg", "!("),
    ("#[ig", "nore"),
    ("thread::", "sleep"),
];
/// `shared` decides without a platform: none of these may come near it.
const PLATFORMS: [&str; 6] = [
    "js-sys",
    "leptos",
    "tokio",
    "wasm-bindgen",
    "web-sys",
    "worker",
];

/// `cargo xtask tidy`
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    check()?;
    println!("  ✓ tidy");
    Ok(())
}

/// Everything at once: all that is wrong, one line each.
pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    for path in sources()? {
        let text = std::fs::read_to_string(root().join(&path))?;
        check_source(&path, &text, &mut wrong);
    }
    check_shared(&mut wrong)?;
    agree::snippets(&mut wrong);
    contract::check(&mut wrong);
    examples::check(&mut wrong);
    if wrong.is_empty() {
        return Ok(());
    }
    for line in &wrong {
        eprintln!("  {line}");
    }
    bail!("{} things to tidy", wrong.len())
}

fn check_source(path: &Path, text: &str, wrong: &mut Vec<String>) {
    let name = path.display();
    let length = text.lines().count();
    if length > LONGEST {
        wrong.push(format!("{name}: {length} lines, {LONGEST} are allowed"));
    }
    // Tests wait for conditions, and the product never waits; the developer commands watch other programs.
    let may_wait = path.starts_with("xtask");
    for (line, content) in text.lines().enumerate() {
        for (first, second) in LEFTOVERS {
            let leftover = format!("{first}{second}");
            if content.contains(&leftover) && !(may_wait && first == "thread::") {
                wrong.push(format!("{name}:{}: `{leftover}` must not stay", line + 1));
            }
        }
    }
}

fn check_shared(wrong: &mut Vec<String>) -> Result<()> {
    let manifest = std::fs::read_to_string(root().join("shared/Cargo.toml"))?;
    for line in manifest.lines() {
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if PLATFORMS.contains(&name) {
            wrong.push(format!(
                "shared/Cargo.toml: `{name}` is a platform, and shared has none"
            ));
        }
    }
    Ok(())
}

/// Every source file of ours, named from the root.
fn sources() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let made = name.starts_with('.')
                || matches!(name.as_str(), "target" | "build" | "dist" | "node_modules");
            // `build` is also the name of a folder of sources.
            let ours = !made || (name == "build" && path.parent() != Some(root()));
            if path.is_dir() && ours {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|ending| SOURCES.iter().any(|known| ending == *known))
            {
                found.push(path.strip_prefix(root())?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::check_source;

    #[test]
    fn a_long_file_and_a_leftover_are_both_named() {
        let mut wrong = Vec::new();
        let text = format!("{}// {}{}\n", "\n".repeat(500), "TO", "DO");
        check_source(Path::new("a.rs"), &text, &mut wrong);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(
            wrong.iter().any(|line| line.starts_with("a.rs:501:")),
            "{wrong:?}"
        );
    }
}
