//! What runs on this machine, as far as a command under test has started it.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::process;

pub(super) struct Process {
    pub(super) id: i32,
    parent: i32,
    group: i32,
    /// Its program and arguments.
    pub(super) line: String,
}

impl Display for Process {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{} {}", self.id, self.line)
    }
}

/// Everything that runs. A process that has ended and whose parent has not asked for it does not.
fn running() -> Result<Vec<Process>> {
    let columns = ["pid=", "ppid=", "pgid=", "stat=", "args="];
    let mut command = Command::new("ps");
    command.args(["-A", "-ww"]);
    for column in columns {
        command.args(["-o", column]);
    }
    let listed = process::quiet("ps", &mut command)?;
    let processes = listed.stdout.lines().filter_map(parse);
    Ok(processes.collect())
}

fn parse(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    let mut number = || words.next()?.parse().ok();
    let (id, parent, group) = (number()?, number()?, number()?);
    let state = words.next()?;
    let line = words.collect::<Vec<_>>().join(" ");
    (!state.starts_with('Z')).then_some(Process {
        id,
        parent,
        group,
        line,
    })
}

/// The processes whose command line names a folder.
pub(super) fn naming(folder: &Path) -> Result<Vec<Process>> {
    let folder = folder.to_str().context("a path has odd characters")?;
    let mut found = running()?;
    found.retain(|process| process.line.contains(folder));
    Ok(found)
}

/// A command with all that it has started.
pub(super) struct Family {
    /// The members at the time when they were asked for.
    pub(super) members: Vec<Process>,
    groups: BTreeSet<i32>,
    folder: PathBuf,
}

impl Family {
    /// The family of the command with this process id, which works in this folder.
    pub(super) fn of(id: u32, folder: &Path) -> Result<Self> {
        let (mut others, mut known) = (running()?, BTreeSet::from([i32::try_from(id)?]));
        let mut members = Vec::new();
        loop {
            let is_member = |process: &mut Process| {
                known.contains(&process.id) || known.contains(&process.parent)
            };
            let found: Vec<Process> = others.extract_if(.., is_member).collect();
            if found.is_empty() {
                break;
            }
            known.extend(found.iter().map(|process| process.id));
            members.extend(found);
        }
        Ok(Self {
            groups: members.iter().map(|process| process.group).collect(),
            members,
            folder: folder.to_owned(),
        })
    }

    /// Who of it still runs: everybody of its process groups, and whoever has to do with its folder.
    pub(super) fn survivors(&self) -> Result<Vec<Process>> {
        let mut found = naming(&self.folder)?;
        let known: BTreeSet<i32> = found.iter().map(|process| process.id).collect();
        found.extend(running()?.into_iter().filter(|process| {
            self.groups.contains(&process.group) && !known.contains(&process.id)
        }));
        Ok(found)
    }

    /// Ends at once whoever is left: a command that failed its test must not go on beside the next one.
    pub(super) fn kill(&self) {
        for group in &self.groups {
            let _ = killpg(Pid::from_raw(*group), Signal::SIGKILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, parse};

    #[test]
    fn a_process_is_read_from_its_line_unless_it_has_ended() {
        let process = parse(" 12  1 12 Ss   node a.js --port 1");
        assert!(
            process.is_some_and(|process| process.id == 12 && process.line == "node a.js --port 1")
        );
        assert!(parse(" 13  1 12 Z    node <defunct>").is_none());
    }

    #[test]
    fn this_very_process_is_in_its_own_family() -> anyhow::Result<()> {
        let family = Family::of(std::process::id(), std::path::Path::new("/nowhere"))?;
        assert!(!family.members.is_empty());
        assert!(!family.survivors()?.is_empty());
        Ok(())
    }
}
