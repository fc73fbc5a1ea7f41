//! Other programs: run to their end as a step, or kept running as a service, and never left behind.
//!
//! Each program gets a process group of its own, so that what it starts in turn (wrangler starts workerd, cargo starts
//! rustc) ends with it. Groups are ended by number; nothing is ever ended by name.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::steps::{Note, step};
use crate::{network, wait};

static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);
const GRACE: Duration = Duration::from_secs(5);

/// A program that asks for much memory and gives it back by the thousand pieces, as databases do that come and go: it keeps what
/// it has, which is not asked for again.
pub(crate) fn keeping_memory(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("MALLOC_TRIM_THRESHOLD_", "200000000");
    command
}

/// What a program wrote, and how it ended.
pub(crate) struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Both streams, for an error that shows all there is.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs a program as a step; when it fails, shows all it wrote.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<Output> {
    step(name, |note| must_succeed(name, output(command, note)?))
}

/// Runs a program silently; when it fails, shows all it wrote.
pub(crate) fn quiet(name: &str, command: &mut Command) -> Result<Output> {
    must_succeed(name, output(command, &Note::default())?)
}

/// What it wrote, or an error that shows it: one line where that tells all.
pub(crate) fn must_succeed(name: &str, output: Output) -> Result<Output> {
    if output.status.success() {
        return Ok(output);
    }
    yield_to_signal();
    let text = output.text();
    if let Some(advice) = network::advice(&text) {
        bail!("{name}: {advice}");
    }
    eprintln!("{}", text.trim_end());
    bail!("{name} failed ({})", output.status)
}

/// Runs a program and captures what it writes; `note` follows its last line.
pub(crate) fn output(command: &mut Command, note: &Note) -> Result<Output> {
    let mut child = start(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    )?;
    let readers = (
        child.stdout.take().map(|pipe| follow(pipe, note)),
        child.stderr.take().map(|pipe| follow(pipe, note)),
    );
    let status = child.wait()?;
    // What it started and left running would keep the pipes open, and this program waiting.
    end(group(&child));
    forget(&child);
    Ok(Output {
        status,
        stdout: collected(readers.0),
        stderr: collected(readers.1),
    })
}

fn follow(pipe: impl Read + Send + 'static, note: &Note) -> JoinHandle<String> {
    let note = note.clone();
    std::thread::spawn(move || read_lines(pipe, &note))
}

fn collected(reader: Option<JoinHandle<String>>) -> String {
    reader
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default()
}

fn read_lines(pipe: impl Read, note: &Note) -> String {
    let mut text = String::new();
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        let piece = String::from_utf8_lossy(&line);
        // Machine-readable lines tell a person nothing.
        if !piece.starts_with('{') {
            note.set(&piece);
        }
        text.push_str(&piece);
        line.clear();
    }
    text
}

/// Runs a program to its end, whose output is what the caller wants to see.
pub(crate) fn foreground(command: &mut Command) -> Result<ExitStatus> {
    let mut child = start(command.stdin(Stdio::null()))?;
    let status = child.wait()?;
    forget(&child);
    Ok(status)
}

/// A program that runs until this value is dropped, with its output in a log file.
pub(crate) struct Service {
    name: String,
    child: Child,
}

impl Service {
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        Self::start_into(name, command, file.try_clone()?.into(), file.into())
    }

    /// The same with its output anywhere.
    pub(crate) fn start_into(
        name: &str,
        command: &mut Command,
        stdout: Stdio,
        stderr: Stdio,
    ) -> Result<Self> {
        let child = start(command.stdin(Stdio::null()).stdout(stdout).stderr(stderr))?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    /// Waits until `ready`; an error with the end of the log when the program ends or `limit` passes first.
    pub(crate) fn wait_until(
        &mut self,
        limit: Duration,
        log: &Path,
        mut ready: impl FnMut() -> bool,
    ) -> Result<()> {
        let mut ended = false;
        let answered = wait::until(limit, || {
            ended = self.has_ended();
            ended || ready()
        });
        if answered && !ended {
            return Ok(());
        }
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!(
            "{}",
            lines
                .get(lines.len().saturating_sub(30)..)
                .unwrap_or_default()
                .join("\n")
        );
        bail!(
            "{} {}; its log is {}",
            self.name,
            if ended {
                "ended"
            } else {
                "did not answer in time"
            },
            log.display()
        )
    }

    /// The process id, which is also its group's.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the whole group, as a terminal does.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        killpg(group(&self.child), signal).with_context(|| format!("{} got no {signal}", self.name))
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        end(group(&self.child));
        // Reaps what is left of it; it has ended by now.
        let _ = self.child.wait();
        forget(&self.child);
    }
}

fn start(command: &mut Command) -> Result<Child> {
    // The lock is held until the group is known: a signal in between must not miss it.
    let mut groups = GROUPS.lock().map_err(|_| anyhow!("a thread failed"))?;
    if STOPPING.load(Ordering::SeqCst) {
        drop(groups);
        wait_for_the_end();
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    groups.push(group(&child));
    Ok(child)
}

fn group(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX))
}

fn forget(child: &Child) {
    if let Ok(mut groups) = GROUPS.lock() {
        groups.retain(|known| *known != group(child));
    }
}

/// Whether a process with this id runs.
pub(crate) fn is_alive(id: i32) -> bool {
    kill(Pid::from_raw(id), None).is_ok()
}

/// Ends every program that is still running, with all that it started.
pub(crate) fn end_all() {
    let groups = GROUPS
        .lock()
        .map(|mut groups| std::mem::take(&mut *groups))
        .unwrap_or_default();
    for known in &groups {
        let _ = killpg(*known, Signal::SIGTERM);
    }
    for known in groups {
        end(known);
    }
}

fn end(known: Pid) {
    let _ = killpg(known, Signal::SIGTERM);
    let gone = wait::until(GRACE, || {
        // A group lasts as long as one dead member has not been waited for.
        let _ = waitpid(known, Some(WaitPidFlag::WNOHANG));
        killpg(known, None).is_err()
    });
    if !gone {
        let _ = killpg(known, Signal::SIGKILL);
    }
}

/// From now on Ctrl-C and a polite `kill` end all programs first, then this one.
pub(crate) fn stop_on_signal() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            STOPPING.store(true, Ordering::SeqCst);
            // A terminal that was closed takes no more text, and everything must end all the same.
            let _ = writeln!(std::io::stdout(), "\n  stopping");
            end_all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// Returns at once, unless a signal is just ending everything: then nothing may go on, fail or exit beside that.
pub(crate) fn yield_to_signal() {
    if STOPPING.load(Ordering::SeqCst) {
        wait_for_the_end();
    }
}

fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}
