//! The cron that looks after lost alarms, where the platform fails under it: what no local platform does on demand.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// Runs the cron's own code on a platform with these faults, and prints whom it has called.
const SCRIPT: &str = r#"
const [script, faults] = process.argv.slice(1);
const { pages, default_program, broken } = JSON.parse(faults);
const { wakeLedgers } = await import(script);
const woken = [];
let underway = 0;
let most = 0;
console.error = () => {};
await wakeLedgers({
  DEFAULT_PROGRAM: default_program,
  GOODWORD: {
    async list({ cursor = 0 }) {
      if (pages[cursor] === null) throw new Error("no answer");
      const keys = pages[cursor].map((name) => ({ name: `program:${name}` }));
      const last = cursor + 1 === pages.length;
      return { keys, list_complete: last, cursor: last ? undefined : cursor + 1 };
    },
  },
  LEDGER: {
    getByName: () => ({
      async wake(program) {
        woken.push(program);
        most = Math.max(most, ++underway);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underway -= 1;
        if (broken.includes(program)) throw new Error("no answer");
      },
    }),
  },
}, 0);
console.log(JSON.stringify({ woken, most }));
"#;

/// Whom the cron has called, in order, and how many at once.
fn run(faults: &Value) -> (Vec<String>, u64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge/js");
    let script = folder.join("wake.js");
    let ran = Command::new("node")
        .args(["--input-type=module", "--no-warnings", "-e", SCRIPT, "--"])
        .arg(script)
        .arg(faults.to_string())
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    let told: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let woken = told["woken"].as_array().expect("a list").iter();
    let woken = woken.filter_map(|name| name.as_str().map(str::to_owned));
    (woken.collect(), told["most"].as_u64().expect("a number"))
}

#[test]
fn every_ledger_is_asked_the_default_programs_first_and_a_few_at_once() {
    let many: Vec<String> = (0..40).map(|n| format!("p{n}")).collect();
    let (mut woken, most) = run(&json!({
        "pages": [many, ["demo"]], "default_program": "demo", "broken": ["demo", "p0", "p7"],
    }));
    assert_eq!(woken.remove(0), "demo");
    assert_eq!(woken, many, "each once, whoever fails");
    assert!((2..=6).contains(&most), "{most} at once");
}

#[test]
fn a_store_that_fails_keeps_nobody_waiting_who_is_known() {
    let (woken, _) = run(&json!({
        "pages": [["acme", "oak"], null], "default_program": "demo", "broken": [],
    }));
    assert_eq!(woken, ["demo", "acme", "oak"]);
}
