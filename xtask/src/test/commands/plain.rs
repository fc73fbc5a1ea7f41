//! Plain `npx wrangler dev`, after `npm ci` and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;

use super::audit;
use super::checkout::Checkout;
use super::running::Running;
use crate::test::counts::Counts;
use crate::{http, ports, root, vars};

pub(super) fn run(counts: &mut Counts, checkout: &Checkout) {
    let started = counts.check("plain `npx wrangler dev` builds and serves", || {
        start(checkout)
    });
    let Some((edge, port)) = started else {
        return;
    };
    let url = format!("http://localhost:{port}");
    counts.check("it has made a secret that only its owner can read", || {
        secret_is_new_and_private(checkout)
    });
    counts.check("it serves the widget's loader and the contract", || {
        serves(&url, "widget.js", "data-program")?;
        serves(&url, "openapi.yaml", "openapi: 3.1")
    });
    counts.check("`cargo xtask seed` makes the demo program in it", || {
        seed(checkout, &url, "the demo program was made")?;
        serves(&url, "v1/programs/demo", "Ember & Oak")
    });
    counts.check("seeding again changes nothing", || {
        let (keys, offer) = (keys(checkout)?, program(&url)?);
        seed(checkout, &url, "the demo program is there\n")?;
        ensure!(keys == self::keys(checkout)?, "the keys have changed");
        ensure!(offer == program(&url)?, "the program has changed");
        Ok(())
    });
    counts.check("seeding where the keys are lost makes new ones", || {
        let lost = keys(checkout)?;
        fs::remove_file(checkout.path(KEYS))?;
        seed(checkout, &url, "has new keys")?;
        ensure!(lost != keys(checkout)?, "the keys are the lost ones");
        Ok(())
    });
    audit::run(counts, checkout, &url, KEYS);
    counts.check("Ctrl-C ends it, and leaves no process and no port", || {
        edge.end_by(Signal::SIGINT)
    });
}

/// Where `cargo xtask seed` says that it keeps the keys.
const KEYS: &str = ".wrangler/demo-keys.json";

fn start(checkout: &Checkout) -> Result<(Running, u16)> {
    let vars = checkout.path(".dev.vars");
    ensure!(!vars.exists(), "{} came with the clone", vars.display());
    let port = ports::free()?;
    let mut command = checkout.command("npx");
    command
        .args(["wrangler", "dev", "--port", &port.to_string()])
        .args(["--inspector-port", "0", "--persist-to"])
        .arg(checkout.beside("state"));
    let mut edge = Running::start(checkout, "wrangler-dev", command, &[port])?;
    edge.wait_until(|| ports::answers(port, "/healthz"))?;
    Ok((edge, port))
}

fn secret_is_new_and_private(checkout: &Checkout) -> Result<()> {
    let file = checkout.path(".dev.vars");
    let mode = fs::metadata(&file)?.permissions().mode() & 0o777;
    ensure!(mode == 0o600, "the mode of the file is {mode:o}");
    let secret = vars::read(&file)?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    ensure!(
        secret.len() == 64 && secret.bytes().all(is_digit),
        "the secret is not 64 hexadecimal digits"
    );
    let ours = vars::read(&root().join(".dev.vars")).unwrap_or_default();
    ensure!(secret != ours, "the secret is that of another checkout");
    Ok(())
}

fn serves(url: &str, path: &str, words: &str) -> Result<()> {
    let text = http::get(&format!("{url}/{path}"))
        .with_context(|| format!("/{path} is not answered with a 200"))?;
    if !text.contains(words) {
        bail!("/{path} has no `{words}`:\n{text}");
    }
    Ok(())
}

fn seed(checkout: &Checkout, url: &str, words: &str) -> Result<()> {
    // The shop need not run for its address to be known.
    let shop = "http://localhost:8080";
    let mut command = checkout.xtask(&["seed", "--edge", url, "--store", shop]);
    let told = checkout.tell("seed", &mut command)?;
    told.succeeded()?;
    told.says(&[words, KEYS])
}

fn keys(checkout: &Checkout) -> Result<String> {
    fs::read_to_string(checkout.path(KEYS)).context("there are no keys")
}

fn program(url: &str) -> Result<String> {
    http::get(&format!("{url}/v1/programs/demo")).context("there is no demo program")
}
