//! The hostile pages once more, in Firefox: the same tests, with another browser behind them.
//!
//! The long run alone does it, because Firefox takes a while to come to a machine, and every page takes as long again.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::counts::Counts;
use super::edge::Edge;
use super::{canaries, e2e};
use crate::ports;
use crate::process::Service;
use crate::setup::{self, Firefox};

/// Names the drivers to the tests, and so the browser.
pub(super) const DRIVERS: &str = "GECKODRIVERS";

/// As many browsers as the tests have at once: a driver of Firefox drives one of them at a time.
const AT_ONCE: usize = 2;

const PATIENCE: Duration = Duration::from_mins(1);

/// Modules of `tests/tests/browser`: what is said there is true in Firefox as well.
const MODULES: [&str; 2] = ["browser::bad_days::", "browser::hosts::"];

/// Installs what is missing, starts what the tests need, and runs them. The folder with the logs stays when something
/// failed.
pub(super) fn run(counts: &mut Counts) {
    let mut found = None;
    counts.stage("Firefox and its driver", || {
        found = Some(setup::firefox()?);
        Ok(())
    });
    let Some(browser) = found else {
        return;
    };
    e2e::in_folder(counts, |counts, folder| {
        let mut started = None;
        counts.stage("edge and drivers for Firefox", || {
            started = Some((Drivers::start(folder, &browser)?, Edge::start(folder)?));
            Ok(())
        });
        let Some((drivers, edge)) = started else {
            return;
        };
        counts.tests("hostile pages in Firefox", tests(&edge, &browser, &drivers));
        drop(drivers);
        drop(edge);
        canaries::search(counts, folder, false);
    });
}

fn tests(edge: &Edge, browser: &Firefox, drivers: &Drivers) -> Command {
    let mut command = e2e::on(edge);
    command
        .args(["--test", "browser", "--"])
        .args(MODULES)
        .env(DRIVERS, drivers.urls.join(" "))
        .env("FIREFOX", &browser.firefox);
    command
}

struct Drivers {
    _running: Vec<Service>,
    urls: Vec<String>,
}

impl Drivers {
    fn start(folder: &Path, browser: &Firefox) -> Result<Self> {
        let (mut running, mut urls) = (Vec::new(), Vec::new());
        for at in 0..AT_ONCE {
            let port = ports::free()?;
            let log = folder.join(format!("geckodriver-{at}.log"));
            let mut command = Command::new(&browser.driver);
            // The browser takes a free port for the other protocol, and says which.
            command
                .arg(format!("--port={port}"))
                .arg("--websocket-port=0");
            let mut driver = Service::start("geckodriver", &mut command, &log)?;
            driver.wait_until(PATIENCE, &log, || ports::answers(port, "/status"))?;
            running.push(driver);
            urls.push(format!("http://127.0.0.1:{port}"));
        }
        Ok(Self {
            _running: running,
            urls,
        })
    }
}
