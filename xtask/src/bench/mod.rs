//! `cargo xtask bench`.
mod load;
mod measure;
mod program;
mod redirect;
mod request;
mod server;
mod table;

use std::time::Duration;
use anyhow::{Result, bail};
use crate::args::Arguments;

/// How long and how often is measured.
struct Effort { pairs: usize, run: Duration }

pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let quick = arguments.switch("--quick");
    let effort = Effort { pairs: if quick { 8 } else { 20 }, run: Duration::from_millis(if quick { 1_500 } else { 3_000 }) };
    let mut lines = redirect::from_memory(&effort)?;
    if std::env::var("KV").is_ok() { lines.push(redirect::through_kv(&effort)?); }
    table::print(&lines);
    let missed: Vec<String> = lines.iter().filter(|l| !l.holds()).map(table::Line::name).collect();
    if !missed.is_empty() { bail!("over budget: {}", missed.join(", ")); }
    Ok(())
}
