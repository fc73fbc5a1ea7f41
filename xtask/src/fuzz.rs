//! Every parser of outside bytes under the fuzzer (`tests/fuzz`), as many at a time as there are processors.
//!
//! The fuzzer is compiled with LLVM's coverage counters, which stable `rustc` puts in when it is given the pass by name.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::steps::{Note, step};
use crate::{build, process, root};

const PACKAGE: &str = "goodword-fuzz";
/// A counter for every edge of the program's flow.
const COUNTERS: [&str; 3] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=3",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
];
/// Seconds of a parser where nothing else is said, and in `cargo xtask test`.
const SECONDS: u64 = 10;

/// What is fuzzed.
#[derive(Clone)]
pub(crate) struct Run {
    /// The parsers.
    pub(crate) targets: Vec<String>,
    /// How long each.
    pub(crate) seconds: u64,
    /// What everything else follows from.
    pub(crate) start: u64,
    /// Where inputs that reached something new are kept for the next run.
    pub(crate) pool: Option<PathBuf>,
    /// Whether the corpus in the repository grows.
    pub(crate) keep: bool,
}

/// What came of one parser.
pub(crate) struct Fuzzed {
    /// The figures: `target`, `executions`, `milliseconds`, `outcomes`, `edges`, `crashes`.
    pub(crate) figures: Value,
    /// What was said of crashes.
    told: String,
}

/// `cargo xtask fuzz [--seconds N] [--start S] [--target NAME] [--keep] [--replay FILE]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let target = arguments.value("--target")?;
    let replay = arguments.value("--replay")?;
    let run = Run {
        targets: chosen(target)?,
        seconds: arguments.value_or("--seconds", SECONDS)?,
        start: arguments.value_or("--start", 0)?,
        pool: None,
        keep: arguments.switch("--keep"),
    };
    arguments.end()?;
    match replay {
        Some(file) => again(&run, &file),
        None => fuzz_and_print(&run),
    }
}

/// Every parser for ten seconds.
pub(crate) fn check() -> Result<()> {
    fuzz_and_print(&Run {
        targets: targets()?,
        seconds: SECONDS,
        start: 0,
        pool: None,
        keep: false,
    })
}

/// The names of all parsers: each has a corpus, which the tests see to.
pub(crate) fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(corpus())? {
        let name = file?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".txt").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Fuzzes, and returns the figures of each parser in the order in which they were asked for.
pub(crate) fn fuzz(run: &Run) -> Result<Vec<Fuzzed>> {
    let program = build_fuzzer()?;
    step("parsers, fuzzed", |note| {
        let waiting: Mutex<VecDeque<_>> = Mutex::new(run.targets.iter().enumerate().collect());
        let done = Mutex::new(Vec::new());
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let work = || -> Result<()> {
            while let Some((index, target)) = next(&waiting)? {
                note.set(&format!("{} of {}: {target}", index + 1, run.targets.len()));
                let fuzzed = fuzz_one(&program, run, target)?;
                done.lock()
                    .map_err(|_| anyhow!("a thread failed"))?
                    .push((index, fuzzed));
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().map_err(|_| anyhow!("a thread failed"))?)
        })?;
        let mut done = done.into_inner().map_err(|_| anyhow!("a thread failed"))?;
        done.sort_by_key(|(index, _)| *index);
        Ok(done.into_iter().map(|(_, fuzzed)| fuzzed).collect())
    })
}

/// An error, after all that was said of them, when there are crashes.
pub(crate) fn require_none_crashed(all: &[Fuzzed]) -> Result<()> {
    let crashed = all.iter().filter(|fuzzed| fuzzed.figure("crashes") > 0);
    let names: Vec<&str> = crashed
        .map(|fuzzed| {
            println!("{}", fuzzed.told);
            fuzzed.name()
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    bail!("a property does not hold: {}", names.join(", "))
}

impl Fuzzed {
    fn name(&self) -> &str {
        self.figures["target"].as_str().unwrap_or_default()
    }

    fn figure(&self, name: &str) -> u64 {
        self.figures[name].as_u64().unwrap_or_default()
    }
}

type Waiting<'a> = Mutex<VecDeque<(usize, &'a String)>>;

fn next<'a>(waiting: &Waiting<'a>) -> Result<Option<(usize, &'a String)>> {
    let mut waiting = waiting.lock().map_err(|_| anyhow!("a thread failed"))?;
    Ok(waiting.pop_front())
}

