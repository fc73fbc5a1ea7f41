//! The bytes that are sent: what a shopper's browser loads, and what the edge starts with.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::build::{self, Flavour, Names};
use crate::{process, setup};

/// Compressed by Node, whose brotli is the reference encoder: quality 11, and zlib level 9.
const SCRIPT: &str = r#"
const { gzipSync, brotliCompressSync, constants } = require("node:zlib");
console.log(JSON.stringify(process.argv.slice(1).map((path) => {
  const bytes = require("node:fs").readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length];
})));
"#;

/// What others publish or send, brotli 11 unless it says otherwise.
const RIVALS: &str = "
beside it (KB)                     sent
  Dub's tag                         1.5   brotli, no widget
  SaaSquatch's loader              11.9   brotli, without the iframe that it opens
  RefRef's widget                  93.2   brotli, React
  ReferralCandy                   213.1   as loaded by a shop's page
  Yotpo Loyalty & Referrals       285.3   as loaded by a shop's page";

#[derive(Clone, Copy, Default)]
struct Bytes {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

struct Budget {
    what: &'static str,
    bytes: Bytes,
    used: u64,
    limit: u64,
    measure: &'static str,
}

/// `cargo xtask size`
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    setup::tools()?;
    build::make(Flavour::Release)?;
    print_and_check()
}

/// Prints the table of the release that was built last; an error when a budget is missed.
pub(crate) fn print_and_check() -> Result<()> {
    let dist = Flavour::Release.dist();
    let names = Names::read(Flavour::Release)?;
    let worker = Flavour::Release.folder();
    let [loader, glue, wasm, css, fallback, worker_wasm, worker_js] = measure(&[
        dist.join("widget.js"),
        dist.join(&names.glue),
        dist.join(&names.wasm),
        dist.join(&names.css),
        dist.join(&names.fallback),
        worker.join("index_bg.wasm"),
        worker.join("index.js"),
    ])?;
    println!(
        "{:<30} {:>9} {:>9} {:>9}",
        "bytes", "raw", "gzip 9", "brotli 11"
    );
    for (name, bytes) in [
        ("loader (widget.js)", loader),
        ("glue", glue),
        ("wasm", wasm),
        ("css", css),
        ("fallback, instead of wasm", fallback),
        ("Worker, wasm", worker_wasm),
        ("Worker, JavaScript", worker_js),
    ] {
        print_row(name, bytes);
    }
    println!();
    let dialog = sum(&[loader, glue, wasm, css]);
    let bundle = sum(&[worker_wasm, worker_js]);
    let budgets = [
        Budget {
            what: "page load",
            bytes: loader,
            used: loader.brotli,
            limit: 3_000,
            measure: "brotli",
        },
        Budget {
            what: "share dialog, all of it",
            bytes: dialog,
            used: dialog.brotli,
            limit: 60_000,
            measure: "brotli",
        },
        Budget {
            what: "Worker bundle",
            bytes: bundle,
            used: bundle.gzip,
            limit: 400_000,
            measure: "gzip",
        },
    ];
    for budget in &budgets {
        print_row(budget.what, budget.bytes);
        println!(
            "{:<30} {:>9} {} of {} allowed",
            "", budget.measure, budget.used, budget.limit
        );
    }
    println!("{RIVALS}");
    let missed: Vec<&str> = budgets
        .iter()
        .filter(|budget| budget.used > budget.limit)
        .map(|budget| budget.what)
        .collect();
    if !missed.is_empty() {
        bail!("over budget: {}", missed.join(", "));
    }
    Ok(())
}

fn print_row(name: &str, bytes: Bytes) {
    println!(
        "{name:<30} {:>9} {:>9} {:>9}",
        bytes.raw, bytes.gzip, bytes.brotli
    );
}

fn sum(parts: &[Bytes]) -> Bytes {
    parts.iter().fold(Bytes::default(), |all, part| Bytes {
        raw: all.raw + part.raw,
        gzip: all.gzip + part.gzip,
        brotli: all.brotli + part.brotli,
    })
}

fn measure<const N: usize>(files: &[PathBuf; N]) -> Result<[Bytes; N]> {
    let measured = process::quiet(
        "measuring",
        Command::new("node").args(["-e", SCRIPT, "--"]).args(files),
    )?;
    let sizes: Value = serde_json::from_str(&measured.stdout).context("node gave no sizes")?;
    let mut all = [Bytes::default(); N];
    for (bytes, size) in all.iter_mut().zip(sizes.as_array().into_iter().flatten()) {
        let number = |at: usize| size[at].as_u64().context("node gave no sizes");
        *bytes = Bytes {
            raw: number(0)?,
            gzip: number(1)?,
            brotli: number(2)?,
        };
    }
    Ok(all)
}
