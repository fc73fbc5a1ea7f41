//! The package is packed by npm itself, put where npm would have put it, and used as a shop would.

use std::fs::{create_dir_all, read_to_string, remove_dir_all};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Runs a command, which must succeed. Returns what it printed.
fn run(command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        done.status.success(),
        "{command:?}\n{}{}",
        said(&done.stdout),
        said(&done.stderr)
    );
    said(&done.stdout)
}

/// One packs at a time: packing writes into the package's own folder.
static PACKING: Mutex<()> = Mutex::new(());

/// A folder of a shop that has installed the package.
fn shop(name: &str) -> PathBuf {
    let _turn = PACKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(ROOT).join("target/types").join(name);
    let installed = folder.join("node_modules/goodword-widget");
    let _ = remove_dir_all(&folder);
    create_dir_all(&installed).expect("a folder");
    run(Command::new("npm")
        .args(["pack", "--offline", "--pack-destination"])
        .arg(&folder)
        .current_dir(Path::new(ROOT).join("widget/npm")));
    let version = env!("CARGO_PKG_VERSION");
    run(Command::new("tar")
        .args(["-xzf", &format!("goodword-widget-{version}.tgz")])
        .args(["--strip-components=1", "-C"])
        .arg(&installed)
        .current_dir(&folder));
    folder
}

#[test]
fn the_types_take_what_is_right_and_refuse_what_is_wrong() {
    let shop = shop("types");
    for file in ["page.tsx", "tag.ts", "tsconfig.json"] {
        std::fs::copy(
            Path::new(ROOT).join("tests/types").join(file),
            shop.join(file),
        )
        .expect("a file");
    }
    let tsc = Path::new(ROOT).join("node_modules/typescript/bin/tsc");
    run(Command::new("node").arg(tsc).arg("-p").arg(&shop));
}

#[test]
fn the_package_is_loaded_on_a_server_and_does_nothing_there() {
    let shop = shop("server");
    let script = "import { load } from 'goodword-widget'; \
        const goodword = load({ src: 'https://refer.shop.example/widget.js', program: 'acme' }); \
        console.log(typeof goodword, await goodword('open'), globalThis.goodword)";
    let said = run(Command::new("node")
        .args(["--input-type=module", "-e", script])
        .current_dir(&shop));
    assert_eq!(said.trim(), "function undefined undefined");
}

#[test]
fn the_types_know_the_channels_of_the_contract() {
    let contract = read_to_string(Path::new(ROOT).join("openapi.yaml")).expect("the contract");
    let named = contract
        .split_once("ChannelName: { enum: [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .expect("channels")
        .0;
    let types = read_to_string(Path::new(ROOT).join("widget/goodword.d.ts")).expect("types");
    let channels = types
        .split_once("type GoodwordChannel = ")
        .and_then(|(_, rest)| rest.split_once(';'))
        .expect("channels")
        .0;
    let channels: Vec<Value> = channels
        .split(" | ")
        .map(|name| serde_json::from_str(name).expect("a name"))
        .collect();
    // Nobody shares by the bare link in the widget.
    let shared: Vec<Value> = named
        .split(", ")
        .filter(|name| *name != "link")
        .map(Value::from)
        .collect();
    assert_eq!(channels, shared);
}
