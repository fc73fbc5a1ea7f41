//! What was found, beside what is asked.

use super::measure::{Pairs, Run, Spread};

/// One comparison.
pub(super) struct Line {
    what: &'static str,
    floor: &'static str,
    budget: f64,
    /// Requests a second, ours and the floor's, or other figures in `unit`.
    ours: Option<f64>,
    beside: Option<f64>,
    ratio: Spread,
    cost: Spread,
    notes: Vec<String>,
}

impl Line {
    /// Requests a second: the ratio must not be below the budget.
    pub(super) fn speed(
        what: &'static str,
        floor: &'static str,
        budget: f64,
        pairs: &Pairs,
    ) -> Self {
        let rate = |run: &Run| Some(run.rate);
        let cost = |run: &Run| run.cost;
        let median = |spread: Spread| spread.median();
        let notes = [
            costs(median(pairs.ours(cost)), median(pairs.floor(cost))),
            latencies(
                median(pairs.ours(|run| Some(run.latency))),
                median(pairs.floor(|run| Some(run.latency))),
            ),
            busy(
                median(pairs.ours(|run| run.server_busy)),
                median(pairs.floor(|run| run.server_busy)),
                median(pairs.ours(|run| run.client_busy)),
            ),
        ];
        Self {
            what,
            floor,
            budget,
            ours: median(pairs.ours(rate)),
            beside: median(pairs.floor(rate)),
            ratio: pairs.ratios(rate),
            cost: pairs.ratios(cost),
            notes: notes.into_iter().flatten().collect(),
        }
    }

    /// Whether the budget is kept.
    pub(super) fn holds(&self) -> bool {
        self.ratio
            .median()
            .is_some_and(|ratio| ratio >= self.budget)
    }

    /// Adds a remark that is printed below the line.
    pub(super) fn note(mut self, text: String) -> Self {
        self.notes.push(text);
        self
    }

    /// What it is about, for the error.
    pub(super) fn name(&self) -> String {
        format!("{} against {}", self.what, self.floor)
    }
}

/// Prints the comparisons.
pub(super) fn print(lines: &[Line]) {
    println!(
        "\n{:<24} {:<38} {:>9} {:>9}   {:<21} {:>6}   CPU ratio",
        "what", "against", "ours /s", "floor /s", "ratio (min..max)", "budget"
    );
    for line in lines {
        println!(
            "{:<24} {:<38} {:>9} {:>9}   {:<21} {:>6.2}   {:<18} {}",
            line.what,
            line.floor,
            whole(line.ours),
            whole(line.beside),
            spread(&line.ratio),
            line.budget,
            spread(&line.cost),
            if line.holds() { "pass" } else { "FAIL" },
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

fn whole(value: Option<f64>) -> String {
    value.map_or_else(|| String::from("-"), |value| format!("{value:.0}"))
}

fn costs(ours: Option<f64>, floor: Option<f64>) -> Option<String> {
    Some(format!(
        "processor time a request: {:.1} us, floor {:.1} us",
        ours?, floor?
    ))
}

fn latencies(ours: Option<f64>, floor: Option<f64>) -> Option<String> {
    Some(format!(
        "median time to the answer: {:.2} ms, floor {:.2} ms",
        ours? / 1e3,
        floor? / 1e3
    ))
}

fn busy(ours: Option<f64>, floor: Option<f64>, client: Option<f64>) -> Option<String> {
    Some(format!(
        "processors in use: server {:.2} (floor's {:.2}), load generator {:.2}",
        ours?, floor?, client?
    ))
}
