//! The platforms' own libraries, beside our reading of their signatures.
//!
//! They are npm packages in the versions of `tests/oracles/js/package-lock.json`, installed there and nowhere else: no build
//! needs them, and nothing of them reaches a storefront.

use std::process::Command;

use super::cargo;
use super::counts::Counts;
use crate::{root, setup};

/// Installs what is missing, and runs the tests.
pub(super) fn run(counts: &mut Counts) {
    let folder = root().join("tests/oracles/js");
    if counts.stage("libraries of the platforms", || setup::npm_in(&folder)) {
        counts.tests("signatures, judged by the platforms", tests());
    }
}

fn tests() -> Command {
    cargo(&["test", "--package", "goodword-oracles", "--", "--nocapture"])
}
