//! A command that goes on until somebody ends it, and then must leave nothing behind.

use std::fs;
use std::io::{BufRead, BufReader, pipe};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::checkout::Checkout;
use super::processes::{Family, Process};
use crate::process::Service;
use crate::{ports, wait};

/// A first start compiles, and another build may have to end before.
const START: Duration = Duration::from_mins(10);
/// Ending politely takes two or three seconds, on a busy machine some more.
const END: Duration = Duration::from_secs(15);

pub(super) struct Running {
    service: Service,
    name: String,
    log: PathBuf,
    folder: PathBuf,
    ports: Vec<u16>,
}

impl Running {
    /// Starts a command that will listen on these ports.
    pub(super) fn start(
        checkout: &Checkout,
        name: &str,
        mut command: Command,
        ports: &[u16],
    ) -> Result<Self> {
        let log = checkout.logs().join(format!("{name}.log"));
        let service = Service::start(name, &mut command, &log)?;
        Ok(Self::of(checkout, name, service, log, ports))
    }

    fn of(checkout: &Checkout, name: &str, service: Service, log: PathBuf, ports: &[u16]) -> Self {
        Self {
            service,
            name: name.to_owned(),
            log,
            folder: checkout.folder(),
            ports: ports.to_owned(),
        }
    }

    /// Starts a command, reads on until it has said this, and then closes the other end of its output, as a terminal
    /// does whose window is closed.
    pub(super) fn start_until_closed(
        checkout: &Checkout,
        name: &str,
        mut command: Command,
        ports: &[u16],
        last: &str,
    ) -> Result<Self> {
        let (reader, writer) = pipe()?;
        let service = Service::start_into(
            name,
            &mut command,
            writer.try_clone()?.into(),
            writer.into(),
        )?;
        // It holds the writing end as well: without this the reading would not end with the program.
        drop(command);
        let log = checkout.logs().join(format!("{name}.log"));
        let mut text = String::new();
        for line in BufReader::new(reader).lines() {
            text.push_str(&line?);
            text.push('\n');
            if text.contains(last) {
                break;
            }
        }
        fs::write(&log, &text)?;
        ensure!(
            text.contains(last),
            "it ended without saying `{last}`:\n{text}"
        );
        Ok(Self::of(checkout, name, service, log, ports))
    }

    /// What it has written.
    pub(super) fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits for a condition; an error when the command ends before.
    pub(super) fn wait_until(&mut self, ready: impl FnMut() -> bool) -> Result<()> {
        self.service.wait_until(START, &self.log, ready)
    }

    /// Waits until it has said this.
    pub(super) fn wait_for(&mut self, words: &str) -> Result<()> {
        let log = self.log.clone();
        self.wait_until(|| fs::read_to_string(&log).is_ok_and(|text| text.contains(words)))
    }

    /// Ends it as a terminal does, by a signal to the whole group.
    pub(super) fn end_by(mut self, signal: Signal) -> Result<()> {
        let family = self.family()?;
        self.service.signal(signal)?;
        self.must_be_gone(&family)
    }

    /// Kills the one process of it that has this in its command line; the rest must end by itself. What it said.
    pub(super) fn end_by_loss_of(mut self, part: &str) -> Result<String> {
        let family = self.family()?;
        let parts: Vec<&Process> = family
            .members
            .iter()
            .filter(|process| process.line.contains(part))
            .collect();
        let [victim] = parts.as_slice() else {
            bail!("{} processes of {} name {part}", parts.len(), self.name);
        };
        kill(Pid::from_raw(victim.id), Signal::SIGKILL)
            .with_context(|| format!("cannot kill {victim}"))?;
        self.must_be_gone(&family)?;
        Ok(self.text())
    }

    fn family(&self) -> Result<Family> {
        Family::of(self.service.id(), &self.folder)
    }

    /// Within seconds: it has ended, nothing that it started runs, and nobody listens on its ports.
    fn must_be_gone(&mut self, family: &Family) -> Result<()> {
        let mut left = Vec::new();
        let gone = wait::until(END, || {
            left = self.left_over(family);
            left.is_empty()
        });
        if !gone {
            family.kill();
        }
        ensure!(
            gone,
            "{} s later there is still:\n{}",
            END.as_secs(),
            left.join("\n")
        );
        Ok(())
    }

    fn left_over(&mut self, family: &Family) -> Vec<String> {
        let mut left = Vec::new();
        if !self.service.has_ended() {
            left.push(format!("{} itself", self.name));
        }
        match family.survivors() {
            Ok(survivors) => left.extend(survivors.iter().map(Process::to_string)),
            Err(error) => left.push(format!("whatever `ps` would show: {error:#}")),
        }
        for port in &self.ports {
            if ports::require_free(*port, &self.name, "").is_err() {
                left.push(format!("somebody on port {port}"));
            }
        }
        left
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where a test gave up before it ended the command, there still is a family to end.
        if let Ok(family) = self.family() {
            family.kill();
        }
    }
}
