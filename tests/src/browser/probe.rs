//! What the page suffered, as the probe wrote it down.

use serde::Deserialize;
use serde_json::Value;

/// Runs before every script of every page.
pub(super) const SCRIPT: &str = include_str!("probe.js");

/// A page's record since it was loaded.
#[derive(Debug, Clone, Deserialize)]
pub struct Probe {
    /// Uncaught errors and unhandled rejections.
    pub errors: Vec<String>,
    /// What the page's own policy has blocked: directive and address.
    pub violations: Vec<String>,
    /// Sum of the layout shifts that no input explains.
    pub shift: f64,
    /// What was shifted.
    pub shifted: Vec<String>,
    /// Tasks over 50 ms, by their length in milliseconds.
    #[serde(rename = "longTasks")]
    pub long_tasks: Vec<u64>,
    /// What was handed to the share sheet.
    pub shares: Vec<Share>,
    /// Where clicks on links to other apps would have led.
    pub opened: Vec<String>,
}

/// One call of `navigator.share`.
#[derive(Debug, Clone, Deserialize)]
pub struct Share {
    /// Its argument.
    pub data: Value,
    /// Whether the browser still counted it as the answer to a tap, without which a real one refuses.
    pub active: bool,
}
