//! The sum of it all: which stages failed, and how many tests passed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::steps::step;

/// What has passed and failed so far.
#[derive(Default)]
pub(super) struct Counts {
    passed: u64,
    failed: u64,
    broken: Vec<String>,
}

impl Counts {
    /// Runs a stage that is not made of tests. True when it went well; one that did not counts as one failure.
    pub(super) fn stage(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        self.attempt(name, work).is_some()
    }

    /// One test, named by a sentence that holds when it passes. What it made, for the tests that build upon it.
    pub(super) fn check<T>(
        &mut self,
        sentence: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let made = self.attempt(sentence, work)?;
        self.passed += 1;
        Some(made)
    }

    fn attempt<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        match step(name, |_| work()) {
            Ok(made) => Some(made),
            Err(error) => {
                process::yield_to_signal();
                eprintln!("{name}: {error:#}");
                self.broken.push(name.to_owned());
                self.failed += 1;
                None
            }
        }
    }

    /// Runs `cargo test` and adds up what it says; shows all of its output when a test failed.
    pub(super) fn tests(&mut self, name: &str, mut command: Command) {
        let (passed, failed) = (self.passed, self.failed);
        let mut numbers = Vec::new();
        let ended = step(name, |note| {
            let done = process::output(&mut command, note)?;
            let (good, bad) = sums(&done.stdout);
            self.passed += good;
            self.failed += bad;
            // Tests that measure something say so on such lines.
            numbers = lines_of_numbers(&done.stdout);
            if done.status.success() {
                return Ok(());
            }
            eprintln!("{}", done.text().trim_end());
            bail!("{}", done.status)
        });
        if let Err(error) = ended {
            process::yield_to_signal();
            eprintln!("{name}: {error:#}");
            self.broken.push(name.to_owned());
            // A crate that does not compile, or a test program that dies, has no count of its own.
            if self.failed == failed {
                self.failed += 1;
            }
        }
        for line in numbers {
            println!("      {line}");
        }
        println!(
            "      {} passed, {} failed",
            self.passed - passed,
            self.failed - failed
        );
    }

    /// Does two things side by side, because each leaves half of a machine idle.
    pub(super) fn beside(
        &mut self,
        one: impl FnOnce(&mut Self) + Send,
        other: impl FnOnce(&mut Self),
    ) {
        let (mut left, mut right) = (Self::default(), Self::default());
        std::thread::scope(|scope| {
            scope.spawn(|| one(&mut left));
            other(&mut right);
        });
        for more in [left, right] {
            self.passed += more.passed;
            self.failed += more.failed;
            self.broken.extend(more.broken);
        }
    }

    /// How many failures there are so far.
    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    /// Prints the last line, and ends the program with 1 when anything failed: nothing may follow that line.
    pub(super) fn finish(self) {
        if !self.broken.is_empty() {
            println!("failed: {}", self.broken.join(", "));
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed > 0 {
            std::process::exit(1);
        }
    }
}

/// What tests have measured.
pub(super) fn lines_of_numbers(output: &str) -> Vec<String> {
    let lines = output
        .lines()
        .filter_map(|line| line.find("number: ").map(|at| &line[at..]));
    lines.map(str::to_owned).collect()
}

/// Adds up lines like `test result: ok. 12 passed; 0 failed; 0 ignored; ...`.
fn sums(output: &str) -> (u64, u64) {
    let mut total = (0, 0);
    for line in output
        .lines()
        .filter(|line| line.starts_with("test result:"))
    {
        let count = |what: &str| {
            line.split(['.', ';'])
                .filter_map(|part| part.trim().strip_suffix(what))
                .find_map(|number| number.trim().parse::<u64>().ok())
                .unwrap_or(0)
        };
        total.0 += count("passed");
        total.1 += count("failed");
    }
    total
}

#[cfg(test)]
mod tests {
    use super::{lines_of_numbers, sums};

    #[test]
    fn a_measured_number_is_found_behind_the_name_of_its_test() {
        let output = "test a::b ... number: rows written 6\nok\nnumber: p99 12 ms\n";
        assert_eq!(
            lines_of_numbers(output),
            ["number: rows written 6", "number: p99 12 ms"]
        );
    }

    #[test]
    fn the_results_of_several_test_programs_are_added_up() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s\n";
        assert_eq!(sums(output), (13, 2));
    }
}
