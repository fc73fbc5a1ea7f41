//! The demo store as a program of its own: `cargo run -p goodword-tests --bin demo-store -- --keys FILE`.

use std::env::args;
use std::path::PathBuf;
use std::process::ExitCode;

use goodword_tests::store::keys::Keys;
use goodword_tests::store::{Store, StoreConfig, start};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
Ember & Oak, the demo store.

usage: demo-store --keys FILE [--listen HOST:PORT] [--edge URL] [--program ID] [--home-redirect]

  --keys FILE         the program's keys, as JSON: program, api, orders, customers, webhooks
  --listen HOST:PORT  where the store listens (127.0.0.1:8080)
  --edge URL          where the edge answers (http://localhost:8787)
  --program ID        the program's id (the one of the keys file, else demo)
  --home-redirect     answer / with a redirect to /shop that drops the query";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("demo-store: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let Some(config) = config(args().skip(1))? else {
        println!("{USAGE}");
        return Ok(());
    };
    let (listen, edge, program) = (
        config.listen.clone(),
        config.edge.clone(),
        config.program.clone(),
    );
    let store = start(config)
        .await
        .map_err(|why| format!("cannot open at {listen}: {why}"))?;
    // Programs allow the shop by its origin, and `localhost` is the one that the demo program names.
    let url = store.url.replace("//127.0.0.1:", "//localhost:");
    println!("Ember & Oak is open: {url} (program {program}, edge {edge})");
    stop_on_signal(store).await
}

async fn stop_on_signal(store: Store) -> Result<(), String> {
    let watch = |kind| signal(kind).map_err(|why| format!("cannot watch for signals: {why}"));
    let (mut interrupt, mut terminate) = (
        watch(SignalKind::interrupt())?,
        watch(SignalKind::terminate())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    store.stop().await;
    println!("Ember & Oak is closed.");
    Ok(())
}

/// `None` when help was asked for.
fn config(mut args: impl Iterator<Item = String>) -> Result<Option<StoreConfig>, String> {
    let mut listen = "127.0.0.1:8080".to_owned();
    let mut edge = "http://localhost:8787".to_owned();
    let (mut program, mut keys, mut home_redirect) = (None, None, false);
    while let Some(flag) = args.next() {
        let mut value = || {
            args.next()
                .ok_or_else(|| format!("{flag} needs a value\n\n{USAGE}"))
        };
        match flag.as_str() {
            "--listen" => listen = value()?,
            "--edge" => value()?.trim_end_matches('/').clone_into(&mut edge),
            "--program" => program = Some(value()?),
            "--keys" => keys = Some(PathBuf::from(value()?)),
            "--home-redirect" => home_redirect = true,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown flag {other}\n\n{USAGE}")),
        }
    }
    let file = keys.ok_or_else(|| format!("--keys is missing\n\n{USAGE}"))?;
    let keys = Keys::read(&file).map_err(|why| format!("keys file {}: {why}", file.display()))?;
    let named = Some(keys.program.clone()).filter(|id| !id.is_empty());
    let program = program.or(named).unwrap_or_else(|| "demo".to_owned());
    let config = StoreConfig::new(edge, program, keys);
    Ok(Some(StoreConfig {
        listen,
        home_redirect,
        ..config
    }))
}
