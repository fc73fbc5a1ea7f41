//! What was found, beside what is asked.

use std::time::Duration;

use super::measure::{Pairs, Run, Spread};

/// One comparison, as it is printed.
pub(super) struct Line {
    what: &'static str,
    against: &'static str,
    ours: String,
    floor: String,
    figure: String,
    budget: String,
    cost: String,
    /// `None` where nothing is asked.
    holds: Option<bool>,
    notes: Vec<String>,
}

impl Line {
    /// Requests a second: the median of the ratios must not be below the budget.
    pub(super) fn speed(
        what: &'static str,
        against: &'static str,
        budget: Option<f64>,
        pairs: &Pairs,
    ) -> Self {
        let rate = |run: &Run| Some(run.rate);
        let ratios = pairs.ratios(rate);
        let rates = |spread: &Spread| number(spread, 1.0, 0, "/s");
        Self {
            what,
            against,
            ours: rates(&pairs.ours(rate)),
            floor: rates(&pairs.floor(rate)),
            figure: spread(&ratios),
            budget: budget.map_or_else(String::new, |budget| format!(">= {budget:.2}")),
            cost: spread(&pairs.ratios(|run| run.cost)),
            holds: budget.map(|budget| ratios.median().is_some_and(|ratio| ratio >= budget)),
            notes: notes(pairs),
        }
    }

    /// A time in seconds that ours takes longer.
    pub(super) fn added_time(
        what: &'static str,
        against: &'static str,
        budget: Duration,
        ours: &Spread,
        floor: &Spread,
        added: &Spread,
    ) -> Self {
        let limit = budget.as_secs_f64();
        Self {
            what,
            against,
            ours: number(ours, 1e3, 0, " ms"),
            floor: number(floor, 1e3, 0, " ms"),
            figure: format!("+{}", number(added, 1e3, 0, " ms")),
            budget: format!("<= {:.0} ms", limit * 1e3),
            cost: String::new(),
            holds: Some(added.median().is_some_and(|added| added <= limit)),
            notes: Vec::new(),
        }
    }

    /// Times in seconds, and the ratios of pairs of them: their median must not be above the budget.
    pub(super) fn waited(
        what: &'static str,
        against: &'static str,
        budget: f64,
        ours: &Spread,
        floor: &Spread,
        ratios: &Spread,
    ) -> Self {
        Self {
            what,
            against,
            ours: number(ours, 1e3, 0, " ms"),
            floor: number(floor, 1e3, 0, " ms"),
            figure: spread(ratios),
            budget: format!("<= {budget:.2}"),
            cost: String::new(),
            holds: Some(ratios.median().is_some_and(|ratio| ratio <= budget)),
            notes: Vec::new(),
        }
    }

    /// Adds a remark that is printed below the line.
    pub(super) fn note(mut self, text: String) -> Self {
        self.notes.push(text);
        self
    }

    /// Whether a budget is missed.
    pub(super) fn misses(&self) -> bool {
        self.holds == Some(false)
    }

    /// What it is about, for the error.
    pub(super) fn name(&self) -> String {
        format!("{} against {}", self.what, self.against)
    }
}

/// Prints the comparisons.
pub(super) fn print(lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    println!(
        "\n{:<25} {:<27} {:>9} {:>9}  {:<18} {:<8} {:<5} processor time",
        "what", "against", "ours", "floor", "ratio (min..max)", "budget", ""
    );
    for line in lines {
        let verdict = match line.holds {
            Some(true) => "pass",
            Some(false) => "FAIL",
            None => "",
        };
        println!(
            "{:<25} {:<27} {:>9} {:>9}  {:<18} {:<8} {verdict:<5} {}",
            line.what, line.against, line.ours, line.floor, line.figure, line.budget, line.cost
        );
        for note in &line.notes {
            println!("    {note}");
        }
    }
    println!();
}

fn spread(values: &Spread) -> String {
    match (values.median(), values.ends()) {
        (Some(median), Some((least, most))) => format!("{median:.2} ({least:.2}..{most:.2})"),
        _ => String::from("-"),
    }
}

fn number(values: &Spread, scale: f64, digits: usize, unit: &str) -> String {
    values.median().map_or_else(
        || String::from("-"),
        |median| format!("{:.digits$}{unit}", median * scale),
    )
}

/// What explains a ratio: processor time, time to the answer, and that the load generator was not what was measured.
fn notes(pairs: &Pairs) -> Vec<String> {
    let both = |figure: fn(&Run) -> Option<f64>, scale: f64, digits: usize, unit: &str| {
        let ours = number(&pairs.ours(figure), scale, digits, unit);
        let floor = number(&pairs.floor(figure), scale, digits, unit);
        format!("{ours} (floor {floor})")
    };
    let client = number(&pairs.ours(|run| run.client_busy), 1e2, 0, " %");
    vec![
        format!(
            "processor time {}, median answer after {}",
            both(|run| run.cost, 1.0, 1, " us"),
            both(|run| Some(run.latency), 1e-3, 2, " ms")
        ),
        format!(
            "server busy {}, load generator busy {client}",
            both(|run| run.server_busy, 1e2, 0, " %")
        ),
    ]
}
