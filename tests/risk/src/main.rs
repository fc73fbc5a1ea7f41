//! `risk-report [--start S] [--seeds N]`: precision and recall per class, and rates of honest look-alikes.
//!
//! Ends with status 1 when a figure is not good enough.

use std::process::ExitCode;

use goodword_risk_report::TUNING_END;
use goodword_risk_report::report::run;

fn main() -> ExitCode {
    let (start, seeds) = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("error: {mistake}\nusage: risk-report [--start S] [--seeds N]");
            return ExitCode::from(2);
        }
    };
    let report = match run(start, seeds) {
        Ok(report) => report,
        Err(what) => {
            eprintln!("error: {what}");
            return ExitCode::FAILURE;
        }
    };
    println!("{report}");
    let failures = report.failures(0);
    for failure in &failures {
        println!("not good enough: {failure}");
    }
    if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Result<(u64, u64), String> {
    let (mut start, mut seeds) = (TUNING_END, 200);
    while let Some(name) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        let number = value
            .parse()
            .map_err(|_| format!("{name} cannot be `{value}`"))?;
        match name.as_str() {
            "--start" => start = number,
            "--seeds" => seeds = number,
            _ => return Err(format!("unknown flag `{name}`")),
        }
    }
    Ok((start, seeds))
}
