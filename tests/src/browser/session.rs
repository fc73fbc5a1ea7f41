//! One WebDriver session: a browser of its own, with a profile that nobody used before and nobody uses after.

use std::fs::remove_dir_all;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::firefox::{self, Beginning, Firefox};
use crate::store::ids::session_id;

/// A browser is a dozen processes: two at once are as many as a small machine takes.
pub(super) const MOST_AT_ONCE: u32 = 2;

/// Longer than any command may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pages reach this machine and nobody else: what they ask for elsewhere has no address.
const THIS_MACHINE_ALONE: &str =
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

/// The name under which WebDriver passes an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open session. Dropping it ends the browser.
#[derive(Debug)]
pub(super) struct Session {
    http: Client,
    url: String,
    profile: PathBuf,
    /// What Firefox has beside WebDriver; none in Chromium.
    pub(super) firefox: Option<Firefox>,
    _turn: OwnedSemaphorePermit,
}

/// What WebDriver says when it refuses a command.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Such as `element click intercepted`.
    pub(super) error: String,
    /// In words.
    pub(super) message: String,
}

/// Turns for so many browsers, all at once: a test that waited for its second one while holding its first could wait
/// for another test that does the same.
pub(super) async fn turns(many: u32) -> OwnedSemaphorePermit {
    use std::sync::{Arc, LazyLock};
    static TURNS: LazyLock<Arc<Semaphore>> =
        LazyLock::new(|| Arc::new(Semaphore::new(MOST_AT_ONCE as usize)));
    let turns = Arc::clone(&TURNS);
    turns.acquire_many_owned(many).await.expect("never closed")
}

impl Session {
    pub(super) async fn start(turn: OwnedSemaphorePermit) -> Self {
        let profile = std::env::temp_dir().join(format!("goodword-browser-{}", session_id()));
        let http = Client::builder()
            .timeout(PATIENCE)
            .build()
            .expect("an HTTP client");
        let is_firefox = firefox::is_this_run();
        let driver = if is_firefox {
            firefox::take_driver()
        } else {
            required("CHROMEDRIVER_URL")
        };
        let url = format!("{}/session", driver.trim_end_matches('/'));
        let mut session = Self {
            http,
            url,
            profile,
            firefox: None,
            _turn: turn,
        };
        if is_firefox {
            session.start_firefox().await;
        } else {
            let wishes = session.capabilities();
            session.make(&wishes).await;
        }
        session
    }

    async fn start_firefox(&mut self) {
        let beginning = Beginning::new().await;
        let wishes = beginning.capabilities(&required("FIREFOX"));
        let capabilities = self.make(&wishes).await;
        let window = self.call(Method::GET, "/window", &Value::Null).await;
        self.firefox = Some(beginning.connect(&capabilities, &window).await);
    }

    /// Starts a browser with these capabilities, and returns those that it has.
    async fn make(&mut self, wishes: &Value) -> Value {
        let mut made = self.call(Method::POST, "", wishes).await;
        let id = made["sessionId"].as_str().expect("a session's id");
        self.url = format!("{}/{id}", self.url);
        made["capabilities"].take()
    }

    fn capabilities(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.display());
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "timeouts": { "script": 30_000, "pageLoad": 30_000 },
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": required("CHROMIUM"),
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--disable-dev-shm-usage", "--lang=en-IE", "--window-size=1280,800", THIS_MACHINE_ALONE,
                    profile,
                ],
            },
        } } })
    }

    /// A command, whose refusal fails the test.
    pub(super) async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.try_call(method.clone(), path, body).await;
        answer.unwrap_or_else(|no| panic!("{method} {path} {body}: {}: {}", no.error, no.message))
    }

    /// A command that may be refused.
    pub(super) async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let url = format!("{}{path}", self.url);
        let mut request = self.http.request(method.clone(), url);
        if method == Method::POST {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the driver answers");
        let fine = answer.status().is_success();
        let mut answer: Value = answer.json().await.expect("JSON");
        let value = answer["value"].take();
        if fine {
            return Ok(value);
        }
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let message = text("message");
        Err(Refusal {
            error: text("error"),
            // What follows is the driver's own stack.
            message: message
                .split("\n  (Session")
                .next()
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// A command of the DevTools protocol.
    pub(super) async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.call(Method::POST, "/goog/cdp/execute", &body).await
    }
}

/// A variable that `cargo xtask test` sets.
fn required(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run through `cargo xtask test`"))
}

/// The id of an element that a script has returned.
pub(super) fn element_id(found: &Value) -> Option<&str> {
    found[ELEMENT].as_str()
}

impl Drop for Session {
    /// By hand, because a test that panics has no runtime left to wait in.
    fn drop(&mut self) {
        let ended = (|| {
            let rest = self.url.strip_prefix("http://")?;
            let (host, path) = rest.split_once('/')?;
            let mut line = TcpStream::connect(host).ok()?;
            line.set_read_timeout(Some(PATIENCE)).ok()?;
            let request =
                format!("DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            line.write_all(request.as_bytes()).ok()?;
            // The driver answers when the browser has ended, and keeps the line open.
            line.read(&mut [0; 512]).ok()
        })();
        if ended.is_none() {
            eprintln!("a browser may be left behind: {}", self.url);
        }
        // What is left of it harms nobody.
        let _ = remove_dir_all(&self.profile);
        if firefox::is_this_run()
            && let Some((driver, _)) = self.url.split_once("/session")
        {
            firefox::give_back(driver.to_owned());
        }
    }
}
