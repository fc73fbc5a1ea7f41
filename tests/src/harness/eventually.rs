//! Waiting for something to become true, and for no longer than it takes.

use std::time::{Duration, Instant};

use tokio::time::sleep;

/// Longest wait: far beyond what anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What `look` finds, as soon as it finds it. Panics with `what` when it has not within half a minute.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same with a limit of the caller's.
pub async fn within<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        sleep(PAUSE).await;
    }
}
