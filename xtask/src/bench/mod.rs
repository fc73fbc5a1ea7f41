//! `cargo xtask bench`.
mod load;
mod measure;
mod orders;
mod program;
mod redirect;
mod request;
mod server;
mod table;

use crate::args::Arguments;
use anyhow::{Result, bail};
use std::time::Duration;

/// How long and how often is measured.
struct Effort {
    pairs: usize,
    run: Duration,
}
impl Effort {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive count"
    )]
    fn times(d: Duration, r: f64) -> usize {
        (d.as_secs_f64() * r) as usize
    }
}

pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let quick = arguments.switch("--quick");
    let effort = Effort {
        pairs: if quick { 8 } else { 20 },
        run: Duration::from_millis(if quick { 1_500 } else { 3_000 }),
    };
    let only = std::env::var("ONLY").unwrap_or("mko".into());
    let mut lines = Vec::new();
    if only.contains('m') {
        lines.extend(redirect::from_memory(&effort)?);
    }
    if only.contains('k') {
        lines.push(redirect::through_kv(&effort)?);
    }
    if only.contains('o') {
        lines.extend(orders::commits(&effort)?);
    }
    table::print(&lines);
    let missed: Vec<String> = lines
        .iter()
        .filter(|l| !l.holds())
        .map(table::Line::name)
        .collect();
    if !missed.is_empty() {
        bail!("over budget: {}", missed.join(", "));
    }
    Ok(())
}
