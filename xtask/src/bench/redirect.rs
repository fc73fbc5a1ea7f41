//! The click: `/r/CODE` against Workers in plain JavaScript that do less.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;

use super::Effort;
use super::load::{drive, once};
use super::measure::{CONNECTIONS, Pairs, run};
use super::program::Program;
use super::request;
use super::server::Server;
use super::table::Line;
use crate::steps::step;

/// Codes in memory.
const CODES: usize = 1_000;

/// From isolate memory, against a look-up alone and against a look-up that signs.
pub(super) fn from_memory(effort: &Effort) -> Result<Vec<Line>> {
    let (ours, codes) = step("1,000 customers enrolled", |_| {
        let ours = Server::start("goodword")?;
        let program = Program::create(&ours)?;
        let codes = program.enrol(&ours, CODES)?;
        Ok((ours, codes))
    })?;
    let mut lines = Vec::new();
    for (config, floor, budget) in [
        ("lookup", "JavaScript, look-up alone", 0.75),
        ("sign", "JavaScript, look-up and WebCrypto", 1.0),
    ] {
        let pairs = step(&format!("redirect against {config}.js"), |note| {
            let beside = Server::start(config)?;
            teach(&beside, &codes)?;
            Pairs::take(
                effort.pairs,
                || clicks(&ours, &codes, effort.run),
                || clicks(&beside, &codes, effort.run),
                |at| note.set(&format!("pair {} of {}", at + 1, effort.pairs)),
            )
        })?;
        lines.push(Line::speed("redirect from memory", floor, budget, &pairs));
    }
    Ok(lines)
}

/// Through KV: the isolate knows the program, but never the code.
pub(super) fn through_kv(effort: &Effort) -> Result<Line> {
    let pairs = step("redirect against kv.js", |note| {
        let ours = Server::start("goodword")?;
        Program::create(&ours)?;
        let beside = Server::start("kv")?;
        let mut asked = 0;
        let mut fresh = |server: &Server| {
            let first = asked;
            let taken = run(server, effort.run, 302, |number, into| {
                asked = first + number;
                // A chosen word: eight symbols carry no check symbol, so that any of them may exist.
                request::click(&format!("W{asked:07}"), into);
                true
            });
            asked += 1;
            taken
        };
        let fresh = std::cell::RefCell::new(&mut fresh);
        Pairs::take(
            effort.pairs,
            || (fresh.borrow_mut())(&ours),
            || (fresh.borrow_mut())(&beside),
            |at| note.set(&format!("pair {} of {}", at + 1, effort.pairs)),
        )
    })?;
    Ok(Line::speed(
        "redirect through KV",
        "JavaScript, one KV get and WebCrypto",
        0.8,
        &pairs,
    ))
}

fn teach(floor: &Server, codes: &[String]) -> Result<()> {
    let (status, text) = once(
        floor.port,
        &request::send("PUT", "/", "", &json!(codes).to_string()),
    )?;
    if status != 200 {
        bail!("the floor did not take the codes: {text}");
    }
    Ok(())
}

fn clicks(server: &Server, codes: &[String], lasting: Duration) -> Result<super::measure::Run> {
    let click = |number: usize, into: &mut Vec<u8>| {
        // 7 and 1,000 have no common factor: every code gets its turn, and neighbours differ.
        let code = codes.get(number * 7 % codes.len());
        request::click(code.map_or("", String::as_str), into);
    };
    // Each code once: what is remembered for a minute is remembered anew.
    drive(
        server.port,
        CONNECTIONS,
        |number, into| {
            click(number, into);
            number < codes.len()
        },
        |_| Ok(()),
    )?;
    run(server, lasting, 302, |number, into| {
        click(number, into);
        true
    })
}
