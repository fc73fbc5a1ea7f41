//! Programs that tests start. Each is ended with all that it started when it is dropped, and by a watchdog when the test's
//! own process is gone before that.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Runs a program until standard input ends, which it does when the test's process does, however it ends; then ends the
/// whole process group.
const WATCHDOG: &str = r#""$@" </dev/null & read -r _; kill -KILL -- "-$$""#;

/// A running program.
#[derive(Debug)]
pub(crate) struct Watched(Child);

impl Watched {
    /// What runs this program below the watchdog; its arguments are still to be said.
    pub(crate) fn command(program: &OsStr) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "watched"]).arg(program);
        command
    }

    /// Starts it; what it says is added to a log.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log);
        let log = log.expect("a log file");
        let started = command
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .process_group(0)
            .spawn();
        Self(started.expect("a shell"))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.0.id()).expect("a process id"));
        // It may have ended by itself; then there is nothing to kill.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.0.wait();
    }
}
