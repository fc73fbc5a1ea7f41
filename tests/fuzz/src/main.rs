//! `fuzz --target NAME [--seconds N] [--start S] [--corpus DIR] [--crashes DIR] [--pool DIR] [--keep | --replay FILE]`, or
//! `fuzz --list`.
//!
//! Prints the figures as one line of JSON. Ends with status 1 when a property did not hold.

use std::path::PathBuf;
use std::process::ExitCode;

use goodword_fuzz::run::run;
use goodword_fuzz::{Figures, Options, Panics, TARGETS, Target, read, watch};

fn main() -> ExitCode {
    match given(std::env::args().skip(1)) {
        Ok(Order::List) => {
            for target in TARGETS {
                println!("{}", target.name);
            }
            ExitCode::SUCCESS
        }
        Ok(Order::Run(target, options)) => ended(fuzz(target, &options)),
        Ok(Order::Replay(target, file)) => ended(replay(target, &file)),
        Err(mistake) => {
            eprintln!("error: {mistake}");
            ExitCode::from(2)
        }
    }
}

enum Order {
    List,
    Run(&'static Target, Options),
    Replay(&'static Target, PathBuf),
}

fn fuzz(target: &Target, options: &Options) -> Result<bool, String> {
    watch::start();
    let figures = run(target, options, &Panics::kept()).map_err(|error| error.to_string())?;
    println!("{}", json(target.name, &figures));
    Ok(figures.crashes == 0)
}

/// Checks the inputs of a file once more.
fn replay(target: &Target, file: &std::path::Path) -> Result<bool, String> {
    watch::start();
    let panics = Panics::kept();
    let mut good = true;
    for input in read(file).map_err(|error| error.to_string())? {
        match panics.execute(target, &input) {
            Ok(class) => println!("{}: {class}", target.name),
            Err(violation) => {
                good = false;
                println!("crash: {}: not so: {}", target.name, violation.property);
                println!("  seen: {}", violation.seen);
            }
        }
    }
    Ok(good)
}

fn ended(good: Result<bool, String>) -> ExitCode {
    match good {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn json(name: &str, figures: &Figures) -> String {
    serde_json::json!({
        "target": name,
        "executions": figures.executions,
        "milliseconds": u64::try_from(figures.took.as_millis()).unwrap_or(u64::MAX),
        "outcomes": figures.outcomes,
        "edges": figures.edges,
        "edges_known": figures.edges_known,
        "pool": figures.pool,
        "crashes": figures.crashes,
    })
    .to_string()
}

fn given(mut words: impl Iterator<Item = String>) -> Result<Order, String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut options = Options {
        seconds: 10,
        seed: 0,
        corpus: here.join("corpus"),
        crashes: "target/fuzz/crashes".into(),
        pool: None,
        keep: false,
    };
    let (mut target, mut file) = (None, None);
    while let Some(name) = words.next() {
        match name.as_str() {
            "--list" => return Ok(Order::List),
            "--keep" => {
                options.keep = true;
                continue;
            }
            _ => {}
        }
        let value = words.next().ok_or(format!("{name} needs a value"))?;
        let number = || {
            value
                .parse()
                .map_err(|_| format!("{name} cannot be {value}"))
        };
        match name.as_str() {
            "--target" => {
                let known = TARGETS.iter().find(|target| target.name == value);
                target = Some(known.ok_or(format!("there is no target {value}"))?);
            }
            "--seconds" => options.seconds = number()?,
            "--start" => options.seed = number()?,
            "--corpus" => options.corpus = value.into(),
            "--crashes" => options.crashes = value.into(),
            "--pool" => options.pool = Some(value.into()),
            "--replay" => file = Some(value.into()),
            _ => return Err(format!("unknown flag {name}")),
        }
    }
    let target = target.ok_or("--target is missing")?;
    Ok(match file {
        None => Order::Run(target, options),
        Some(file) => Order::Replay(target, file),
    })
}
