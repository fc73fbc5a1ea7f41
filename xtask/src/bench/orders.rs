//! From an order report to the ledger's commit, against an object that only writes.
//!
//! The floor takes the same requests through a Worker to an object and writes as many rows, index entries included, in
//! one transaction. How many that are, the answer to an order says.

use std::cell::RefCell;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::Effort;
use super::load::once;
use super::measure::{Pairs, Run, burst, run};
use super::program::Program;
use super::server::Server;
use super::table::Line;
use crate::steps::step;

/// Customers who are enrolled before anything is measured; the referrers are among them.
const CUSTOMERS: usize = 500;

/// Reports signed for a run, for each millisecond of it. Where they do not last, the run ends early.
const REPORTS_A_MILLISECOND: u128 = 6;

/// Orders of a burst: they are answered before the ledger begins with what follows them.
const BURST: usize = 150;

const FLOOR: &str = "object, as many rows";
const BUDGET: f64 = 0.7;

/// What is ordered.
#[derive(Clone, Copy)]
enum Kind {
    /// By a known customer, without a referral.
    Unreferred,
    /// By a new customer who came through a share link.
    Referred,
}

/// Orders after which nothing is to be delivered, under load.
pub(super) fn unreferred(effort: &Effort) -> Result<Vec<Line>> {
    let unreferred = Comparison::open(Kind::Unreferred)?;
    unreferred
        .under_load("order, unreferred", Some(BUDGET), effort)
        .map(|line| vec![line])
}

/// Orders after which much is: their commits, in bursts, and all of it under load.
pub(super) fn referred(effort: &Effort) -> Result<Vec<Line>> {
    let referred = Comparison::open(Kind::Referred)?;
    let commit = referred.in_bursts("order, referred: commit", effort)?;
    let delivered = referred.under_load("order, referred: delivered", None, effort)?;
    let all = "with KV record and nudge, which no floor has; no budget";
    Ok(vec![commit, delivered.note(all.to_owned())])
}

/// A shop whose orders go to our Worker or to the floor.
struct Comparison {
    shop: RefCell<Shop>,
    floor: Server,
    rows: usize,
}

impl Comparison {
    fn open(kind: Kind) -> Result<Self> {
        step("shop opened, rows counted", |_| {
            let rows = rows(kind)?;
            let floor = Server::start("ledger")?;
            floor.tell(&json!(rows))?;
            let shop = RefCell::new(Shop::open("goodword", kind)?);
            Ok(Self { shop, floor, rows })
        })
    }

    fn under_load(&self, name: &'static str, budget: Option<f64>, effort: &Effort) -> Result<Line> {
        let pairs = step(&format!("{name}, under load"), |note| {
            Pairs::take(
                effort.pairs,
                note,
                || self.shop.borrow_mut().load(None, effort),
                || self.shop.borrow_mut().load(Some(&self.floor), effort),
            )
        })?;
        let line = Line::speed(name, FLOOR, budget, &pairs);
        Ok(line.note(format!("rows written for an order: {}", self.rows)))
    }

    fn in_bursts(&self, name: &'static str, effort: &Effort) -> Result<Line> {
        let pairs = step(&format!("{name}, in bursts"), |note| {
            Pairs::take(
                effort.pairs,
                note,
                || self.shop.borrow_mut().burst(None),
                || self.shop.borrow_mut().burst(Some(&self.floor)),
            )
        })?;
        let line = Line::speed(name, FLOOR, Some(BUDGET), &pairs);
        Ok(line.note(format!(
            "{BURST} at once, and then the deliveries; rows written for an order: {}",
            self.rows
        )))
    }
}

/// Rows that the second of two orders writes: the first one sets the alarm as well.
fn rows(kind: Kind) -> Result<usize> {
    let mut shop = Shop::open("goodword", kind)?;
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

    /// Reports as fast as can be.
    fn load(&mut self, floor: Option<&Server>, effort: &Effort) -> Result<Run> {
        // Signed beforehand: signing costs the run nothing.
        let count = effort.run.as_millis() * REPORTS_A_MILLISECOND;
        let reports = self.reports(usize::try_from(count)?)?;
        let server = floor.unwrap_or(&self.server);
        server.rest();
        run(server, effort.run, 201, |number, into| {
            let report = reports.get(number);
            into.extend_from_slice(report.map_or(&[], Vec::as_slice));
            report.is_some()
        })
    }

    /// Reports some orders to a server that has nothing else to do, and waits until what follows them is done.
    fn burst(&mut self, floor: Option<&Server>) -> Result<Run> {
        let reports = self.reports(BURST)?;
        let server = floor.unwrap_or(&self.server);
        server.rest();
        let run = burst(server, &reports, 201)?;
        server.rest();
        Ok(run)
    }

    /// Signed reports of orders that have not been reported.
    fn reports(&mut self, count: usize) -> Result<Vec<Vec<u8>>> {
        let first = self.orders;
        self.orders += count;
        let tokens = match self.kind {
            Kind::Unreferred => Vec::new(),
            Kind::Referred => Program::tokens(&self.server, &self.codes, first, count)?,
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
