//! The console, with the page's lines and the browser's own told apart.

use serde::Deserialize;

/// One line.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// Who wrote it: `console-api` is a script, everything else the browser.
    #[serde(default)]
    pub source: String,
    /// Where, and what.
    pub message: String,
}

impl Line {
    /// A line that the widget wrote, in the one form that it writes.
    pub fn is_ours(&self) -> bool {
        self.source == "console-api"
            && self.level == "INFO"
            && self.message.contains("\"[goodword]\"")
    }

    /// A line that the browser wrote by itself, about a request or a policy. An uncaught error is a script's.
    pub fn is_the_browsers(&self) -> bool {
        self.source != "console-api" && !self.message.contains("Uncaught")
    }
}
