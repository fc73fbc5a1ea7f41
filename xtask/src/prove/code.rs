//! Code without its tests: what a mutant is made of. A test that is added kills more of them and brings none back to life.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::kept::git;
use crate::root;
use crate::vars::hex;

/// Where the rules are.
const RULES: &str = "shared/src";

/// What they are compiled with.
const BESIDE: [&str; 2] = ["shared/Cargo.toml", "lists/previewers.txt"];

/// How a module begins that is compiled for tests alone.
const FOR_TESTS: &str = "#[cfg(test)]";

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
        let names = git(&["ls-files", "--", RULES])?;
        let names = BESIDE.into_iter().chain(names.lines());
        let files = names
            .map(|name| {
                let text = std::fs::read_to_string(root().join(name));
                Ok((name, text.with_context(|| name.to_owned())?))
            })
            .collect::<Result<Vec<_>>>()?;
        let for_tests: Vec<String> = files
            .iter()
            .flat_map(|(name, text)| modules_for_tests(name, text))
            .collect();
        let mut hash = Sha256::new();
        let mut tests = 0;
        for (name, text) in &files {
            tests += text.matches("#[test]").count() as u64;
            if !for_tests.iter().any(|module| is_of(name, module)) {
                hash.update([name, "\0", &without_tests(text), "\0"].concat());
            }
        }
        Ok(Self {
            digest: hex(&hash.finalize())[..12].to_owned(),
            tests,
        })
    }
}

/// Where the modules are that this file declares for tests alone, without an ending.
fn modules_for_tests(name: &str, text: &str) -> Vec<String> {
    let place = name.trim_end_matches(".rs").trim_end_matches("/mod");
    let lines: Vec<&str> = text.lines().collect();
    let declared = lines.windows(2).filter_map(|pair| {
        let (_, module) = pair[1].strip_suffix(';')?.split_once("mod ")?;
        (pair[0] == FOR_TESTS).then(|| format!("{place}/{module}"))
    });
    declared.collect()
}

/// Whether a file is this module, or below it.
fn is_of(name: &str, module: &str) -> bool {
    let rest = name.strip_prefix(module);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The text without modules that are compiled for tests alone.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != FOR_TESTS {
            code.extend([line, "\n"]);
            continue;
        }
        // It ends where its braces do: formatting puts that one at the beginning of a line.
        let next = lines.next().unwrap_or_default();
        let opens = next.contains("mod ") && next.ends_with('{');
        while opens && lines.next().is_some_and(|line| line != "}") {}
    }
    code
}

#[cfg(test)]
mod tests {
    use super::{is_of, modules_for_tests, without_tests};

    #[test]
    fn tests_are_no_code() {
        let text = "mod a;\n#[cfg(test)]\nmod tests;\nfn b() {\n}\n\n#[cfg(test)]\nmod c {\n    fn d() {\n    }\n}\nfn e() {}\n";
        assert_eq!(without_tests(text), "mod a;\nfn b() {\n}\n\nfn e() {}\n");
        assert_eq!(modules_for_tests("x/y.rs", text), ["x/y/tests"]);
        assert_eq!(modules_for_tests("x/mod.rs", text), ["x/tests"]);
    }

    #[test]
    fn a_module_is_a_file_or_a_folder() {
        assert!(is_of("x/tests.rs", "x/tests") && is_of("x/tests/y.rs", "x/tests"));
        assert!(!is_of("x/tests_of.rs", "x/tests") && !is_of("y/tests.rs", "x/tests"));
    }
}
