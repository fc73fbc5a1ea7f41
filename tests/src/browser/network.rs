//! The line between a browser and everybody else: slow, or gone.

use std::time::Duration;

use serde_json::{Value, json};

use super::window::Browser;

/// What a slow line carries in a second: 400 kilobits.
pub(super) const SLOW_BYTES: u32 = 50_000;

/// What it takes to the other side and back.
pub(super) const SLOW_ROUND: Duration = Duration::from_millis(800);

/// A line as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// 400 kilobits in a second, and 800 milliseconds to the other side and back: what an answer moves
    /// is never taken for what the tap has moved, for which a browser allows 500.
    Slow,
    /// There is none.
    Gone,
    /// As fast as it gets.
    Fast,
}

impl Browser {
    /// The line is like this from now on.
    pub async fn line_is(&self, line: Line) {
        if let Some(firefox) = &self.session.firefox {
            firefox.line_is(line);
            return;
        }
        let (latency, throughput) = match line {
            Line::Slow => (SLOW_ROUND.as_millis(), i64::from(SLOW_BYTES)),
            Line::Gone | Line::Fast => (0, -1),
        };
        let conditions = json!({
            "offline": line == Line::Gone, "latency": latency,
            "downloadThroughput": throughput, "uploadThroughput": throughput,
        });
        self.cdp("Network.enable", Value::Object(serde_json::Map::new()))
            .await;
        self.cdp("Network.emulateNetworkConditions", conditions)
            .await;
    }
}
