//! The end-to-end tests, with one edge and one browser driver for all of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::counts::Counts;
use super::runs;
use crate::build::Flavour;
use crate::process::Service;
use crate::setup::Browser;
use crate::{ports, root, wrangler};

/// How the folders of runs begin; the process id follows.
const RUN: &str = "test-";
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts what the tests share, runs them, and stops it again. The folder with the logs stays when something failed.
pub(super) fn run(counts: &mut Counts, browser: &Browser, filter: Option<&str>) {
    runs::forget_dead(&root().join(".wrangler"), RUN);
    let folder = root().join(format!(".wrangler/{RUN}{}", std::process::id()));
    let mut shared = None;
    let started = counts.stage("edge and browser for the tests", || {
        shared = Some(Shared::start(&folder, browser)?);
        Ok(())
    });
    if let Some(shared) = shared.filter(|_| started) {
        let failed = counts.failed();
        counts.tests("end-to-end tests", shared.tests(browser, filter));
        drop(shared);
        if counts.failed() == failed {
            // What is left of it harms nobody.
            let _ = std::fs::remove_dir_all(&folder);
            return;
        }
    }
    println!("      logs: {}", folder.display());
}

struct Shared {
    // Dropped in this order: the browser before the edge that its pages talk to.
    _driver: Service,
    _edge: Service,
    edge_url: String,
    driver_url: String,
    secret: String,
    config: PathBuf,
    state: PathBuf,
}

impl Shared {
    fn start(folder: &Path, browser: &Browser) -> Result<Self> {
        let (edge_port, driver_port) = (ports::free()?, ports::free()?);
        let (config, secret) = wrangler::write_test_folder(folder, Flavour::Test)?;
        let edge = start_edge(folder, &config, edge_port)?;
        let driver = start_driver(folder, browser, driver_port)?;
        Ok(Self {
            _driver: driver,
            _edge: edge,
            edge_url: format!("http://127.0.0.1:{edge_port}"),
            driver_url: format!("http://127.0.0.1:{driver_port}"),
            secret,
            config,
            state: folder.join("state"),
        })
    }

    fn tests(&self, browser: &Browser, filter: Option<&str>) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(["test", "--package", "goodword-tests", "--no-fail-fast"])
            .args(filter)
            .env("GOODWORD_EDGE", &self.edge_url)
            .env("GOODWORD_SECRET", &self.secret)
            .env("GOODWORD_CONFIG", &self.config)
            .env("GOODWORD_PERSIST", &self.state)
            .env("CHROMEDRIVER_URL", &self.driver_url)
            .env("CHROMIUM", &browser.chromium)
            .current_dir(root());
        command
    }
}

fn start_edge(folder: &Path, config: &Path, port: u16) -> Result<Service> {
    let (state, log) = (text(&folder.join("state"))?, folder.join("edge.log"));
    let (config, port_text) = (text(config)?, port.to_string());
    let mut command = wrangler::command(&[
        "dev",
        "--config",
        &config,
        "--port",
        &port_text,
        "--persist-to",
        &state,
    ])?;
    command.args([
        "--ip",
        "127.0.0.1",
        "--inspector-port",
        "0",
        "--show-interactive-dev-session=false",
    ]);
    let mut edge = Service::start("the edge", &mut command, &log)?;
    edge.wait_until(PATIENCE, &log, || ports::answers(port, "/healthz"))?;
    Ok(edge)
}

fn start_driver(folder: &Path, browser: &Browser, port: u16) -> Result<Service> {
    let log = folder.join("chromedriver.log");
    let mut command = Command::new(&browser.driver);
    command.arg(format!("--port={port}"));
    let mut driver = Service::start("chromedriver", &mut command, &log)?;
    driver.wait_until(PATIENCE, &log, || ports::answers(port, "/status"))?;
    Ok(driver)
}

fn text(path: &Path) -> Result<String> {
    path.to_str()
        .map(str::to_owned)
        .context("a path has odd characters")
}
