//! Firefox, where it is not driven as Chromium is.
//!
//! Taps, keys, addresses and scripts are plain WebDriver, and the same for both. What Chromium does by its DevTools
//! protocol (a screen's size, scripts before every page, the console) Firefox does by WebDriver BiDi; and its line is made
//! slow, or cut, by a proxy of our own, because neither protocol can do it.

mod bidi;
mod lines;
mod proxy;

use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::{Value, json};

use self::bidi::Bidi;
use self::proxy::Proxy;
use super::console;
use super::network::Line;
use super::screen::Screen;

/// Where `cargo xtask test --full` names the drivers that it has started, with spaces in between. They are there when the
/// tests are to run in Firefox.
const DRIVERS: &str = "GECKODRIVERS";

/// Those that drive nothing just now: each of them drives one browser at a time.
static FREE: LazyLock<Mutex<Vec<String>>> = LazyLock::new(|| {
    let named = std::env::var(DRIVERS).unwrap_or_default();
    Mutex::new(named.split_whitespace().map(str::to_owned).collect())
});

/// Whether this run is Firefox's.
pub fn is_this_run() -> bool {
    std::env::var_os(DRIVERS).is_some()
}

/// A driver that nobody else has until it is given back.
pub(super) fn take_driver() -> String {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.pop().expect("a driver for every turn")
}

/// Gives a driver back.
pub(super) fn give_back(driver: String) {
    FREE.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(driver);
}

/// What is particular to a running Firefox.
#[derive(Debug)]
pub(super) struct Firefox {
    bidi: Bidi,
    context: String,
    proxy: Proxy,
}

/// One that is being started: its proxy must be there before.
#[derive(Debug)]
pub(super) struct Beginning {
    proxy: Proxy,
}

impl Beginning {
    /// Opens the proxy.
    pub(super) async fn new() -> Self {
        let proxy = Proxy::start().await;
        Self { proxy }
    }

    /// As `POST /session` takes them.
    pub(super) fn capabilities(&self, binary: &str) -> Value {
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "firefox",
            "webSocketUrl": true,
            "timeouts": { "script": 30_000, "pageLoad": 30_000 },
            "proxy": { "proxyType": "manual", "socksProxy": self.proxy.address, "socksVersion": 5 },
            "moz:firefoxOptions": {
                "binary": binary,
                "args": ["-headless", "--width", "1280", "--height", "800"],
                "prefs": {
                    "intl.accept_languages": "en-IE, en",
                    // The site and the edge are on this machine.
                    "network.proxy.allow_hijacking_localhost": true,
                    "network.proxy.failover_direct": false,
                    // Nobody is asked whether a test may read what was copied.
                    "dom.events.testing.asyncClipboard": true,
                },
            },
        } } })
    }

    /// Connects to the browser that was started with these capabilities.
    pub(super) async fn connect(self, capabilities: &Value, window: &Value) -> Firefox {
        let address = capabilities["webSocketUrl"].as_str().expect("an address");
        let bidi = Bidi::connect(address).await;
        let events = json!({ "events": ["log.entryAdded"] });
        bidi.command("session.subscribe", events).await;
        Firefox {
            bidi,
            context: window.as_str().expect("a window").to_owned(),
            proxy: self.proxy,
        }
    }
}

impl Firefox {
    /// Its screen is of this size from now on.
    pub(super) async fn resize(&self, screen: Screen) {
        let (width, height) = screen.size();
        let scale = if screen == Screen::Phone { 2.0 } else { 1.0 };
        let size = json!({
            "context": self.context,
            "viewport": { "width": width, "height": height },
            "devicePixelRatio": scale,
        });
        self.bidi.command("browsingContext.setViewport", size).await;
    }

    /// Runs a script in every page from now on, before the page's own.
    pub(super) async fn before_every_page(&self, script: &str) {
        let function = json!({ "functionDeclaration": format!("() => {{\n{script}\n}}") });
        self.bidi.command("script.addPreloadScript", function).await;
    }

    /// The console's lines since they were last read.
    pub(super) async fn console(&self) -> Vec<console::Line> {
        // What the page has written before it answers is told before that.
        let nothing = json!({
            "expression": "0", "awaitPromise": false, "target": { "context": self.context },
        });
        self.bidi.command("script.evaluate", nothing).await;
        let entries = self.bidi.entries().await;
        entries.iter().map(lines::line).collect()
    }

    /// The line is like this from now on.
    pub(super) fn line_is(&self, line: Line) {
        self.proxy.line_is(line);
    }
}
