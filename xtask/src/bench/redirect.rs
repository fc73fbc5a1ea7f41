//! The click: `/r/CODE` against Workers in plain JavaScript that do less.

use std::cell::Cell;

use anyhow::Result;
use serde_json::json;

use super::Effort;
use super::load::drive;
use super::measure::{CONNECTIONS, Pairs, Run, run};
use super::program::Program;
use super::request;
use super::server::Server;
use super::table::Line;
use crate::build;
use crate::steps::step;

/// Codes in memory.
const CODES: usize = 1_000;

/// From isolate memory, against a look-up alone and against a look-up that signs.
pub(super) fn from_memory(effort: &Effort) -> Result<Vec<Line>> {
    let (ours, codes) = step("1,000 customers enrolled", |_| {
        let ours = Server::start("goodword")?;
        let codes = Program::create(&ours)?.enrol(&ours, CODES)?;
        Ok((ours, codes))
    })?;
    let mut lines = Vec::new();
    for (config, floor, budget) in [
        ("lookup", "JavaScript, look-up alone", 0.75),
        ("sign", "JavaScript with WebCrypto", 1.0),
    ] {
        let pairs = step(&format!("redirect against {config}.js"), |note| {
            let beside = Server::start(config)?;
            beside.tell(&json!(codes))?;
            Pairs::take(
                effort.pairs,
                note,
                || clicks(&ours, &codes, effort),
                || clicks(&beside, &codes, effort),
            )
        })?;
        lines.push(Line::speed(
            "redirect from memory",
            floor,
            Some(budget),
            &pairs,
        ));
    }
    Ok(lines)
}

/// Through KV: the isolate knows the program, but never the code.
pub(super) fn through_kv(effort: &Effort) -> Result<Vec<Line>> {
    build::floor()?;
    let mut lines = Vec::new();
    for (config, floor, budget) in [
        ("kv", "JavaScript with WebCrypto", 0.8),
        ("kv-rust", "Rust with HMAC", 0.9),
    ] {
        let pairs = step(&format!("redirect against {config}"), |note| {
            let ours = Server::start("goodword")?;
            Program::create(&ours)?;
            let beside = Server::start(config)?;
            let asked = Cell::new(0_usize);
            let fresh = |server: &Server| {
                run(server, effort.run, 302, |_, into| {
                    asked.set(asked.get() + 1);
                    // A chosen word: eight symbols carry no check symbol, so that any of them may exist.
                    request::click(&format!("W{:07}", asked.get()), into);
                    true
                })
            };
            Pairs::take(effort.pairs, note, || fresh(&ours), || fresh(&beside))
        })?;
        lines.push(Line::speed(
            "redirect through KV",
            floor,
            Some(budget),
            &pairs,
        ));
    }
    Ok(lines)
}

fn clicks(server: &Server, codes: &[String], effort: &Effort) -> Result<Run> {
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
    run(server, effort.run, 302, |number, into| {
        click(number, into);
        true
    })
}
