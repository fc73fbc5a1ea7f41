//! The process that asks the libraries: one line in, one line out.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::ours::Party;

/// Every library, loaded once.
#[derive(Debug)]
pub struct Library {
    child: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Library {
    /// Starts it. Its packages must be there: `cargo xtask test oracles` installs them.
    pub fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("js");
        let started = Command::new("node")
            .arg("oracle.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = started.expect("node");
        let asked = child.stdin.take().expect("its input");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        Self {
            child,
            asked,
            answers,
        }
    }

    /// The header by which the library, or its documents, sign a body.
    pub fn signs(&mut self, party: Party, secret: &str, body: &str, seconds: i64) -> String {
        let answer = self.ask(&json!({
            "do": "sign", "platform": party.library(), "secret": secret, "body": body, "id": party.id(), "seconds": seconds,
        }));
        answer["header"].as_str().expect("a header").to_owned()
    }

    /// Whether the library takes a body for signed.
    pub fn takes(
        &mut self,
        party: Party,
        secret: &str,
        body: &str,
        (header, seconds): (&str, i64),
    ) -> bool {
        let answer = self.ask(&json!({
            "do": "verify", "platform": party.library(), "secret": secret, "body": body, "id": party.id(),
            "header": header, "seconds": seconds,
        }));
        answer["good"].as_bool().expect("a verdict")
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.asked, "{question}").expect("a question");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        serde_json::from_str(&line).expect("is `npm ci` done in tests/oracles/js?")
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
