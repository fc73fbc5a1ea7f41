//! Waiting for a condition.

use std::time::{Duration, Instant};

/// Asks until the answer is yes; false when `limit` passed first.
pub(crate) fn until(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if ready() {
            return true;
        }
        if started.elapsed() >= limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
