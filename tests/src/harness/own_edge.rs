//! An edge of a test's own, for what must not happen to the shared one: to be killed, started again, or given another
//! secret.
//!
//! It runs the bundle that the shared edge runs, by a copy of its configuration: nothing is built again.

use std::fs;
use std::net::TcpListener;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::edge::{Edge, required, root};
use super::eventually::within;
use super::noted::run_folder;
use super::watched::Watched;
use crate::store::ids::session_id;

/// Wrangler takes seconds to start; on a busy machine many.
const PATIENCE: Duration = Duration::from_mins(2);

const PORTS: Range<u16> = 12_000..32_000;

/// A running edge with a state of its own.
#[derive(Debug)]
pub struct OwnEdge {
    folder: PathBuf,
    port: u16,
    secret: String,
    running: Option<Watched>,
    /// Below which path it answers.
    base: &'static str,
}

impl OwnEdge {
    /// Starts one whose short links are those of this program.
    pub async fn start(default_program: &str) -> Self {
        Self::start_with(default_program, |config| config).await
    }

    /// Starts one that serves no files: only then does this version of wrangler hand scheduled events to the Worker.
    pub async fn start_for_cron() -> Self {
        Self::start_with("demo", |config| {
            let (before, assets) = config.split_once("[assets]").expect("a section");
            let after = assets.find("\n[").map_or("", |end| &assets[end..]);
            format!("{before}{after}")
        })
        .await
    }

    /// Starts one whose KV answers what it has read for as long as it may, however old that is by then.
    pub async fn start_with_stale_kv() -> Self {
        Self::start_with("demo", |config| {
            let (before, namespace) = config
                .split_once("[[kv_namespaces]]")
                .expect("a KV namespace");
            let after = namespace.find("\n[").map_or("", |end| &namespace[end..]);
            let bound = "[[services]]\nbinding = \"GOODWORD\"\nservice = \"stale-kv\"\nentrypoint = \"StaleKv\"\n";
            format!("{before}{bound}{after}")
        })
        .await
    }

    /// Starts one that answers below a path of its host, as on a host that is a shop's own.
    pub async fn start_below(base: &'static str) -> Self {
        let mut own = Self::start_with("demo", |config| {
            let (root, below) = ("BASE_PATH = \"\"", format!("BASE_PATH = \"{base}\""));
            assert!(config.contains(root), "{config}");
            config.replace(root, &below)
        })
        .await;
        own.base = base;
        own
    }

    async fn start_with(default_program: &str, change: impl FnOnce(String) -> String) -> Self {
        let id = session_id();
        let folder = run_folder().expect("GOODWORD_CONFIG names a file");
        let folder = folder.join(format!("edge-{id}"));
        fs::create_dir_all(folder.join("tmp")).expect("a folder of our own");
        let shared = fs::read_to_string(required("GOODWORD_CONFIG")).expect("a configuration");
        let named = format!("DEFAULT_PROGRAM = \"{default_program}\"");
        let config = shared.replace("DEFAULT_PROGRAM = \"demo\"", &named);
        assert!(config.contains(&named) && !config.contains("[build]"));
        fs::write(folder.join("wrangler.toml"), change(config)).expect("a file of our own");
        let mut own = Self {
            folder,
            port: free_port(),
            secret: new_secret(),
            running: None,
            base: "",
        };
        own.write_secrets(None);
        own.run().await;
        own
    }

    /// The edge as tests call it.
    pub fn edge(&self) -> Edge {
        let url = format!("http://127.0.0.1:{}{}", self.port, self.base);
        let (state, config) = (self.folder.join("state"), self.folder.join("wrangler.toml"));
        Edge::new(url, &self.secret, state, config)
    }

    /// Kills it without a warning.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Kills it, and starts it again on the state that it left.
    pub async fn restart(&mut self) {
        self.kill();
        self.run().await;
    }

    /// Starts it again with a new secret, and the one before it as the previous one.
    pub async fn rotate_secret(&mut self) {
        self.kill();
        let previous = std::mem::replace(&mut self.secret, new_secret());
        self.write_secrets(Some(&previous));
        self.run().await;
    }

    /// Starts it again with its secret alone.
    pub async fn forget_previous_secret(&mut self) {
        self.kill();
        self.write_secrets(None);
        self.run().await;
    }

    fn write_secrets(&self, previous: Option<&str>) {
        let before = previous.map_or_else(String::new, |secret| {
            format!("GOODWORD_SECRET_PREVIOUS=\"{secret}\"\n")
        });
        let text = format!("GOODWORD_SECRET=\"{}\"\n{before}", self.secret);
        fs::write(self.folder.join(".dev.vars"), text).expect("a file of our own");
    }

    async fn run(&mut self) {
        let log = self.folder.join("edge.log");
        self.running = Some(spawn(&self.folder, self.port, &log));
        let edge = self.edge();
        let healthy = async || {
            let health = edge.try_call("/healthz").await?;
            (health == 200).then_some(())
        };
        within(
            PATIENCE,
            &format!("an edge; see {}", log.display()),
            healthy,
        )
        .await;
    }
}

impl Drop for OwnEdge {
    fn drop(&mut self) {
        self.kill();
        // State and log stay for the search that follows all tests. What wrangler kept for itself, copies of the bundle above
        // all, harms nobody where it stays.
        for own in ["tmp", ".wrangler"] {
            let _ = fs::remove_dir_all(self.folder.join(own));
        }
    }
}

fn spawn(folder: &Path, port: u16, log: &Path) -> Watched {
    let port = port.to_string();
    let config = folder.join("wrangler.toml");
    let bound = fs::read_to_string(&config).unwrap_or_default();
    let mut beside = Vec::new();
    if bound.contains("stale-kv") {
        beside.extend([
            "--config".into(),
            root().join("tests/stale-kv/wrangler.toml"),
        ]);
    }
    let wrangler = root().join("node_modules/.bin/wrangler");
    let mut command = Watched::command(wrangler.as_os_str());
    command
        .args(["dev", "--ip", "127.0.0.1", "--port", &port])
        .args([
            "--inspector-port",
            "0",
            "--show-interactive-dev-session=false",
        ])
        .arg("--config")
        .arg(config)
        .args(beside)
        .arg("--persist-to")
        .arg(folder.join("state"))
        .env("WRANGLER_SEND_METRICS", "false")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("CI", "1")
        // Killed, it cannot tidy up: what it keeps for itself goes with the folder.
        .env("TMPDIR", folder.join("tmp"))
        .current_dir(root());
    Watched::start(command, log)
}

/// A port below those that the system gives to outgoing connections: nobody takes it between two starts.
fn free_port() -> u16 {
    let drawn = u16::from_str_radix(&session_id()[..4], 16).expect("hex digits");
    (0..1_000)
        .map(|step| PORTS.start + (drawn.wrapping_add(step) % (PORTS.end - PORTS.start)))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

fn new_secret() -> String {
    session_id() + &session_id()
}