fn chosen(target: Option<String>) -> Result<Vec<String>> {
    let all = targets()?;
    match target {
        None => Ok(all),
        Some(name) if all.contains(&name) => Ok(vec![name]),
        Some(name) => bail!("there is no parser `{name}`: {}", all.join(", ")),
    }
}

fn fuzz_and_print(run: &Run) -> Result<()> {
    let all = fuzz(run)?;
    println!("{}", table(&all));
    require_none_crashed(&all)
}

fn table(all: &[Fuzzed]) -> String {
    let mut lines = vec![format!(
        "      {:<18}{:>12}{:>10}{:>10}{:>8}{:>9}",
        "target", "executions", "a second", "outcomes", "edges", "crashes"
    )];
    let sum = |name: &str| all.iter().map(|fuzzed| fuzzed.figure(name)).sum::<u64>();
    for fuzzed in all {
        let executions = fuzzed.figure("executions");
        let seconds = fuzzed.figure("milliseconds").max(1);
        lines.push(format!(
            "      {:<18}{executions:>12}{:>10}{:>10}{:>8}{:>9}",
            fuzzed.name(),
            executions.saturating_mul(1_000) / seconds,
            fuzzed.figure("outcomes"),
            fuzzed.figure("edges"),
            fuzzed.figure("crashes"),
        ));
    }
    lines.push(format!(
        "      number: fuzz: {} parsers, {} executions, {} crashes",
        all.len(),
        sum("executions"),
        sum("crashes")
    ));
    lines.join("\n")
}

fn fuzz_one(program: &Path, run: &Run, target: &str) -> Result<Fuzzed> {
    let mut command = command(program, target);
    command.args(["--seconds", &run.seconds.to_string()]);
    command.args(["--start", &run.start.to_string()]);
    if let Some(pool) = &run.pool {
        command.arg("--pool").arg(pool);
    }
    if run.keep {
        command.arg("--keep");
    }
    let done = process::output(&mut command, &Note::default())?;
    let (figures, told): (Vec<&str>, Vec<&str>) =
        done.stdout.lines().partition(|line| line.starts_with('{'));
    let figures = figures
        .first()
        .and_then(|line| serde_json::from_str(line).ok());
    let told = told.join("\n");
    // Without figures it did not come to its end: an input that takes for ever, or all of the stack.
    let figures = figures.ok_or_else(|| {
        let seed = run.start;
        anyhow!(
            "{target}, seed {seed}: {}\n{told}\n{}",
            done.status,
            done.stderr
        )
    })?;
    Ok(Fuzzed { figures, told })
}

/// Tries the inputs of a file again.
fn again(run: &Run, file: &str) -> Result<()> {
    let [target] = run.targets.as_slice() else {
        bail!("--replay needs a --target");
    };
    let mut command = command(&build_fuzzer()?, target);
    command.args(["--replay", file]);
    if !process::foreground(&mut command)?.success() {
        bail!("a property does not hold");
    }
    Ok(())
}

fn command(program: &Path, target: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--target", target]);
    command.arg("--corpus").arg(corpus());
    command
        .arg("--crashes")
        .arg(root().join("target/fuzz/crashes"));
    command
}

fn corpus() -> PathBuf {
    root().join("tests/fuzz/corpus")
}

fn build_fuzzer() -> Result<PathBuf> {
    let mut version = Command::new("rustc");
    version.arg("-vV").current_dir(root());
    let version = process::quiet("rustc", &mut version)?.stdout;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say what it compiles for")?;
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", PACKAGE, "--bin", "fuzz"])
        // Where a target is named, the flags are for it, and not for what runs while it is compiled.
        .args(["--profile", "simulate", "--target", host])
        .args(["--message-format", "json-render-diagnostics"])
        .env("CARGO_ENCODED_RUSTFLAGS", COUNTERS.join("\x1f"))
        .current_dir(root());
    let built = process::run("fuzzer, compiled", &mut command)?;
    build::artefact(&built.stdout, PACKAGE, "/fuzz")
        .context("cargo named no program for the fuzzer")
}
