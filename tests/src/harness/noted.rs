//! What a run notes down for the search for canaries that follows it: the keys that it was given, whom it has named, the URLs
//! that it saw, and what was sent to merchants. `cargo xtask test` searches all of it, with everything that the runtime has stored.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// Every key that was answered.
    Secrets,
    /// Every address, name and network that was said of anybody.
    People,
    /// The URL of every request, and where every redirect led.
    Urls,
    /// Every body that an endpoint of a merchant's received.
    Events,
}

/// The folder of this run; none outside of `cargo xtask test`.
pub(super) fn run_folder() -> Option<PathBuf> {
    let config = PathBuf::from(std::env::var_os("GOODWORD_CONFIG")?);
    config.parent().map(PathBuf::from)
}

/// Adds a line.
pub(super) fn note(file: Noted, line: &[u8]) {
    let Some(folder) = run_folder() else {
        return;
    };
    let name = match file {
        Noted::Secrets => "noted-secrets",
        Noted::People => "noted-people",
        Noted::Urls => "noted-urls",
        Noted::Events => "noted-events",
    };
    let opened = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(name));
    let mut file = opened.expect("a file in the folder of this run");
    // One write, so that lines of several tests do not mix.
    file.write_all(&[line, b"\n"].concat()).expect("a line");
}

/// Notes whom a body, or the claims of a token, names: what is told of people lies under these names.
pub(super) fn note_people(said: &Value) {
    match said {
        Value::Object(fields) => {
            let is_person = fields.contains_key("email") || fields.contains_key("sub");
            for (field, value) in fields {
                let private = match field.as_str() {
                    "email" | "reason" | "vouched_by" => true,
                    "name" => is_person,
                    _ => false,
                };
                match value.as_str() {
                    // A reason of one word is a code.
                    Some(text) if private && (field != "reason" || text.contains(' ')) => {
                        note(Noted::People, text.replace('\n', " ").trim().as_bytes());
                    }
                    _ => note_people(value),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(note_people),
        _ => {}
    }
}
