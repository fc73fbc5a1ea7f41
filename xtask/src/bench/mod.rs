//! `cargo xtask bench`: how fast the Worker is, beside floors that show how fast it could be.
//!
//! Everything runs on the bare runtime, with the release bundle as it is deployed. A figure is always a ratio of ours to a
//! floor measured next to it, because a number of requests a second says more about the machine than about the code.
//! `BENCHMARKS.md` explains each figure.

mod host;
mod load;
mod measure;
mod orders;
mod pages;
mod program;
mod redirect;
mod request;
mod server;
mod startup;
mod table;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::args::Arguments;
use crate::build::{self, Flavour};
use crate::{setup, size};
use table::Line;

/// How often and how long is measured.
struct Effort {
    /// Pairs of adjacent runs.
    pairs: usize,
    /// Length of a run.
    run: Duration,
    /// Starts of each side.
    starts: usize,
    /// Pages of each side.
    pages: usize,
}

impl Effort {
    const QUICK: Self = Self {
        pairs: 24,
        run: Duration::from_millis(500),
        starts: 9,
        pages: 5,
    };
    const FULL: Self = Self {
        pairs: 40,
        run: Duration::from_secs(1),
        starts: 21,
        pages: 15,
    };
}

/// Measures one thing.
type Part = fn(&Effort) -> Result<Vec<Line>>;

/// What can be measured by itself.
const PARTS: [(&str, Part); 6] = [
    ("redirect", redirect::from_memory),
    ("kv", redirect::through_kv),
    ("orders", orders::unreferred),
    ("referrals", orders::referred),
    ("start", startup::starts),
    ("pages", pages::waits),
];

/// `cargo xtask bench [--quick] [redirect|kv|orders|referrals|start|pages|bytes]`
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let effort = if arguments.switch("--quick") {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let part = arguments.word()?;
    let wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    if !wanted("bytes") && !PARTS.iter().any(|(name, _)| wanted(name)) {
        bail!("there is no such part: redirect, kv, orders, referrals, start, pages or bytes");
    }
    setup::tools()?;
    build::make(Flavour::Release)?;
    host::print();
    server::sweep();
    let mut lines = Vec::new();
    for (name, measure) in PARTS {
        if wanted(name) {
            lines.extend(measure(&effort)?);
        }
    }
    table::print(&lines);
    let mut missed: Vec<String> = lines
        .iter()
        .filter(|line| line.misses())
        .map(Line::name)
        .collect();
    if wanted("bytes")
        && let Err(error) = size::print_and_check()
    {
        missed.push(error.to_string());
    }
    if missed.is_empty() {
        return Ok(());
    }
    bail!("budgets missed: {}", missed.join("; "))
}
