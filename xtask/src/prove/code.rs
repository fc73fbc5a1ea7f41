//! Code without its tests: what a mutant is made of. A test that is added kills more of them and brings none back to life.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::kept::git;
use crate::root;
use crate::vars::hex;

/// Where the rules are, and what they are compiled with.
const RULES: &str = "shared/src";
const MANIFEST: &str = "shared/Cargo.toml";

/// The code of the rules.
pub(super) struct Code {
    /// A digest of everything but tests.
    pub(super) digest: String,
    /// How many tests there are.
    pub(super) tests: u64,
}

impl Code {
    /// Reads it as it is on disk.
    pub(super) fn of_rules() -> Result<Self> {
        let mut hash = Sha256::new();
        hash.update(read(&root().join(MANIFEST))?);
        let mut tests = 0;
        for name in git(&["ls-files", "--", RULES])?.lines() {
            let text = read(&root().join(name))?;
            tests += text.matches("#[test]").count() as u64;
            if !is_of_tests(Path::new(name)) {
                hash.update(name);
                hash.update(without_tests(&text));
            }
        }
        Ok(Self {
            digest: hex(&hash.finalize())[..12].to_owned(),
            tests,
        })
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// Files that hold tests alone, or what only tests use.
fn is_of_tests(name: &Path) -> bool {
    let parts = name.iter().filter_map(|part| part.to_str());
    parts
        .map(|part| part.trim_end_matches(".rs"))
        .any(|part| part == "tests" || part == "testing")
}

/// The text without modules that are compiled for tests alone.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            code.extend([line, "\n"]);
            continue;
        }
        // It ends where its braces do: formatting puts that one at the beginning of a line.
        let opens = lines.next().is_some_and(|line| line.ends_with('{'));
        while opens && lines.next().is_some_and(|line| line != "}") {}
    }
    code
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_of_tests, without_tests};

    #[test]
    fn tests_are_no_code() {
        let text = "mod a;\n#[cfg(test)]\nmod tests;\nfn b() {\n}\n\n#[cfg(test)]\nmod c {\n    fn d() {\n    }\n}\nfn e() {}\n";
        assert_eq!(without_tests(text), "mod a;\nfn b() {\n}\n\nfn e() {}\n");
        assert!(is_of_tests(Path::new("decide/tests/renewals.rs")));
        assert!(is_of_tests(Path::new("decide/testing.rs")));
        assert!(!is_of_tests(Path::new("decide/order.rs")));
    }
}
