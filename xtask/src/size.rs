//! The bytes that are sent: what a shopper's browser loads, and what the edge starts with.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::build::widget::{self, Release};
use crate::build::{self, Flavour};
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

const LOADER: &str = "loader (widget.js)";
const GLUE: &str = "glue";
const WASM: &str = "wasm";
const STYLE: &str = "style";
const CODE: &str = "goodword-code";
const INVITE: &str = "goodword-invite";
const ADAPTER: &str = "largest adapter of a shop";
const LEAD: &str = "goodword-lead";
const PORTAL: &str = "goodword-portal";
const QR: &str = "its QR code";
const SHOW_QR: &str = "QR code in the dialog";
const WORKER_WASM: &str = "Worker, wasm";
const WORKER_JS: &str = "Worker, JavaScript";

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
    let parts = parts()?;
    let files: Vec<&PathBuf> = parts.iter().map(|(_, file)| file).collect();
    let sizes = measure(&files)?;
    println!(
        "{:<30} {:>9} {:>9} {:>9}",
        "bytes", "raw", "gzip 9", "brotli 11"
    );
    for ((name, _), bytes) in parts.iter().zip(&sizes) {
        print_row(name, *bytes);
    }
    println!();
    let budgets = budgets(|wanted| {
        let named = parts.iter().zip(&sizes);
        let asked = named.filter(|((name, _), _)| wanted.contains(name));
        sum(asked.map(|(_, bytes)| *bytes))
    });
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

/// What is sent, each with its file.
fn parts() -> Result<Vec<(&'static str, PathBuf)>> {
    let dist = Flavour::Release.dist();
    let release = Release::read(Flavour::Release)?;
    let file = |name: &str| dist.join(&release.folder).join(name);
    let adapters = widget::ADAPTERS.map(|platform| file(&widget::adapter(platform)));
    let length = |path: &PathBuf| path.metadata().map_or(0, |file| file.len());
    let adapter = adapters.into_iter().max_by_key(length);
    let worker = Flavour::Release.folder();
    Ok(vec![
        (LOADER, dist.join("widget.js")),
        (GLUE, file(widget::GLUE)),
        (WASM, file(widget::WASM)),
        (STYLE, file(widget::STYLE)),
        ("fallback, instead of wasm", file(widget::FALLBACK)),
        (CODE, file(widget::CODE)),
        (INVITE, file(widget::INVITE)),
        (ADAPTER, adapter.context("no adapter was built")?),
        (LEAD, file(widget::LEAD)),
        (PORTAL, file(widget::PORTAL)),
        (QR, file(widget::QR)),
        (SHOW_QR, file(widget::SHOW_QR)),
        ("another language (de)", file("de.json")),
        (WORKER_WASM, worker.join("index_bg.wasm")),
        (WORKER_JS, worker.join("index.js")),
    ])
}

fn budgets(bytes: impl Fn(&[&str]) -> Bytes) -> [Budget; 8] {
    let brotli = |what, parts: &[&str], limit| {
        let bytes = bytes(parts);
        Budget {
            what,
            bytes,
            used: bytes.brotli,
            limit,
            measure: "brotli",
        }
    };
    let bundle = bytes(&[WORKER_WASM, WORKER_JS]);
    [
        brotli("page load", &[LOADER], 3_000),
        brotli(
            "invitee's page, all of it",
            &[LOADER, STYLE, INVITE, ADAPTER],
            17_000,
        ),
        brotli(
            "share dialog, all of it",
            &[LOADER, GLUE, WASM, STYLE],
            60_000,
        ),
        brotli("code field, all of it", &[LOADER, STYLE, CODE], 60_000),
        brotli("introduction, all of it", &[LOADER, STYLE, LEAD], 60_000),
        brotli("portal and QR on top", &[PORTAL, QR], 20_000),
        brotli("QR in the dialog on top", &[SHOW_QR, QR], 20_000),
        Budget {
            what: "Worker bundle",
            bytes: bundle,
            used: bundle.gzip,
            limit: 400_000,
            measure: "gzip",
        },
    ]
}

fn print_row(name: &str, bytes: Bytes) {
    println!(
        "{name:<30} {:>9} {:>9} {:>9}",
        bytes.raw, bytes.gzip, bytes.brotli
    );
}

fn sum(parts: impl Iterator<Item = Bytes>) -> Bytes {
    parts.fold(Bytes::default(), |all, part| Bytes {
        raw: all.raw + part.raw,
        gzip: all.gzip + part.gzip,
        brotli: all.brotli + part.brotli,
    })
}

fn measure(files: &[&PathBuf]) -> Result<Vec<Bytes>> {
    let measured = process::quiet(
        "measuring",
        Command::new("node").args(["-e", SCRIPT, "--"]).args(files),
    )?;
    let sizes: Value = serde_json::from_str(&measured.stdout).context("node gave no sizes")?;
    let sizes = sizes.as_array().context("node gave no sizes")?;
    sizes
        .iter()
        .map(|size| {
            let number = |at: usize| size[at].as_u64().context("node gave no sizes");
            Ok(Bytes {
                raw: number(0)?,
                gzip: number(1)?,
                brotli: number(2)?,
            })
        })
        .collect()
}
