//! A bare `workerd` with one of the configurations in `tests/bench`, and what it costs the processor.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::load;
use super::request;
use crate::process::Service;
use crate::{existing, ports};

const START_LIMIT: Duration = Duration::from_secs(20);

/// Longest wait for a server to come to rest; the whole of it where the system tells no processor times.
const REST_LIMIT: Duration = Duration::from_secs(5);

/// Less processor time than this in three milliseconds is rest.
const IDLE: Duration = Duration::from_micros(50);

/// So many times in a row is rest.
const IDLE_LOOKS: u32 = 4;

/// A running server; it ends, and its folder goes, when this value is dropped.
pub(super) struct Server {
    pub port: u16,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
    pid: u32,
    // Ended before its folder is removed: fields are dropped in this order.
    service: Service,
    _folder: Folder,
}

impl Server {
    /// Starts a configuration; returns when it has answered.
    pub(super) fn start(config: &str) -> Result<Self> {
        let folder = Folder::new()?;
        let disk = folder.0.join("disk");
        std::fs::create_dir_all(&disk)?;
        let port = ports::free()?;
        let file = format!("tests/bench/{config}.capnp");
        let file = existing(&file, "the benchmark's configurations belong there")?;
        let mut command = Command::new(binary()?);
        command
            .arg("serve")
            .arg(&file)
            .arg(format!("--socket-addr=http=127.0.0.1:{port}"));
        if std::fs::read_to_string(&file)?.contains("\"disk\"") {
            command.arg(format!("--directory-path=disk={}", disk.display()));
        }
        let log = folder.0.join("workerd.log");
        let begun = Instant::now();
        let service = Service::start("workerd", &mut command, &log)?;
        let mut server = Self {
            port,
            started_in: Duration::ZERO,
            pid: service.id(),
            service,
            _folder: folder,
        };
        server.wait_for_answer(begun, &log)?;
        Ok(server)
    }

    fn wait_for_answer(&mut self, begun: Instant, log: &Path) -> Result<()> {
        // Not the slower waiting of the other commands: here the time is what is measured.
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if begun.elapsed() > START_LIMIT || self.service.has_ended() {
                let text = std::fs::read_to_string(log).unwrap_or_default();
                bail!("workerd did not start: {text}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        load::once(self.port, &request::send("GET", "/healthz", "", ""))?;
        self.started_in = begun.elapsed();
        Ok(())
    }

    /// Gives a floor what it needs to know.
    pub(super) fn tell(&self, facts: &Value) -> Result<()> {
        let request = request::send("PUT", "/", "", &facts.to_string());
        match load::once(self.port, &request)? {
            (200, _) => Ok(()),
            (_, text) => bail!("the floor did not listen: {text}"),
        }
    }

    /// Waits until nothing is done any more, but not for ever. What follows an answer may begin a few milliseconds later.
    pub(super) fn rest(&self) {
        let begun = Instant::now();
        let mut before = self.processor_time();
        let mut idle_for = 0;
        while begun.elapsed() < REST_LIMIT && idle_for < IDLE_LOOKS {
            std::thread::sleep(Duration::from_millis(3));
            let now = self.processor_time();
            let idle = now
                .zip(before)
                .is_some_and(|(now, before)| now.saturating_sub(before) < IDLE);
            idle_for = if idle { idle_for + 1 } else { 0 };
            before = now;
        }
    }

    /// Processor time of all threads so far; `None` where the system does not tell.
    pub(super) fn processor_time(&self) -> Option<Duration> {
        processor_time(self.pid)
    }
}

/// Processor time of a process, from the nanoseconds that Linux keeps for each thread.
pub(super) fn processor_time(pid: u32) -> Option<Duration> {
    let mut sum = 0;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        sum += text.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(sum))
}

/// The runtime inside wrangler's dependencies: a package for each system, of which one is installed.
pub(super) fn binary() -> Result<PathBuf> {
    let packages = existing("node_modules/@cloudflare", "run `npm ci`")?;
    for package in std::fs::read_dir(packages)? {
        let package = package?;
        let program = package.path().join("bin/workerd");
        if package
            .file_name()
            .to_string_lossy()
            .starts_with("workerd-")
            && program.exists()
        {
            return Ok(program);
        }
    }
    bail!("node_modules has no workerd: run `npm ci`")
}

/// A folder in memory where the system has one: what a disk's cache does just then is nothing of ours.
struct Folder(PathBuf);

const FOLDER_PREFIX: &str = "goodword-bench-";

impl Folder {
    fn new() -> Result<Self> {
        let name = format!("{FOLDER_PREFIX}{}-{}", std::process::id(), ports::free()?);
        let path = parent().join(name);
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn parent() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        return memory.to_owned();
    }
    std::env::temp_dir()
}

/// Removes what a run left behind that was stopped from outside.
pub(super) fn sweep() {
    for entry in std::fs::read_dir(parent()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(FOLDER_PREFIX) else {
            continue;
        };
        let run = rest.split('-').next().unwrap_or_default();
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(run).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
