//! The demo program: made through the API like any merchant's, with its keys kept for the demo store.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::args::Arguments;
use crate::{http, root, vars};

/// The program that the demo store belongs to; `DEFAULT_PROGRAM` in `wrangler.toml`.
pub(crate) const PROGRAM: &str = "demo";
const KINDS: [&str; 4] = ["api", "orders", "customers", "webhooks"];

/// `cargo xtask seed [--edge URL] [--store URL]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let edge = arguments.address_or("--edge", "http://localhost:8787")?;
    let store = arguments.address_or("--store", "http://localhost:8080")?;
    arguments.end()?;
    println!("  {}", seed(&edge, &store)?);
    println!(
        "  its keys are in {}",
        keys_file()
            .strip_prefix(root())
            .unwrap_or(Path::new(""))
            .display()
    );
    Ok(())
}

/// Where the demo store finds its keys.
pub(crate) fn keys_file() -> PathBuf {
    root().join(".wrangler/demo-keys.json")
}

/// Makes the program, or finds it, and leaves working keys behind. Says what it did.
pub(crate) fn seed(edge: &str, store: &str) -> Result<&'static str> {
    let admin = vars::admin_key(&vars::read(&root().join(".dev.vars"))?)?;
    let made = http::send(
        "POST",
        &format!("{edge}/v1/programs"),
        &admin,
        Some(&program(store)),
    )
    .context("no edge to seed: `cargo xtask dev` and `npx wrangler dev` start one")?;
    match made.status {
        201 => {
            write_keys(&made.json["keys"])?;
            Ok("the demo program was made")
        }
        409 => {
            follow_store(edge, &admin, store)?;
            if keys_work(edge) {
                return Ok("the demo program is there");
            }
            write_keys(&new_keys(edge, &admin)?)?;
            Ok("the demo program is there, and has new keys")
        }
        status => bail!(
            "{edge} answered {status} when asked to make the demo program: {}",
            made.text
        ),
    }
}

fn program(store: &str) -> Value {
    json!({
        "program": PROGRAM,
        "name": "Ember & Oak",
        "store_url": format!("{store}/"),
        "allowed_origins": [store, store.replace("//localhost:", "//127.0.0.1:")],
        "currency": "EUR",
        "discount": { "kind": "percent", "basis_points": 1500 },
        "reward": { "kind": "credit", "value": { "rule": "fixed", "amount": 500, "currency": "EUR" } },
        "hold_days": 0,
        "webhook_url": format!("{store}/webhooks/goodword"),
    })
}

/// The store may have another port than when the program was made.
fn follow_store(edge: &str, admin: &str, store: &str) -> Result<()> {
    let url = format!("{edge}/v1/programs/{PROGRAM}/settings");
    let mut wanted = program(store);
    let home = wanted["store_url"].to_string();
    if http::send("GET", &url, admin, None)?.text.contains(&home) {
        return Ok(());
    }
    if let Some(settings) = wanted.as_object_mut() {
        settings.remove("program");
    }
    let changed = http::send("PUT", &url, admin, Some(&wanted))?;
    if changed.status != 200 {
        bail!(
            "{edge} answered {} when told the store's address: {}",
            changed.status,
            changed.text
        );
    }
    Ok(())
}

/// Whether the file of an earlier run still opens the door: the state may have been deleted since.
fn keys_work(edge: &str) -> bool {
    let Ok(text) = std::fs::read_to_string(keys_file()) else {
        return false;
    };
    let keys: Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(api) = keys["api"].as_str() else {
        return false;
    };
    KINDS.iter().all(|kind| keys[kind].is_string())
        && http::send(
            "GET",
            &format!("{edge}/v1/programs/{PROGRAM}/keys"),
            api,
            None,
        )
        .is_ok_and(|reply| reply.status == 200)
}

fn new_keys(edge: &str, admin: &str) -> Result<Value> {
    let url = format!("{edge}/v1/programs/{PROGRAM}/keys");
    let known = http::send("GET", &url, admin, None)?.json;
    let mut keys = serde_json::Map::new();
    for kind in KINDS {
        make_room(&url, admin, &known["keys"], kind)?;
        let made = http::send("POST", &url, admin, Some(&json!({ "kind": kind })))?;
        if made.status != 201 {
            bail!(
                "{edge} answered {} when asked for a new {kind} key: {}",
                made.status,
                made.text
            );
        }
        keys.insert(kind.to_owned(), made.json["key"].clone());
    }
    Ok(Value::Object(keys))
}

/// Two keys of a kind live at once: the older one goes before a third is made.
fn make_room(url: &str, admin: &str, known: &Value, kind: &str) -> Result<()> {
    let live = known.as_array().into_iter().flatten();
    let mut live: Vec<&Value> = live
        .filter(|key| key["kind"] == kind && key["revoked_at"].is_null())
        .collect();
    live.sort_by_key(|key| key["generation"].as_u64());
    if let [oldest, _, ..] = live.as_slice() {
        let id = oldest["id"].as_str().unwrap_or_default();
        http::send("DELETE", &format!("{url}/{id}"), admin, None)?;
    }
    Ok(())
}

fn write_keys(keys: &Value) -> Result<()> {
    let mut keys = keys.clone();
    keys["program"] = json!(PROGRAM);
    vars::write_private(&keys_file(), &serde_json::to_string_pretty(&keys)?)
        .context("the keys were made but not kept")
}
