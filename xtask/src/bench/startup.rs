//! What the bundle adds to the start of a runtime: compiling, instantiating, and the first answer.

use std::time::Duration;

use anyhow::Result;

use super::Effort;
use super::measure::Spread;
use super::server::Server;
use super::table::Line;
use crate::steps::step;

/// Longest addition.
const BUDGET: Duration = Duration::from_millis(50);

/// The runtime with our bundle against the runtime with an empty Worker, in turns.
pub(super) fn starts(effort: &Effort) -> Result<Vec<Line>> {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    step("start against empty.js", |note| {
        for at in 0..effort.starts {
            note.set(&format!("start {} of {}", at + 1, effort.starts));
            ours.push(Server::start("goodword")?.started_in);
            floor.push(Server::start("empty")?.started_in);
        }
        Ok(())
    })?;
    let seconds = |times: &[Duration]| Spread::of(times.iter().map(Duration::as_secs_f64));
    let added = ours.iter().zip(&floor);
    let added = Spread::of(added.map(|(ours, floor)| ours.as_secs_f64() - floor.as_secs_f64()));
    let line = Line::added_time(
        "start to first answer",
        "an empty Worker",
        BUDGET,
        &seconds(&ours),
        &seconds(&floor),
        &added,
    );
    Ok(vec![line])
}
