//! The end-to-end tests, with one edge and one browser driver for all of them; then the contract, on the same edge; then a
//! look at everything that they have left behind.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::counts::Counts;
use super::edge::Edge;
use super::{canaries, contract, firefox, runs, shops};
use crate::process::{self, Service};
use crate::setup::Browser;
use crate::{ports, root};

/// How the folders of runs begin; the process id follows.
const RUN: &str = "test-";
const PATIENCE: Duration = Duration::from_mins(1);
/// By what the tests know that they are to leave nothing out.
const FULL: &str = "GOODWORD_FULL";

/// Starts what the tests share, runs them, and stops it again; without a filter the contract follows, `beside` which there
/// is time for something else, and always the search for canaries. The folder with the logs stays when something failed.
pub(super) fn run(
    counts: &mut Counts,
    browser: &Browser,
    filter: Option<&str>,
    full: bool,
    beside: impl FnOnce(&mut Counts),
) {
    in_folder(counts, |counts, folder| {
        let mut oscar = None;
        counts.stage("a shop of django-oscar", || {
            oscar = Some(shops::oscar()?);
            Ok(())
        });
        let mut shared = None;
        counts.stage("edge and browser for the tests", || {
            shared = Some(Shared::start(folder, browser)?);
            Ok(())
        });
        let Some(shared) = shared else {
            return beside(counts);
        };
        let mut tests = shared.tests(browser, filter);
        if let Some(oscar) = &oscar {
            oscar.is_told_to(&mut tests);
        }
        if full {
            tests.env(FULL, "1");
        }
        counts.tests("end-to-end tests", tests);
        if filter.is_none() {
            let edge = &shared.edge;
            counts.beside(|counts| contract::run(counts, edge, full), beside);
        }
        // What the runtime still holds in memory is written once it has ended.
        drop(shared);
        canaries::search(counts, folder, filter.is_none());
    });
}

/// Runs a program that only measures, with an edge and a browser of its own, and returns what it tells.
pub(crate) fn measure(
    program: &str,
    browser: &Browser,
    with: impl FnOnce(&mut Command),
) -> Result<String> {
    let folder = root().join(format!(".wrangler/{RUN}{}", std::process::id()));
    let shared = Shared::start(&folder, browser)?;
    let mut command = Command::new("cargo");
    command.args(["run", "--package", "goodword-tests", "--bin", program, "--"]);
    shared.is_told_to(&mut command, browser);
    with(&mut command);
    let told = process::run(program, &mut command)?.stdout;
    drop(shared);
    // A configuration and a secret: nothing that a figure is explained by.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(told)
}

/// The contract alone, without a browser.
pub(super) fn run_contract(counts: &mut Counts, full: bool) {
    in_folder(counts, |counts, folder| {
        let mut edge = None;
        counts.stage("edge for the contract", || {
            edge = Some(Edge::start(folder)?);
            Ok(())
        });
        if let Some(edge) = edge {
            contract::run(counts, &edge, full);
        }
    });
}

pub(super) fn in_folder(counts: &mut Counts, work: impl FnOnce(&mut Counts, &Path)) {
    runs::forget_dead(&root().join(".wrangler"), RUN);
    let folder = root().join(format!(".wrangler/{RUN}{}", std::process::id()));
    let failed = counts.failed();
    work(counts, &folder);
    if counts.failed() == failed {
        // What is left of it harms nobody.
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        println!("      logs: {}", folder.display());
    }
}

struct Shared {
    // Dropped in this order: the browser before the edge that its pages talk to.
    _driver: Service,
    edge: Edge,
    driver_url: String,
}

impl Shared {
    fn start(folder: &Path, browser: &Browser) -> Result<Self> {
        let driver_port = ports::free()?;
        let edge = Edge::start(folder)?;
        let driver = start_driver(folder, browser, driver_port)?;
        Ok(Self {
            _driver: driver,
            edge,
            driver_url: format!("http://127.0.0.1:{driver_port}"),
        })
    }

    fn tests(&self, browser: &Browser, filter: Option<&str>) -> Command {
        let mut command = on(&self.edge);
        command.args(filter);
        self.is_told_to(&mut command, browser);
        command
    }

    fn is_told_to(&self, command: &mut Command, browser: &Browser) {
        is_told_to(command, &self.edge);
        command
            .env("CHROMEDRIVER_URL", &self.driver_url)
            .env("CHROMIUM", &browser.chromium);
    }
}

/// The tests on an edge that is running.
pub(super) fn on(edge: &Edge) -> Command {
    let mut command = Command::new("cargo");
    command.args(["test", "--package", "goodword-tests", "--no-fail-fast"]);
    is_told_to(&mut command, edge);
    command
}

fn is_told_to(command: &mut Command, edge: &Edge) {
    command
        .env("GOODWORD_EDGE", &edge.url)
        .env("GOODWORD_SECRET", &edge.secret)
        .env("GOODWORD_CONFIG", &edge.config)
        .env("GOODWORD_PERSIST", edge.state())
        .env_remove(firefox::DRIVERS)
        .env_remove(FULL)
        .current_dir(root());
}

fn start_driver(folder: &Path, browser: &Browser, port: u16) -> Result<Service> {
    let log: PathBuf = folder.join("chromedriver.log");
    let mut command = Command::new(&browser.driver);
    command.arg(format!("--port={port}"));
    let mut driver = Service::start("chromedriver", &mut command, &log)?;
    driver.wait_until(PATIENCE, &log, || ports::answers(port, "/status"))?;
    Ok(driver)
}
