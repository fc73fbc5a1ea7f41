//! `simulate [--seeds N] [--start S] [--steps K] [--scope D]`: crash points, the small scope, then seeds.
//!
//! Ends with status 1 and says how to see it again when an invariant is broken. Zero seeds or a scope of zero leave that
//! part out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use goodword_simulator::crash::cover_all;
use goodword_simulator::figures::Figures;
use goodword_simulator::scope;
use goodword_simulator::steps::{Failed, run};

/// Seeds between two lines of progress.
const PROGRESS: u64 = 1_000;

/// Characters of a command that are shown.
const LINE: usize = 700;

struct Options {
    seeds: u64,
    start: u64,
    steps: usize,
    scope: usize,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!(
                "error: {mistake}\nusage: simulate [--seeds N] [--start S] [--steps K] [--scope D]"
            );
            return ExitCode::from(2);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if small_scope(&options, threads) && seeds(&options, threads) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seeds: 1_000,
        start: 0,
        steps: 40,
        scope: 4,
    };
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word, words.next()),
        };
        let value = value.ok_or_else(|| format!("{name} needs a value"))?;
        let number: u64 = value
            .parse()
            .map_err(|_| format!("{name} cannot be `{value}`"))?;
        let small = usize::try_from(number).unwrap_or(usize::MAX);
        match name.as_str() {
            "--seeds" => options.seeds = number,
            "--start" => options.start = number,
            "--steps" => options.steps = small,
            "--scope" => options.scope = small,
            _ => return Err(format!("unknown flag `{name}`")),
        }
    }
    Ok(options)
}

/// Crash points and every sequence of a few events; left out with a scope of zero.
fn small_scope(options: &Options, threads: usize) -> bool {
    if options.scope == 0 {
        return true;
    }
    let covered = match cover_all() {
        Ok(covered) => covered,
        Err(violation) => return broken(&violation.to_string()),
    };
    println!("crash points (a fault after each statement, with a cold and with a warm engine)");
    for case in &covered {
        println!("  {:<44} {:>4}/{}", case.name, case.covered, case.total);
    }
    let sum = |count: fn(&goodword_simulator::crash::Covered) -> u32| {
        covered.iter().map(count).sum::<u32>()
    };
    println!(
        "crash points: {}/{}",
        sum(|case| case.covered),
        sum(|case| case.total)
    );
    let begun = Instant::now();
    match scope::run(options.scope, threads) {
        Ok(sequences) => println!(
            "small scope: {sequences} sequences of up to {} events, {:.1} s",
            options.scope,
            begun.elapsed().as_secs_f64()
        ),
        Err(violation) => return broken(&violation.to_string()),
    }
    true
}

fn seeds(options: &Options, threads: usize) -> bool {
    let begun = Instant::now();
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let all = Mutex::new(Figures::default());
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= options.seeds {
                break;
            }
            let seed = options.start.wrapping_add(index);
            match catch_unwind(AssertUnwindSafe(|| run(seed, options.steps))) {
                Ok(Ok(figures)) => *all.lock().expect("no panic while adding") += figures,
                Ok(Err(failed)) if !stop.swap(true, Ordering::Relaxed) => {
                    print_failed(&failed, options.steps);
                }
                Ok(Err(_)) => {}
                Err(_) => {
                    stop.store(true, Ordering::Relaxed);
                    println!("seed {seed} panicked; {}", replay(seed, options.steps));
                }
            }
            if (index + 1).is_multiple_of(PROGRESS) {
                println!(
                    "  {} seeds, {:.0} s",
                    index + 1,
                    begun.elapsed().as_secs_f64()
                );
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let all = *all.lock().expect("no panic while adding");
    let seconds = begun.elapsed().as_secs_f64();
    for (name, number) in all.lines() {
        println!("{name:<36} {number:>10}");
    }
    let speed = f64::from(u32::try_from(all.seeds).unwrap_or(u32::MAX)) / seconds.max(0.001);
    println!(
        "{:<36} {seconds:>10.1}\n{:<36} {speed:>10.0}",
        "seconds", "seeds a second"
    );
    !stop.load(Ordering::Relaxed)
}

fn print_failed(failed: &Failed, steps: usize) {
    println!(
        "seed {}, step {} ({}): {}",
        failed.seed, failed.step, failed.name, failed.violation
    );
    println!("the last commands:");
    for line in &failed.trace {
        let shown: String = line.chars().take(LINE).collect();
        println!("  {shown}");
    }
    println!("{}", replay(failed.seed, steps));
}

fn replay(seed: u64, steps: usize) -> String {
    format!("see it again: cargo xtask simulate --seeds 1 --start {seed} --steps {steps} --scope 0")
}

fn broken(what: &str) -> bool {
    println!("{what}");
    false
}
