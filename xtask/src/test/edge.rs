//! A real edge for the tests, in a folder of its own: configuration, secret, state and log.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::build::Flavour;
use crate::process::Service;
use crate::{ports, wrangler};

const PATIENCE: Duration = Duration::from_mins(1);

/// It runs until this value is dropped.
pub(super) struct Edge {
    _running: Service,
    /// Where it answers.
    pub url: String,
    /// Its secret.
    pub secret: String,
    /// What it was configured by.
    pub config: PathBuf,
    /// Everything of this run.
    pub folder: PathBuf,
}

impl Edge {
    /// Starts one in this folder.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let port = ports::free()?;
        let (config, secret) = wrangler::write_test_folder(folder, Flavour::Test)?;
        let log = folder.join("edge.log");
        let mut command = wrangler::command(&[
            "dev",
            "--config",
            text(&config)?,
            "--port",
            &port.to_string(),
            "--persist-to",
            text(&folder.join("state"))?,
        ])?;
        command.args([
            "--ip",
            "127.0.0.1",
            "--inspector-port",
            "0",
            "--show-interactive-dev-session=false",
        ]);
        let mut running = Service::start("the edge", &mut command, &log)?;
        running.wait_until(PATIENCE, &log, || ports::answers(port, "/healthz"))?;
        Ok(Self {
            _running: running,
            url: format!("http://127.0.0.1:{port}"),
            secret,
            config,
            folder: folder.to_owned(),
        })
    }

    /// Where it keeps its state.
    pub(super) fn state(&self) -> PathBuf {
        self.folder.join("state")
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path has odd characters")
}
