//! A command that goes on until somebody stops it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use goodword_tests::harness::eventually::within;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// Compiling is part of a first start.
const START: Duration = Duration::from_mins(10);

/// What it takes to end everything politely.
const END: Duration = Duration::from_secs(20);

/// A running command with a process group of its own, as a terminal gives it.
pub(super) struct Running {
    child: Child,
    group: Pid,
    log: PathBuf,
}

impl Running {
    /// Starts it.
    pub(super) fn start(mut command: Command, log: &Path) -> Self {
        let file = File::create(log).expect("a log");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log"))
            .stderr(file)
            .process_group(0)
            .spawn()
            .expect("a program");
        let id = child.id().expect("it runs");
        Self {
            child,
            group: Pid::from_raw(i32::try_from(id).expect("a process id")),
            log: log.to_owned(),
        }
    }

    /// What it has printed.
    pub(super) fn printed(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has printed this.
    pub(super) async fn until_printed(&mut self, text: &str) {
        within(
            START,
            &format!("`{text}` in {}", self.log.display()),
            async || {
                self.must_run();
                self.printed().contains(text).then_some(())
            },
        )
        .await;
    }

    /// Waits until an address is answered with a 200, and returns the text.
    pub(super) async fn until_answered(&mut self, url: &str) -> String {
        within(START, &format!("an answer of {url}"), async || {
            self.must_run();
            get(url).await
        })
        .await
    }

    /// Ctrl-C, and everything that it had started is gone: no process of this folder, nobody on these ports.
    pub(super) async fn interrupt(mut self, folder: &Path, ports: &[u16]) {
        killpg(self.group, Signal::SIGINT).expect("a running group");
        let ended = tokio::time::timeout(END, self.child.wait()).await;
        assert!(ended.is_ok(), "it goes on: {}", self.printed());
        within(END, "an end of everything", async || {
            let quiet = ports.iter().all(|port| !is_taken(*port));
            (quiet && left_over(folder).is_empty()).then_some(())
        })
        .await;
    }

    fn must_run(&mut self) {
        let ended = self.child.try_wait().expect("a child of ours");
        assert!(ended.is_none(), "it ended: {}", self.printed());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only after a failure is there anything left to end.
        let _ = killpg(self.group, Signal::SIGTERM);
    }
}

/// A port that is free just now.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// The text of an address that answers 200.
pub(super) async fn get(url: &str) -> Option<String> {
    let answer = reqwest::get(url).await.ok()?;
    if answer.status() != 200 {
        return None;
    }
    answer.text().await.ok()
}

fn is_taken(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Command lines of processes that belong to a folder.
fn left_over(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&*folder))
        .collect()
}
