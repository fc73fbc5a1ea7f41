//! `cargo xtask export-audit` and `cargo xtask verify-audit`, on the log of an edge that runs: it is proved as it is, and
//! refused however it was touched.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goodword_shared::audit::{CHECKPOINT_KIND, LogLine, Said, line_hash};
use serde_json::{Value, json};

use super::checkout::Checkout;
use super::told::Told;
use crate::test::counts::Counts;
use crate::{http, wait};

/// Two days, after which the log has been signed.
const LATER_MS: i64 = 2 * 86_400_000;
const PATIENCE: Duration = Duration::from_secs(30);
const GUESTS: [&str; 4] = ["gil", "gus", "guy", "gwen"];

/// The demo program on this edge must be there; its keys lie in this file.
pub(super) fn run(counts: &mut Counts, checkout: &Checkout, url: &str, keys: &str) {
    let exported = counts.check(
        "`cargo xtask export-audit` writes the log, and says its head and its key",
        || {
            let api = api_key(checkout, keys)?;
            make_history(url, &api)?;
            Exported::take(checkout, url, &api)
        },
    );
    let Some(exported) = exported else {
        return;
    };
    counts.check("`cargo xtask verify-audit` proves it as it is", || {
        let told = exported.verify(checkout, &exported.lines, &exported.head)?;
        told.succeeded()?;
        let lines = exported.lines.len();
        told.says(&[&format!("intact: {lines} lines, 1 checkpoints")])
    });
    exported.is_refused_when_touched(counts, checkout);
}

fn api_key(checkout: &Checkout, keys: &str) -> Result<String> {
    let keys: Value = serde_json::from_str(&fs::read_to_string(checkout.path(keys))?)?;
    let key = keys["api"].as_str().context("there is no api key")?;
    Ok(key.to_owned())
}

/// Something before the log is signed, and something after it.
fn make_history(url: &str, api: &str) -> Result<()> {
    let program = format!("{url}/v1/programs/demo");
    let (last, first) = GUESTS.split_last().context("there are guests")?;
    for guest in first {
        enrol(&program, guest)?;
    }
    let clock = json!({ "offset_ms": LATER_MS });
    let moved = http::send("POST", &format!("{url}/test/clock/demo"), "", Some(&clock))?;
    ensure!(moved.status == 200, "{} {}", moved.status, moved.text);
    let is_signed = || {
        let log = http::send("GET", &format!("{program}/log?after=0"), api, None);
        log.is_ok_and(|log| log.json["audit_key"].is_string())
    };
    ensure!(wait::until(PATIENCE, is_signed), "nobody signs the log");
    enrol(&program, last)
}

fn enrol(program: &str, guest: &str) -> Result<()> {
    let guest = json!({ "email": format!("{guest}@example.com") });
    let reply = http::send("POST", &format!("{program}/referrers"), "", Some(&guest))?;
    ensure!(reply.status == 200, "{} {}", reply.status, reply.text);
    Ok(())
}

/// What the export wrote and said.
struct Exported {
    lines: Vec<String>,
    head: String,
    key: String,
}

impl Exported {
    fn take(checkout: &Checkout, url: &str, api: &str) -> Result<Self> {
        let file = checkout.beside("log.jsonl");
        let name = file.to_str().context("a path has odd characters")?;
        let mut command = checkout.xtask(&["export-audit", "--edge", url, "--out", name]);
        command.env("GOODWORD_API_KEY", api);
        let told = checkout.tell("export-audit", &mut command)?;
        told.succeeded()?;
        let said = |name: &str| {
            let mut lines = told.0.stdout.lines();
            let line = lines.find_map(|line| line.strip_prefix(name));
            line.map(|said| said.trim().to_owned())
                .with_context(|| format!("it said no {name}:\n{}", told.0.text()))
        };
        let text = fs::read_to_string(&file)?;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        ensure!(lines.len() > 2 * GUESTS.len(), "too short:\n{text}");
        Ok(Self {
            lines,
            head: said("head ")?,
            key: said("key ")?,
        })
    }

    /// What is said of these lines, by this head and by the program's key.
    fn verify(&self, checkout: &Checkout, lines: &[String], head: &str) -> Result<Told> {
        let file = checkout.beside("touched.jsonl");
        fs::write(&file, lines.join("\n") + "\n")?;
        let name = file.to_str().context("a path has odd characters")?;
        let mut command = checkout.xtask(&["verify-audit", name]);
        command.args(["--head", head, "--key", &self.key]);
        checkout.tell("verify-audit", &mut command)
    }

    fn is_refused_when_touched(&self, counts: &mut Counts, checkout: &Checkout) {
        let middle = self.lines.len() / 2;
        let touched = |touch: fn(&mut Vec<String>, usize)| {
            let mut lines = self.lines.clone();
            touch(&mut lines, middle);
            Ok((lines, self.head.clone()))
        };
        let changed = || touched(|lines, at| lines[at] = one_byte_changed(&lines[at]));
        let removed = || touched(|lines, at| drop(lines.remove(at)));
        let swapped = || touched(|lines, at| lines.swap(at, at + 1));
        let cut = || touched(|lines, _| drop(lines.pop()));
        let anew = || Ok((written_anew(&self.lines, false)?.0, self.head.clone()));
        let signed_anew = || written_anew(&self.lines, true);
        let of_place = "is out of its place";
        self.refuses(
            counts,
            checkout,
            "with a changed byte",
            "was changed",
            changed,
        );
        self.refuses(
            counts,
            checkout,
            "without one of its lines",
            of_place,
            removed,
        );
        self.refuses(
            counts,
            checkout,
            "with two lines swapped",
            of_place,
            swapped,
        );
        self.refuses(counts, checkout, "with its tail cut", "at this head", cut);
        self.refuses(counts, checkout, "all written anew", "at this head", anew);
        self.refuses(
            counts,
            checkout,
            "written anew to another head around the old signature",
            "the checkpoint in line",
            signed_anew,
        );
    }

    fn refuses(
        &self,
        counts: &mut Counts,
        checkout: &Checkout,
        how: &str,
        why: &str,
        touched: impl FnOnce() -> Result<(Vec<String>, String)>,
    ) {
        counts.check(&format!("it refuses a log {how}"), || {
            let (lines, head) = touched()?;
            ensure!(lines != self.lines, "nothing was touched");
            let told = self.verify(checkout, &lines, &head)?;
            told.fails(1, &[why])
        });
    }
}

/// The line with another digit in its time.
fn one_byte_changed(line: &str) -> String {
    let (before, time) = line.split_once(r#""at":1"#).unwrap_or((line, ""));
    [before, r#""at":2"#, time].concat()
}

/// The same history a millisecond later, with hashes of its own, and its head; the signature stays, or is left out.
fn written_anew(lines: &[String], with_signature: bool) -> Result<(Vec<String>, String)> {
    let (mut written, mut head) = (Vec::new(), String::new());
    for text in lines {
        let mut line: LogLine = serde_json::from_str(text)?;
        if line.kind == CHECKPOINT_KIND && !with_signature {
            continue;
        }
        line.seq = i64::try_from(written.len())? + 1;
        line.at += 1;
        let data = line.data.to_string();
        let said = Said {
            seq: line.seq,
            at: line.at,
            kind: &line.kind,
            person: line.person.as_deref(),
            other: line.other.as_deref(),
            order_id: line.order_id.as_deref(),
            data: &data,
        };
        line.hash = line_hash(&head, said);
        head.clone_from(&line.hash);
        written.push(serde_json::to_string(&line)?);
    }
    Ok((written, head))
}
