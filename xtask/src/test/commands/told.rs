//! What a command that has ended said, and whether that is what it should have said.

use anyhow::{Result, ensure};

use crate::process::Output;

pub(super) struct Told(pub(super) Output);

impl Told {
    pub(super) fn succeeded(&self) -> Result<()> {
        ensure!(
            self.0.status.success(),
            "{}\n{}",
            self.0.status,
            self.0.text()
        );
        Ok(())
    }

    /// That all of this was said, on either stream.
    pub(super) fn says(&self, pieces: &[&str]) -> Result<()> {
        let text = self.0.text();
        for piece in pieces {
            ensure!(
                text.contains(piece),
                "`{piece}` is not in what it said:\n{text}"
            );
        }
        Ok(())
    }

    /// That it failed with this code, and one line tells why: a line that has all of these pieces.
    pub(super) fn fails(&self, code: i32, pieces: &[&str]) -> Result<()> {
        ensure!(
            self.0.status.code() == Some(code),
            "{}, not {code}\n{}",
            self.0.status,
            self.0.text()
        );
        // What cargo says of itself begins with white space.
        let lines: Vec<&str> = self
            .0
            .stderr
            .lines()
            .filter(|line| !line.starts_with(' '))
            .collect();
        let [line] = lines.as_slice() else {
            anyhow::bail!("not one line, but {}:\n{}", lines.len(), self.0.text());
        };
        ensure!(line.starts_with("error: "), "no error: {line}");
        for piece in pieces {
            ensure!(line.contains(piece), "`{piece}` is not in: {line}");
        }
        Ok(())
    }

    /// That no step of the command had begun before it gave up.
    pub(super) fn had_not_begun(&self) -> Result<()> {
        let text = &self.0.stdout;
        ensure!(text.is_empty(), "it had begun:\n{text}");
        Ok(())
    }
}
