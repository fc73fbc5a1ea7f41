//! What Firefox logs, in the form in which the tests read what Chromium logs.

use serde_json::Value;

use super::super::console::Line;

/// How what the browser says by itself begins: about policies, about requests, about files that are not what their tag
/// says. Anything else that is no line of a script is taken for an error.
const ITS_OWN: [&str; 5] = [
    "Content-Security-Policy: ",
    "Cross-Origin Request Blocked: ",
    "Firefox can’t establish a connection to the server at ws",
    "Loading module from “",
    "None of the “sha256” hashes in the integrity attribute match",
];

/// The line of one `log.entryAdded`.
pub(super) fn line(entry: &Value) -> Line {
    let text = |field: &str| entry[field].as_str().unwrap_or_default();
    if text("type") == "console" {
        let arguments = entry["args"].as_array().map(Vec::as_slice);
        let arguments = arguments.unwrap_or_default().iter();
        let arguments: Vec<_> = arguments.map(|it| it["value"].to_string()).collect();
        return Line {
            level: text("level").to_uppercase(),
            source: "console-api".to_owned(),
            message: arguments.join(" "),
        };
    }
    let its_own = ITS_OWN.iter().any(|start| text("text").starts_with(start));
    let said = if its_own { "" } else { "Uncaught " };
    Line {
        level: text("level").to_uppercase(),
        source: text("type").to_owned(),
        message: format!("{said}{}", text("text")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::line;

    #[test]
    fn a_line_of_ours_is_told_from_one_of_the_page_and_an_error_from_a_remark() {
        let info = |first: &str| {
            let first = json!({ "type": "string", "value": first });
            line(&json!({ "type": "console", "level": "info", "args": [first] }))
        };
        assert!(info("[goodword]").is_ours() && !info("page").is_ours());
        let said = |text: &str| {
            line(&json!({ "type": "javascript", "level": "error", "text": text, "args": null }))
        };
        let remark = said("Content-Security-Policy: The page’s settings blocked WebAssembly");
        assert!(remark.is_the_browsers() && !remark.is_ours());
        let error = said("ReferenceError: nope is not defined");
        assert!(!error.is_the_browsers() && !error.is_ours());
    }
}
