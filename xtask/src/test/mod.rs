//! Every check and every test, in the order in which they are cheapest to fail.

mod canaries;
mod commands;
mod contract;
mod counts;
pub(crate) mod e2e;
mod edge;
mod firefox;
mod oracles;
mod runs;
mod shops;

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

use crate::args::Arguments;
use crate::build::{self, Flavour};
use crate::setup::Browser;
use crate::{fuzz, idle, process, risk_report, root, setup, simulate, size, tidy};
use counts::Counts;

const DEV_FEATURES: &str = "goodword-edge/dev,goodword-edge/test-clock,goodword-widget/trap";
/// What proptest takes its seed from.
const SEED: &str = "PROPTEST_RNG_SEED";
/// The filter that stands for the tests of the commands, which have no names that cargo knows.
const COMMANDS: &str = "commands";
const WASM: [&str; 8] = [
    "--package",
    "goodword-shared",
    "--package",
    "goodword-edge",
    "--package",
    "goodword-widget",
    "--target",
    "wasm32-unknown-unknown",
];

/// The same for the contract's fuzzer.
const CONTRACT: &str = "contract";

/// The same for signatures that the platforms' own libraries judge.
const ORACLES: &str = "oracles";

/// The same for the pages that the long run opens in Firefox.
const FIREFOX: &str = "firefox";

/// `cargo xtask test [--full] [FILTER | commands | contract | oracles | firefox]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let full = arguments.switch("--full");
    let filter = arguments.word()?;
    setup::tools()?;
    let mut counts = Counts::default();
    if filter.as_deref() == Some(COMMANDS) {
        commands::run(&mut counts);
        counts.finish();
        return Ok(());
    }
    if filter.as_deref() == Some(CONTRACT) {
        if counts.stage("build for the tests", || build::make(Flavour::Test)) {
            e2e::run_contract(&mut counts, full);
        }
        counts.finish();
        return Ok(());
    }
    if filter.as_deref() == Some(ORACLES) {
        oracles::run(&mut counts);
        counts.finish();
        return Ok(());
    }
    if filter.as_deref() == Some(FIREFOX) {
        if counts.stage("build for the tests", || build::make(Flavour::Test)) {
            firefox::run(&mut counts);
        }
        counts.finish();
        return Ok(());
    }
    let browser = setup::browser()?;
    setup::languages_of_samples();
    if let Some(filter) = &filter {
        some(&mut counts, &browser, filter, full);
    } else {
        counts.beside(
            |counts| {
                idle::let_others_go_first();
                judge_rules(counts, full);
            },
            |counts| all(counts, &browser, full),
        );
    }
    counts.finish();
    Ok(())
}

/// The tests whose names hold this.
fn some(counts: &mut Counts, browser: &Browser, filter: &str, full: bool) {
    counts.tests("unit tests", seeded(cargo(&unit_tests(Some(filter)))));
    if counts.stage("build for the tests", || build::make(Flavour::Test)) {
        e2e::run(counts, browser, Some(filter), full, |_| {});
    }
}

fn all(counts: &mut Counts, browser: &Browser, full: bool) {
    check(counts);
    counts.tests("unit tests", seeded(cargo(&unit_tests(None))));
    counts.beside(oracles::run, |counts| {
        counts.stage("release, and its size", || {
            build::make(Flavour::Release)?;
            size::print_and_check()
        });
    });
    if counts.stage("build for the tests", || build::make(Flavour::Test)) {
        e2e::run(counts, browser, None, full, commands::run);
        if full {
            firefox::run(counts);
        }
    } else {
        commands::run(counts);
    }
}

/// Says which inputs its properties try, so that they can be tried again.
fn seeded(mut command: Command) -> Command {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let fresh = since.unwrap_or_default().as_secs().to_string();
    let seed = std::env::var(SEED).unwrap_or(fresh);
    println!("      inputs of properties: {SEED}={seed} makes the same ones");
    command.env(SEED, seed);
    command
}

/// Rules and parsers at length: nothing but arithmetic, for which browsers and servers leave room.
fn judge_rules(counts: &mut Counts, full: bool) {
    counts.stage("simulated histories", || {
        simulate::run(Arguments::new(std::iter::empty()))
    });
    counts.stage("risk rules, judged", || risk_report::check(full));
    counts.stage("parsers, ten seconds each", fuzz::check);
}

fn check(counts: &mut Counts) {
    counts.stage("formatting", || quiet(cargo(&["fmt", "--all", "--check"])));
    counts.stage("tidy", tidy::check);
    let host = ["clippy", "--workspace", "--all-targets"];
    counts.stage("clippy", || clippy(&host, None));
    counts.stage("clippy, dev features", || clippy(&host, Some(DEV_FEATURES)));
    // The widget takes only the wire types of `shared`: that half must hold on its own.
    counts.stage("clippy, wire types alone", || {
        clippy(
            &[
                "clippy",
                "--package",
                "goodword-shared",
                "--no-default-features",
            ],
            None,
        )
    });
    let wasm = [&["clippy"][..], &WASM[..]].concat();
    counts.stage("clippy, wasm32", || clippy(&wasm, None));
    counts.stage("clippy, wasm32, dev features", || {
        clippy(&wasm, Some(DEV_FEATURES))
    });
    counts.stage("documentation", || {
        let mut command = cargo(&[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ]);
        // Private items are documented too, so that public ones may link to them.
        command.env(
            "RUSTDOCFLAGS",
            "-D warnings -A rustdoc::private_intra_doc_links",
        );
        quiet(command)
    });
}

fn clippy(arguments: &[&str], features: Option<&str>) -> Result<()> {
    let mut command = cargo(arguments);
    if let Some(features) = features {
        command.args(["--features", features]);
    }
    command.args(["--", "-D", "warnings"]);
    quiet(command)
}

fn unit_tests(filter: Option<&str>) -> Vec<&str> {
    let mut words = vec!["test", "--no-fail-fast"];
    for package in [
        "goodword-shared",
        "goodword-edge",
        "goodword-widget",
        "goodword-simulator",
        "goodword-risk-report",
        "goodword-fuzz",
        "xtask",
    ] {
        words.extend(["--package", package]);
    }
    words.extend(filter);
    words
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root());
    command
}

fn quiet(mut command: Command) -> Result<()> {
    let done = process::output(&mut command, &crate::steps::Note::default())?;
    if done.status.success() {
        return Ok(());
    }
    eprintln!("{}", done.text().trim_end());
    bail!("{}", done.status)
}
