//! A watch over executions that do not end.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::processor_time;
use crate::corpus::line;

static CURRENT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// An execution that takes so long will not end.
const LONGEST: Duration = Duration::from_secs(30);

/// How often one looks.
const EVERY: Duration = Duration::from_secs(5);

/// An execution begins.
pub(crate) fn begins(input: &[u8]) {
    BEGUN.fetch_add(1, Ordering::Relaxed);
    if let Ok(mut current) = CURRENT.lock() {
        current.clear();
        current.extend_from_slice(input);
    }
}

/// Ends this program, and prints the input, when an execution does not end.
pub fn start() {
    std::thread::spawn(|| {
        let (mut before, mut since) = (u64::MAX, Duration::ZERO);
        loop {
            std::thread::park_timeout(EVERY);
            let (now, had) = (
                BEGUN.load(Ordering::Relaxed),
                processor_time().unwrap_or_default(),
            );
            if now != before {
                (before, since) = (now, had);
            } else if had.saturating_sub(since) >= LONGEST {
                let input = CURRENT.lock().map(|input| line(&input)).unwrap_or_default();
                println!(
                    "crash: it ends at all: no end after {} s",
                    LONGEST.as_secs()
                );
                println!("  input: {input}");
                std::process::exit(1);
            }
        }
    });
}
