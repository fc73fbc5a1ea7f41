//! From an order report to the ledger's commit, against an object that only writes.
//!
//! The floor takes the same requests through a Worker to an object and writes as many rows, index entries included, in
//! one transaction. How many that are, a Worker with a counter in front tells before anything is measured.

use anyhow::{Context, Result, bail};

use super::Effort;
use super::load::once;
use super::measure::{Pairs, Run, run};
use super::program::Program;
use super::request;
use super::server::Server;
use super::table::Line;
use crate::steps::step;

/// Customers who are enrolled before anything is measured; the referrers are among them.
const CUSTOMERS: usize = 1_000;

/// Reports signed for a run, for each second of it. Where they do not last, the run ends early.
const REPORTS_A_SECOND: f64 = 5_000.0;

/// What is ordered.
#[derive(Clone, Copy)]
enum Kind {
    /// By a known customer, without a referral.
    Unreferred,
    /// By a new customer who came through a share link.
    Referred,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Unreferred => "order, unreferred",
            Self::Referred => "order, referred",
        }
    }
}

/// Both kinds of order.
pub(super) fn commits(effort: &Effort) -> Result<Vec<Line>> {
    [Kind::Unreferred, Kind::Referred]
        .into_iter()
        .map(|kind| commit(kind, effort))
        .collect()
}

fn commit(kind: Kind, effort: &Effort) -> Result<Line> {
    let name = kind.name();
    let rows = step(&format!("{name}: rows counted"), |_| rows(kind))?;
    let pairs = step(&format!("{name} against ledger.js"), |note| {
        let mut shop = Shop::open("goodword", kind)?;
        let floor = Server::start("ledger")?;
        let told = request::send("PUT", "/", "", &rows.to_string());
        let (status, text) = once(floor.port, &told)?;
        if status != 200 {
            bail!("the floor did not take the number of rows: {text}");
        }
        let shop = std::cell::RefCell::new(&mut shop);
        Pairs::take(
            effort.pairs,
            || shop.borrow_mut().load(None, effort),
            || shop.borrow_mut().load(Some(&floor), effort),
            |at| note.set(&format!("pair {} of {}", at + 1, effort.pairs)),
        )
    })?;
    let line = Line::speed(name, "bare object, as many rows", 0.7, &pairs);
    Ok(line.note(format!(
        "rows written for an order: {rows}, by the floor as well"
    )))
}

/// Rows that the second of two orders writes: the first one sets the alarm as well.
fn rows(kind: Kind) -> Result<usize> {
    let mut shop = Shop::open("rows", kind)?;
    let mut rows = None;
    for report in shop.reports(2)? {
        let (status, text) = once(shop.server.port, &report)?;
        if status != 201 {
            bail!("an order was not taken: {text}");
        }
        rows = text
            .lines()
            .find_map(|line| line.strip_prefix("x-goodword-rows-written: "))
            .and_then(|rows| rows.trim().parse().ok());
    }
    rows.context("the rows were not counted")
}

/// A shop with customers, and the Worker that it reports to.
struct Shop {
    server: Server,
    program: Program,
    codes: Vec<String>,
    kind: Kind,
    /// Orders reported so far.
    orders: usize,
}

impl Shop {
    fn open(config: &str, kind: Kind) -> Result<Self> {
        let server = Server::start(config)?;
        let program = Program::create(&server)?;
        let codes = program.enrol(&server, CUSTOMERS)?;
        Ok(Self {
            server,
            program,
            codes,
            kind,
            orders: 0,
        })
    }

    /// Reports to our Worker, or to a floor.
    fn load(&mut self, floor: Option<&Server>, effort: &Effort) -> Result<Run> {
        // Signed beforehand: signing costs the run nothing.
        let count = Effort::times(effort.run, REPORTS_A_SECOND);
        let reports = self.reports(count)?;
        let server = floor.unwrap_or(&self.server);
        run(server, effort.run, 201, |number, into| {
            let report = reports.get(number);
            into.extend_from_slice(report.map_or(&[], Vec::as_slice));
            report.is_some()
        })
    }

    /// Signed reports of orders that have not been reported.
    fn reports(&mut self, count: usize) -> Result<Vec<Vec<u8>>> {
        let first = self.orders;
        self.orders += count;
        let tokens = match self.kind {
            Kind::Unreferred => Vec::new(),
            Kind::Referred => Program::tokens(&self.server, &self.codes, count)?,
        };
        let report = |at: usize| {
            let order = first + at;
            let customer = match self.kind {
                Kind::Unreferred => format!("c{}", order % CUSTOMERS),
                Kind::Referred => format!("n{order}"),
            };
            let token = tokens.get(at).map(String::as_str);
            self.program
                .order(&format!("order-{order}"), &customer, token)
        };
        Ok((0..count).map(report).collect())
    }
}
