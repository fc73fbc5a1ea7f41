//! The contract, held against the real Worker: a fuzzer reads openapi.yaml as the edge serves it, makes up requests that are
//! as documented and requests that are not, and judges every answer.
//!
//! The fuzzer is schemathesis, from PyPI, in the versions that `tests/contract/requirements.txt` names. It is installed below
//! `target/`, and nothing of it anywhere else.

use std::process::Command;

use super::counts::{Counts, lines_of_numbers};
use super::edge::Edge;
use crate::{process, python, root, vars};

const REQUIREMENTS: &str = "tests/contract/requirements.txt";

/// Examples for each operation: some minutes, and a quarter of an hour.
const USUAL: u32 = 20;
const FULL: u32 = 120;

/// Runs the fuzzer against an edge that is running; `full` is the long run.
pub(super) fn run(counts: &mut Counts, edge: &Edge, full: bool) {
    let mut python = None;
    counts.stage("the contract's fuzzer", || {
        // One run a test of it: compiling all of it takes longer.
        python = Some(python::packages(
            "contract",
            REQUIREMENTS,
            &["--no-compile"],
        )?);
        Ok(())
    });
    let Some(packages) = python else {
        return;
    };
    let said = counts.check("every answer is as the contract says", || {
        let mut command = Command::new("python3");
        command
            .arg("-B")
            .arg(root().join("tests/contract/run.py"))
            .args([
                "--max-examples",
                &(if full { FULL } else { USUAL }).to_string(),
            ])
            .env("PYTHONPATH", &packages)
            .env("GOODWORD_EDGE", &edge.url)
            .env("GOODWORD_ADMIN_KEY", vars::admin_key(&edge.secret)?)
            .current_dir(&edge.folder);
        Ok(process::quiet("schemathesis", &mut command)?.stdout)
    });
    for line in lines_of_numbers(&said.unwrap_or_default()) {
        println!("      {line}");
    }
}
