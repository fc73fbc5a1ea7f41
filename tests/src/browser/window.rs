//! A browser with one page: going somewhere, asking the page, waiting for it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::console::Line;
use super::probe::{Probe, SCRIPT};
use super::screen::Screen;
use super::session::{Refusal, Session, turns};
use crate::harness::eventually::within;
use crate::store::ids::session_id;

/// Longest wait for a page: far beyond what anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a page looks by itself before it is asked again, in milliseconds.
const LOOK_MS: u32 = 4_000;

/// A browser. Dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    pub(super) session: Session,
    /// How large it is.
    pub screen: Screen,
}

impl Browser {
    /// A new browser of this size, as soon as it is this test's turn.
    pub async fn open(screen: Screen) -> Self {
        Self::start(screen, turns(1).await).await
    }

    /// Two browsers that know nothing of each other: two people.
    pub async fn open_two(screen: Screen) -> (Self, Self) {
        let mut both = turns(2).await;
        let one = both.split(1).expect("two turns");
        (
            Self::start(screen, one).await,
            Self::start(screen, both).await,
        )
    }

    async fn start(screen: Screen, turn: OwnedSemaphorePermit) -> Self {
        let mut browser = Self {
            session: Session::start(turn).await,
            screen,
        };
        browser.moves_to(screen).await;
        browser.before_every_page(SCRIPT).await;
        if browser.session.firefox.is_some() {
            return browser;
        }
        let granted = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        browser.cdp("Browser.grantPermissions", granted).await;
        browser
    }

    /// The same browser on another screen, for pages from now on: what it has kept stays.
    pub async fn moves_to(&mut self, screen: Screen) {
        self.screen = screen;
        if let Some(firefox) = &self.session.firefox {
            firefox.resize(screen).await;
            return;
        }
        let touch = json!({ "enabled": screen == Screen::Phone });
        self.cdp("Emulation.setDeviceMetricsOverride", screen.metrics())
            .await;
        self.cdp("Emulation.setTouchEmulationEnabled", touch).await;
    }

    /// A command of the DevTools protocol.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.session.cdp(command, parameters).await
    }

    /// Runs a script in every page from now on, before the page's own.
    pub async fn before_every_page(&self, script: &str) {
        if let Some(firefox) = &self.session.firefox {
            firefox.before_every_page(script).await;
            return;
        }
        let source = json!({ "source": script });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    /// Light or dark, as the person has chosen.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.cdp(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Opens an address, and returns when the page has loaded.
    pub async fn goto(&self, url: &str) {
        self.session
            .call(Method::POST, "/url", &json!({ "url": url }))
            .await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.session
            .call(Method::POST, "/refresh", &json!({}))
            .await;
    }

    /// Back to the page before.
    pub async fn back(&self) {
        self.session.call(Method::POST, "/back", &json!({})).await;
    }

    /// Into the first frame of the page: from now on, that is the page.
    pub async fn enter_frame(&self) {
        self.session
            .call(Method::POST, "/frame", &json!({ "id": 0 }))
            .await;
    }

    /// What the address bar shows.
    pub async fn address(&self) -> String {
        let url = self.session.call(Method::GET, "/url", &Value::Null).await;
        url.as_str().expect("an address").to_owned()
    }

    /// The value of a JavaScript expression; promises are awaited, and what throws is null.
    pub async fn value(&self, expression: &str) -> Value {
        self.try_value(expression).await.unwrap_or_default()
    }

    async fn try_value(&self, expression: &str) -> Result<Value, Refusal> {
        let script = format!(
            "const done = arguments[0]; (async () => ({expression}))().then(done, () => done(null))"
        );
        let body = json!({ "script": script, "args": [] });
        self.session
            .try_call(Method::POST, "/execute/async", &body)
            .await
    }

    /// The value of a JavaScript expression as text; empty when it is none.
    pub async fn text(&self, expression: &str) -> String {
        self.value(expression)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The value of a JavaScript expression as soon as it is neither null, false, zero nor empty. It is looked for in the
    /// page, so that what is there for a moment only is not missed.
    pub async fn until(&self, expression: &str) -> Value {
        let look = format!(
            "(async () => {{
                const until = performance.now() + {LOOK_MS};
                for (;;) {{
                    const value = await (async () => ({expression}))().catch(() => null);
                    if (value || performance.now() > until) return value || null;
                    await new Promise((done) => setTimeout(done, 10));
                }}
            }})()"
        );
        let began = Instant::now();
        let mut told = false;
        let found = async || {
            // A page that is just being left answers with a refusal.
            let value = self.try_value(&look).await.unwrap_or_default();
            if !told && began.elapsed() > PATIENCE * 3 / 4 {
                told = true;
                self.say_what_is_seen().await;
            }
            (!value.is_null()).then_some(value)
        };
        within(PATIENCE, expression, found).await
    }

    /// For who reads of a failure.
    async fn say_what_is_seen(&self) {
        let file = std::env::temp_dir().join(format!("goodword-seen-{}.png", session_id()));
        self.screenshot(&file).await;
        let lines = self.console().await;
        eprintln!(
            "still waiting; picture: {}; console: {lines:#?}",
            file.display()
        );
    }

    /// Waits until an expression says so.
    pub async fn wait(&self, expression: &str) {
        self.until(&format!("!!({expression})")).await;
    }

    /// What the page suffered since it was loaded. Waits for the browser to have drawn, so that nothing is on its way.
    pub async fn probe(&self) -> Probe {
        let drawn = "(await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))), \
            JSON.parse(JSON.stringify(window.__probe)))";
        let record = self.value(drawn).await;
        serde_json::from_value(record).expect("the probe's record")
    }

    /// The console's lines since they were last read.
    pub async fn console(&self) -> Vec<Line> {
        if let Some(firefox) = &self.session.firefox {
            return firefox.console().await;
        }
        let lines = json!({ "type": "browser" });
        let lines = self.session.call(Method::POST, "/se/log", &lines).await;
        serde_json::from_value(lines).expect("lines")
    }

    /// Path and bytes of everything that was fetched from this origin, in order.
    pub async fn fetched_from(&self, origin: &str) -> Vec<(String, u64)> {
        let list =
            "performance.getEntriesByType('resource').map((it) => [it.name, it.transferSize])";
        let list: Vec<(String, u64)> =
            serde_json::from_value(self.value(list).await).expect("a list");
        let ours =
            |(url, bytes): (String, u64)| Some((url.strip_prefix(origin)?.to_owned(), bytes));
        list.into_iter().filter_map(ours).collect()
    }

    /// What the clipboard holds.
    pub async fn clipboard(&self) -> String {
        self.text("navigator.clipboard.readText()").await
    }

    /// Writes what is seen into a PNG file.
    pub async fn screenshot(&self, file: &Path) {
        let picture = self
            .session
            .call(Method::GET, "/screenshot", &Value::Null)
            .await;
        let picture = STANDARD
            .decode(picture.as_str().expect("a picture"))
            .expect("base64");
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, picture).expect("a file");
    }
}
