//! What is missing, taken or mistyped is said in one line that tells what to do, before anything has begun.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::checkout::Checkout;
use super::processes::naming;
use crate::test::counts::Counts;
use crate::{ports, setup};

/// Nobody listens on this port, on any machine.
const NOBODY: &str = "http://127.0.0.1:9";
const NO_NETWORK: &str = "no network: connect this machine and run the command again";

/// What may be missing where nothing has been installed yet.
pub(super) fn nothing_installed(counts: &mut Counts, checkout: &Checkout) {
    counts.check(
        "without a network, npm's failure is one line of advice",
        || {
            let mut command = checkout.xtask(&["build"]);
            command
                .env("npm_config_registry", NOBODY)
                .env("npm_config_cache", checkout.beside("empty-cache"));
            let told = checkout.tell("npm-offline", &mut command)?;
            told.fails(1, &["npm packages", NO_NETWORK])
        },
    );
    counts.check("without Node, one line says where to get it", || {
        let path = programs(checkout, &["cargo", "rustc"])?;
        let mut command = checkout.xtask(&["dev"]);
        let told = checkout.tell("no-node", command.env("PATH", path))?;
        told.had_not_begun()?;
        told.fails(
            1,
            &["Node is missing", "install Node", "https://nodejs.org"],
        )
    });
    counts.check("without npm, one line says where to get it", || {
        let path = programs(checkout, &["cargo", "rustc", "node"])?;
        let mut command = checkout.xtask(&["dev"]);
        let told = checkout.tell("no-npm", command.env("PATH", path))?;
        told.had_not_begun()?;
        told.fails(1, &["npm is missing", "https://nodejs.org"])
    });
    counts.check(
        "without the wasm target, one line says how to get it",
        || {
            let path = programs(checkout, &["node", "npm"])?;
            without_targets(checkout, &path)?;
            let mut command = checkout.bare_xtask(&["build"]);
            let told = checkout.tell("no-target", command.env("PATH", path))?;
            told.had_not_begun()?;
            let target = "no wasm32-unknown-unknown target";
            told.fails(1, &[target, "https://rustup.rs"])
        },
    );
}

/// What may be wrong where everything is installed.
pub(super) fn all_installed(counts: &mut Counts, checkout: &Checkout) {
    counts.check(
        "without a network, cargo's failure is one line of advice",
        || {
            let mut command = checkout.bare_xtask(&["build"]);
            command
                .env("CARGO_HOME", checkout.beside("empty-home"))
                .env("CARGO_HTTP_PROXY", NOBODY)
                .env("CARGO_NET_RETRY", "0");
            let told = checkout.tell("cargo-offline", &mut command)?;
            told.fails(1, &["Worker, compiled", NO_NETWORK])
        },
    );
    for (flag, other) in [
        ("--edge-port", "--store-port"),
        ("--store-port", "--edge-port"),
    ] {
        let sentence = format!("a port in use is named, with {flag} to choose another");
        counts.check(&sentence, || port_in_use(checkout, flag, other));
    }
    counts.check("one port for both is refused, and so is port 0", || {
        let port = ports::free()?.to_string();
        let same = ["dev", "--edge-port", &port, "--store-port", &port];
        let told = checkout.tell("one-port", &mut checkout.xtask(&same))?;
        told.had_not_begun()?;
        told.fails(1, &["--edge-port", "--store-port"])?;
        let told = checkout.tell("port-0", &mut checkout.xtask(&["dev", "--edge-port=0"]))?;
        told.had_not_begun()?;
        told.fails(1, &["--edge-port cannot be `0`"])
    });
    counts.check("seeding where no edge runs says how to start one", || {
        let nowhere = format!("http://localhost:{}", ports::free()?);
        let mut command = checkout.xtask(&["seed", "--edge", &nowhere]);
        let told = checkout.tell("seed-nowhere", &mut command)?;
        told.fails(1, &["`cargo xtask dev`", "`npx wrangler dev`", &nowhere])
    });
    counts.check("an unknown command is named, after the list of all", || {
        let told = checkout.tell("unknown", &mut checkout.xtask(&["depoly"]))?;
        told.says(&["cargo xtask <command>", "  deploy ", "  dev "])?;
        told.fails(2, &["there is no command `depoly`"])
    });
    counts.check("an unknown flag is named", || {
        let told = checkout.tell("flag", &mut checkout.xtask(&["dev", "--frehs"]))?;
        told.had_not_begun()?;
        told.fails(1, &["unknown flag `--frehs`"])
    });
    counts.check("no command at all lists them", || {
        let told = checkout.tell("usage", &mut checkout.xtask(&[]))?;
        told.succeeded()?;
        told.says(&["cargo xtask <command>", "--edge-port N", "--dry-run"])
    });
    help(counts, checkout);
}

fn help(counts: &mut Counts, checkout: &Checkout) {
    counts.check(
        "each way to ask for help gets it, and nothing begins",
        || {
            for arguments in [&["dev", "--help"][..], &["dev", "-h"], &["help", "dev"]] {
                let told = checkout.tell("help", &mut checkout.xtask(arguments))?;
                told.succeeded()?;
                told.says(&["cargo xtask dev", "--fresh ", "begin with an empty ledger"])?;
                ensure!(!told.0.stdout.contains("deploy"), "{}", told.0.stdout);
            }
            let told = checkout.tell("help-unknown", &mut checkout.xtask(&["help", "depoly"]))?;
            told.fails(2, &["there is no command `depoly`"])
        },
    );
    counts.check(
        "a reader who has seen enough of the help is no mistake",
        || {
            // Nobody reads what it says: the pipe is closed before it begins.
            let mut command = checkout.command("sh");
            command.args([
                "-c",
                "{ sleep 1; cargo xtask help; echo \"code $?\" >&2; } | true",
            ]);
            let told = checkout.tell("help-head", &mut command)?;
            told.says(&["code 0"])?;
            ensure!(!told.0.stderr.contains("panicked"), "{}", told.0.stderr);
            Ok(())
        },
    );
}

fn port_in_use(checkout: &Checkout, flag: &str, other: &str) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (taken, free) = (listener.local_addr()?.port().to_string(), ports::free()?);
    let arguments = ["dev", flag, &taken, other, &free.to_string()];
    let told = checkout.tell("port-in-use", &mut checkout.xtask(&arguments))?;
    told.had_not_begun()?;
    told.fails(1, &[&format!("port {taken} is in use"), flag])?;
    let left = naming(&checkout.folder())?;
    ensure!(left.is_empty(), "{} was started", left[0]);
    ports::require_free(free, "test", other)
}

/// A folder that is a search path with these programs and no others.
fn programs(checkout: &Checkout, names: &[&str]) -> Result<PathBuf> {
    let folder = checkout.beside(&format!("only-{}", names.join("-")));
    for name in names {
        let found = setup::on_path(&[name]).with_context(|| format!("there is no {name}"))?;
        script(
            &folder.join(name),
            &format!("exec '{}' \"$@\"", found.display()),
        )?;
    }
    Ok(folder)
}

/// Adds to a search path the compiler of this machine, as it is where no target was added: with libraries for none.
fn without_targets(checkout: &Checkout, path: &Path) -> Result<()> {
    let rustc = setup::on_path(&["rustc"]).context("there is no rustc")?;
    let empty = checkout.beside("empty-sysroot");
    fs::create_dir_all(&empty)?;
    let line = format!(
        "exec '{}' --sysroot '{}' \"$@\"",
        rustc.display(),
        empty.display()
    );
    script(&path.join("rustc"), &line)
}

fn script(file: &Path, line: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, format!("#!/bin/sh\n{line}\n"))?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
