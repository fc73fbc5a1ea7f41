//! What is missing or mistyped is said in one line that tells what to do.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::clone::{Clone, copy, said, xtask_in};

/// Where a program is on this machine.
fn found(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("a search path");
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("no {program}"))
}

/// A folder of programs for a search path that has no others.
fn programs(folder: &Path, names: &[&str]) -> PathBuf {
    let bin = folder.join("only");
    fs::create_dir_all(&bin).expect("a folder of our own");
    for name in names {
        symlink(found(name), bin.join(name)).expect("a link");
    }
    bin
}

fn error_line(told: &str) -> &str {
    let lines: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("error:"))
        .collect();
    assert_eq!(lines.len(), 1, "{told}");
    lines[0]
}

#[tokio::test]
async fn a_machine_without_node_is_told_what_to_install() {
    let _turn = Clone::enter().await;
    let folder = copy("no-node").await;
    let bin = programs(&folder, &["rustc"]);
    let refused = xtask_in(&folder)
        .arg("setup")
        .env("PATH", bin)
        .output()
        .await;
    let refused = refused.expect("xtask");
    assert!(!refused.status.success());
    let told = said(&refused);
    let line = error_line(&told);
    assert!(
        line.contains("Node is missing: install Node 20 or newer"),
        "{line}"
    );
}

#[tokio::test]
async fn a_machine_without_the_wasm_target_is_told_how_to_get_it() {
    let _turn = Clone::enter().await;
    let folder = copy("no-target").await;
    let bin = programs(&folder, &["node", "npm", "sh"]);
    let rustc = bin.join("rustc");
    // A compiler whose libraries for WebAssembly are in a folder that does not exist, as where they were never added.
    fs::write(&rustc, "#!/bin/sh\necho /nowhere\n").expect("a file of our own");
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).expect("a program");
    let refused = xtask_in(&folder)
        .arg("setup")
        .env("PATH", bin)
        .output()
        .await;
    let refused = refused.expect("xtask");
    assert!(!refused.status.success());
    let told = said(&refused);
    let line = error_line(&told);
    assert!(
        line.contains("no wasm32-unknown-unknown target") && line.contains("rustup"),
        "{line}"
    );
}

#[tokio::test]
async fn a_machine_without_a_network_is_told_so() {
    let _turn = Clone::enter().await;
    let folder = copy("no-network").await;
    // A registry that nobody answers for, and a cache that has nothing: all that npm can be robbed of.
    let mut setup = xtask_in(&folder);
    setup
        .arg("setup")
        .env("npm_config_registry", "http://127.0.0.1:9/")
        .env("npm_config_cache", folder.join("cache"))
        .env("npm_config_fetch_retries", "0");
    let refused = setup.output().await.expect("xtask");
    assert!(!refused.status.success());
    let told = said(&refused);
    let line = error_line(&told);
    assert!(line.contains("no network: connect this machine"), "{line}");
}

#[tokio::test]
async fn a_mistyped_command_or_flag_is_named() {
    let clone = Clone::enter().await;
    let unknown = clone.xtask(&["biuld"]).await;
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        said(&unknown).contains("cargo xtask <command>"),
        "{}",
        said(&unknown)
    );
    let flag = clone.xtask(&["dev", "--frehs"]).await;
    assert!(!flag.status.success());
    assert!(
        said(&flag).contains("unknown flag `--frehs`"),
        "{}",
        said(&flag)
    );
}
