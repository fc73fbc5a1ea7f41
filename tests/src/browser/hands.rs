//! What a person does with a page: taps, types, presses keys. All of it is real input, so the browser treats it as such.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::session::element_id;
use super::window::Browser;
use crate::harness::eventually::within;

const PATIENCE: Duration = Duration::from_mins(1);

/// WebDriver's names of keys.
pub const TAB: &str = "\u{E004}";
/// Escape.
pub const ESCAPE: &str = "\u{E00C}";
/// Enter.
pub const ENTER: &str = "\u{E007}";
/// Shift.
pub const SHIFT: &str = "\u{E008}";

impl Browser {
    /// Taps or clicks the element of an expression, as soon as it is there and nothing covers it.
    pub async fn click(&self, expression: &str) {
        self.act(expression, "click", &json!({})).await;
    }

    /// Types into the element of an expression.
    pub async fn type_into(&self, expression: &str, text: &str) {
        self.act(expression, "value", &json!({ "text": text }))
            .await;
    }

    /// Presses a key, with others held.
    pub async fn press(&self, held: &[&str], key: &str) {
        let down = |key: &str| json!({ "type": "keyDown", "value": key });
        let up = |key: &str| json!({ "type": "keyUp", "value": key });
        let mut strokes: Vec<Value> = held.iter().map(|key| down(key)).collect();
        strokes.extend([down(key), up(key)]);
        strokes.extend(held.iter().rev().map(|key| up(key)));
        let keys = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
        self.session.call(Method::POST, "/actions", &keys).await;
    }

    async fn act(&self, expression: &str, act: &str, body: &Value) {
        // A page that scrolls smoothly would carry the element away from under the finger.
        let script = format!(
            "try {{
                const element = {expression};
                element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                return element;
            }} catch {{ return null }}"
        );
        let script = json!({ "script": script, "args": [] });
        let mut last = String::from("it is not there");
        let what = format!("{act} on {expression}");
        within(PATIENCE, &what, async || {
            let found = self
                .session
                .try_call(Method::POST, "/execute/sync", &script)
                .await;
            let found = found.unwrap_or_default();
            let path = format!("/element/{}/{act}", element_id(&found)?);
            match self.session.try_call(Method::POST, &path, body).await {
                Ok(_) => Some(()),
                Err(refusal) => {
                    let told = format!("{}: {}", refusal.error, refusal.message);
                    if told != last {
                        eprintln!("{expression}: {told}");
                        last = told;
                    }
                    None
                }
            }
        })
        .await;
    }
}
