//! Where a run took place: without that its figures say nothing.

use std::process::Command;

use crate::process;
use crate::root;
use crate::steps::Note;

use super::server::binary;

/// Prints the machine, the versions and the commit.
pub(super) fn print() {
    let processor = first_value("/proc/cpuinfo", "model name");
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    let memory = first_value("/proc/meminfo", "MemTotal");
    println!("machine   {count} x {processor}, {memory}, load {load}");
    let runtime = binary().map(|program| said(&mut Command::new(program), &["--version"]));
    let compiler = said(Command::new("rustc").current_dir(root()), &["--version"]);
    println!("versions  {}, {compiler}", runtime.unwrap_or_default());
    let git = |words: &[&str]| said(Command::new("git").current_dir(root()), words);
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    let changed = if git(&["status", "--porcelain"]).is_empty() {
        ""
    } else {
        ", with changes"
    };
    println!("commit    {commit}{changed}\n");
}

/// What a program prints, in one line; nothing when it fails.
fn said(command: &mut Command, words: &[&str]) -> String {
    let output = process::output(command.args(words), &Note::default());
    let text = output.map(|output| output.stdout).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn first_value(file: &str, key: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    line.and_then(|line| line.split_once(':'))
        .map_or_else(|| String::from("?"), |(_, value)| value.trim().to_owned())
}
