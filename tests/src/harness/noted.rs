//! What a run notes down for the search for canaries that follows it: the keys that it was given, whom it has named, the URLs
//! that it saw, and what was sent to merchants. `cargo xtask test` searches all of it, with everything that the runtime has stored.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// Every key that was answered, and every secret that proves an address.
    Secrets,
    /// Every address, name, network, card, street and note that was said of anybody.
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
    for text in private(said) {
        note(Noted::People, text.replace('\n', " ").trim().as_bytes());
    }
}

/// Entries of a block-list that are kept as hashes alone.
const HASHED: [&str; 3] = ["email", "payment", "network"];

/// What a body tells of people that may lie nowhere in the clear.
fn private(said: &Value) -> Vec<&str> {
    match said {
        Value::Object(fields) => {
            let is_person = fields.contains_key("email") || fields.contains_key("sub");
            let kind = fields.get("kind").and_then(Value::as_str);
            let is_hashed = kind.is_some_and(|kind| HASHED.contains(&kind));
            let is_private = |field: &str, text: &str| match field {
                "email"
                | "vouched_by"
                | "note"
                | "ip"
                | "payment_fingerprint"
                | "lines"
                | "postal_code" => true,
                // One of one word is a code.
                "reason" => text.contains(' '),
                "name" => is_person,
                "value" => is_hashed,
                _ => false,
            };
            let told = fields.iter().map(|(field, value)| match value.as_str() {
                Some(text) if is_private(field, text) => vec![text],
                _ => private(value),
            });
            told.flatten().collect()
        }
        Value::Array(items) => items.iter().flat_map(private).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::private;

    #[test]
    fn what_is_told_of_people_is_noted_and_what_is_told_of_things_is_not() {
        let order = json!({
            "customer": { "id": "c1", "email": "jane@post.example", "name": "Jane" },
            "lines": [{ "product": "mug", "name": "Mug", "value": 900 }],
            "note": "phoned twice",
            "reason": "fraud",
            "risk": {
                "payment_fingerprint": "canary-card-1", "ip": "198.51.100.7",
                "shipping_address": { "country": "GB", "postal_code": "SW1A 2AB", "lines": "14 High Street" },
            },
        });
        let mut told = private(&order);
        told.sort_unstable();
        let expected = [
            "14 High Street",
            "198.51.100.7",
            "Jane",
            "SW1A 2AB",
            "canary-card-1",
            "jane@post.example",
            "phoned twice",
        ];
        assert_eq!(told, expected);
        let blocks = json!({ "entries": [
            { "kind": "payment", "value": "canary-card-9" }, { "kind": "network", "value": "198.51.100.0/24" },
            { "kind": "customer", "value": "bob" }, { "kind": "domain", "value": "@bad.example" },
        ]});
        assert_eq!(private(&blocks), ["canary-card-9", "198.51.100.0/24"]);
    }
}
