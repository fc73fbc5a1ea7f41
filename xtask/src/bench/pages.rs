//! How long a shopper on a slow phone waits for the banner and for the dialog, beside the least that two fetches can take.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Effort;
use super::measure::Spread;
use super::table::Line;
use crate::build::widget::Release;
use crate::build::{self, Flavour};
use crate::test::e2e;
use crate::{process, root, setup};

/// The longest that ours may take, in times of the floor.
const BUDGET: f64 = 1.25;

/// Writes files compressed: `FROM TO NAME...`.
const COMPRESS: &str = "const {brotliCompressSync}=require('zlib'),{readFileSync,writeFileSync,mkdirSync}=require('fs'),{join,dirname}=require('path');\
    const [from,to,...names]=process.argv.slice(1);\
    for(const name of names){const out=join(to,name);mkdirSync(dirname(out),{recursive:true});\
    writeFileSync(out,brotliCompressSync(readFileSync(join(from,name))))}";

/// The banner and the dialog, in pairs with the floor.
pub(super) fn waits(effort: &Effort) -> Result<Vec<Line>> {
    let browser = setup::browser()?;
    build::make(Flavour::Test)?;
    let release = compressed()?;
    let told = e2e::measure("pace", &browser, |command| {
        command.arg(release).arg(effort.pages.to_string());
    })?;
    [
        ("banner", "time to the banner"),
        ("dialog", "time to the dialog"),
    ]
    .into_iter()
    .map(|(name, what)| Ok(line(what, pairs(&told, name)?)))
    .collect()
}

/// The release as a host sends it.
fn compressed() -> Result<PathBuf> {
    let to = root().join("target/pace");
    if to.exists() {
        std::fs::remove_dir_all(&to)?;
    }
    let from = Flavour::Release.dist();
    let files = Release::read(Flavour::Release)?.files;
    let mut command = Command::new("node");
    command.args(["-e", COMPRESS, "--"]);
    let folders: [&Path; 2] = [&from, &to];
    command.args(folders).arg("widget.js").args(files);
    process::quiet("compressing", &mut command)?;
    Ok(to)
}

/// Ours and the floor's, in milliseconds: `pace: banner 1900.0 1700.0`.
fn pairs(told: &str, name: &str) -> Result<Vec<(f64, f64)>> {
    let lines = told.lines().filter_map(|line| {
        let (_, rest) = line.split_once("pace: ")?;
        rest.strip_prefix(name)
    });
    let pairs = lines
        .map(|line| {
            let mut times = line.split_whitespace().map(str::parse);
            match (times.next(), times.next()) {
                (Some(ours), Some(floor)) => Ok((ours?, floor?)),
                _ => bail!("two times, and not `{line}`"),
            }
        })
        .collect::<Result<Vec<_>>>()
        .context("what the pages told")?;
    if pairs.is_empty() {
        bail!("the pages told nothing of the {name}");
    }
    Ok(pairs)
}

/// The median of the ratios counts.
fn line(what: &'static str, pairs: Vec<(f64, f64)>) -> Line {
    let ratios = Spread::of(pairs.iter().map(|(ours, floor)| ours / floor));
    let seconds = |times: Vec<f64>| Spread::of(times.into_iter().map(|time| time / 1e3));
    let (ours, floor) = pairs.into_iter().unzip();
    let (ours, floor) = (seconds(ours), seconds(floor));
    Line::waited(what, "stub, then one file", BUDGET, &ours, &floor, &ratios)
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_are_read_out_of_what_the_pages_tell() {
        let told = "running 1 test\npace: banner 1900.5 1700.0\ntest x ... pace: banner 2.0 1.0\npace: dialog 3.0 2.0\n";
        assert_eq!(
            pairs(told, "banner").expect("pairs"),
            [(1900.5, 1700.0), (2.0, 1.0)]
        );
        assert_eq!(pairs(told, "dialog").expect("a pair").len(), 1);
        assert!(pairs(told, "portal").is_err());
        assert!(pairs("pace: banner x 1", "banner").is_err());
    }
}
