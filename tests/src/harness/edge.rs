//! A running edge: the one that all tests share, or one of a test's own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use reqwest::Client;
use reqwest::redirect::Policy;
use sha2::Sha256;

use super::call::Call;
use super::warm::keep_open;

/// Longer than anything an edge may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where an edge answers, and what it takes to administer it.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Its address, such as `http://127.0.0.1:8787`, without a slash at its end.
    pub url: String,
    /// Where it keeps its state.
    pub(super) state: PathBuf,
    /// What it was configured by.
    pub(super) config: PathBuf,
    admin_key: String,
    client: Client,
}

impl Edge {
    /// The edge that all tests share. `cargo xtask test` starts it.
    pub fn shared() -> Self {
        Self::new(
            required("GOODWORD_EDGE"),
            &required("GOODWORD_SECRET"),
            required("GOODWORD_PERSIST").into(),
            required("GOODWORD_CONFIG").into(),
        )
    }

    /// An edge that was started with this secret (64 hex digits), state folder and configuration.
    pub(super) fn new(url: String, secret: &str, state: PathBuf, config: PathBuf) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            // A connection that sat idle may just have been closed by the other side.
            .pool_max_idle_per_host(0)
            .build()
            .expect("an HTTP client");
        keep_open(&url);
        Self {
            url,
            state,
            config,
            admin_key: admin_key(secret),
            client,
        }
    }

    /// A call to a path of it, such as `/healthz`.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.client.clone(), method, format!("{}{path}", self.url))
    }

    /// The status that a path answers, `None` while nothing listens.
    pub(super) async fn try_call(&self, path: &str) -> Option<u16> {
        let url = format!("{}{path}", self.url);
        let answer = self.client.get(url).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    /// Whether any file of its state holds this text, in the clear.
    pub fn stores(&self, text: &str) -> bool {
        let mut folders = vec![self.state.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                // A file may go while its folder is read.
                let bytes = fs::read(&path).unwrap_or_default();
                if bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
                {
                    return true;
                }
            }
        }
        false
    }

    /// Where the files lie that it serves as they are.
    pub fn files(&self) -> PathBuf {
        let config = fs::read_to_string(&self.config).expect("a configuration");
        let directory = config.lines().find_map(|line| {
            let path = line.strip_prefix("directory = \"")?;
            path.strip_suffix('"')
        });
        let directory = directory.expect("a folder of files");
        let folder = self.config.parent().expect("a folder");
        folder.join(directory)
    }

    /// The key that may create programs.
    pub fn admin_key(&self) -> &str {
        &self.admin_key
    }

    /// `ws://` and its address.
    pub fn socket_url(&self) -> String {
        self.url.replacen("http", "ws", 1)
    }
}

/// Whether this is the long run (`cargo xtask test --full`), which leaves nothing out.
pub(crate) fn is_long_run() -> bool {
    env::var_os("GOODWORD_FULL").is_some()
}

/// A variable that `cargo xtask test` sets.
pub(crate) fn required(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run through `cargo xtask test`"))
}

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this crate lies in a workspace")
}

/// Derived from the secret as the deployment does it.
fn admin_key(secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&unhex(secret)).expect("any length is a key");
    mac.update(b"goodword/admin-key/v1");
    let digest = mac.finalize().into_bytes();
    format!("gw_admin_{}", URL_SAFE_NO_PAD.encode(digest))
}

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len(), 64, "the secret is 64 hex digits");
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits");
    (0..text.len()).step_by(2).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::admin_key;

    #[test]
    fn the_admin_key_follows_from_the_secret_alone() {
        assert_eq!(
            admin_key(&"00".repeat(32)),
            "gw_admin_UMc7tMJq3gEm24eKKkw7l0Rd49P7vmXe3-KIH-KGwT8"
        );
    }
}
