//! The whole thing on this machine: the edge, a demo program, and a shop that uses it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::Arguments;
use crate::build::{self, Flavour};
use crate::process::{self, Service};
use crate::steps::step;
use crate::{ports, root, seed, setup, wait, wrangler};

/// `cargo xtask dev [--fresh] [--edge-port N] [--store-port N]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let fresh = arguments.switch("--fresh");
    let edge_port = arguments.value_or("--edge-port", 8787)?;
    let store_port = arguments.value_or("--store-port", 8080)?;
    arguments.end()?;
    if edge_port == store_port {
        bail!("the edge and the demo store need a port each: change --edge-port or --store-port");
    }
    ports::require_free(edge_port, "edge", "--edge-port")?;
    ports::require_free(store_port, "demo store", "--store-port")?;

    setup::tools()?;
    build::make(Flavour::Dev)?;
    build::publish(Flavour::Dev)?;
    let store_program = build_store()?;
    if fresh {
        forget_state()?;
    }
    let edge_url = format!("http://localhost:{edge_port}");
    let store_url = format!("http://localhost:{store_port}");
    let mut edge = start_edge(edge_port)?;
    step("demo program", |_| seed::seed(&edge_url, &store_url))?;
    let mut store = start_store(&store_program, store_port, &edge_url)?;
    print_what_to_open(&edge_url, &store_url);

    wait::until(Duration::MAX, || edge.has_ended() || store.has_ended());
    let (name, log) = if edge.has_ended() {
        ("edge", edge_log())
    } else {
        ("demo store", store_log())
    };
    bail!("the {name} ended by itself; its log is {}", log.display())
}

/// Compiles the demo store; where its program is.
pub(crate) fn build_store() -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args([
            "build",
            "--package",
            "goodword-tests",
            "--bin",
            "demo-store",
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(root());
    let built = process::run("demo store, compiled", &mut command)?;
    build::artefact(&built.stdout, "goodword-tests", "/demo-store")
        .context("cargo named no demo-store program")
}

fn forget_state() -> Result<()> {
    let state = root().join(".wrangler/state");
    if state.exists() {
        std::fs::remove_dir_all(&state)
            .with_context(|| format!("cannot delete {}", state.display()))?;
    }
    let _ = std::fs::remove_file(seed::keys_file());
    Ok(())
}

fn start_edge(port: u16) -> Result<Service> {
    let port_text = port.to_string();
    let mut command = wrangler::command(&[
        "dev",
        "--port",
        &port_text,
        "--persist-to",
        ".wrangler/state",
    ])?;
    step("edge", |_| {
        let mut edge = Service::start("the edge", &mut command, &edge_log())?;
        edge.wait_until(Duration::from_mins(2), &edge_log(), || {
            ports::answers(port, "/healthz")
        })?;
        Ok(edge)
    })
}

fn start_store(program: &PathBuf, port: u16, edge: &str) -> Result<Service> {
    let mut command = Command::new(program);
    command
        .args(["--listen", &format!("127.0.0.1:{port}"), "--edge", edge])
        .arg("--keys")
        .arg(seed::keys_file())
        .current_dir(root());
    step("demo store", |_| {
        let mut store = Service::start("the demo store", &mut command, &store_log())?;
        store.wait_until(Duration::from_secs(20), &store_log(), || {
            ports::answers(port, "/")
        })?;
        Ok(store)
    })
}

fn edge_log() -> PathBuf {
    root().join(".wrangler/edge.log")
}

fn store_log() -> PathBuf {
    root().join(".wrangler/store.log")
}

fn print_what_to_open(edge: &str, store: &str) {
    println!(
        "
  Open the demo store      {store}/
  The edge answers at      {edge}/
  Their logs               .wrangler/edge.log  .wrangler/store.log
  An attribution record    {record}

  A change to the Rust code is rebuilt and loaded by itself. Ctrl-C stops everything; the state stays.
",
        record = record_line(),
    );
}

/// What reads the record of an order; the README has the same line.
fn record_line() -> String {
    format!(
        "npx wrangler kv key get --binding GOODWORD --local \"attribution:{}:ORDER\"",
        seed::PROGRAM
    )
}

#[cfg(test)]
mod tests {
    use super::record_line;

    #[test]
    fn the_readme_has_the_line_that_is_printed() {
        assert!(include_str!("../../README.md").contains(&record_line()));
    }
}
