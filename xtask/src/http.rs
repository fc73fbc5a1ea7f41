//! Requests to the API, made by Node, which is needed anyway: a second TLS stack would take longer to compile than
//! everything else here together. Keys travel through a pipe, never through an argument list that others can read.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

const SCRIPT: &str = r#"
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", async () => {
  const { method, url, headers, body, file } = JSON.parse(text);
  try {
    const reply = await fetch(url, { method, headers, body, redirect: "manual", signal: AbortSignal.timeout(30000) });
    if (file && reply.ok) require("node:fs").writeFileSync(file, Buffer.from(await reply.arrayBuffer()));
    console.log(JSON.stringify({ status: reply.status, body: file ? "" : await reply.text() }));
  } catch (error) {
    console.log(JSON.stringify({ status: 0, body: String(error.cause?.code ?? error.cause?.message ?? error.message) }));
  }
});
"#;

/// What came back: the status, and the body (as JSON where it is JSON).
pub(crate) struct Reply {
    pub status: u16,
    pub text: String,
    pub json: Value,
}

/// Sends one request. `key` becomes the bearer key.
pub(crate) fn send(method: &str, url: &str, key: &str, body: Option<&Value>) -> Result<Reply> {
    let request = json!({
        "method": method,
        "url": url,
        "headers": { "Authorization": format!("Bearer {key}"), "Content-Type": "application/json" },
        "body": body.map(Value::to_string),
    });
    let answer: Value =
        serde_json::from_str(&node(&request.to_string())?).context("node gave no answer")?;
    let text = answer["body"].as_str().unwrap_or_default().to_owned();
    match answer["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
    {
        None | Some(0) => bail!("{url} cannot be reached ({text})"),
        Some(status) => Ok(Reply {
            status,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }),
    }
}

/// The text behind an address, when it answers 200.
pub(crate) fn get(url: &str) -> Option<String> {
    send("GET", url, "", None)
        .ok()
        .filter(|reply| reply.status == 200)
        .map(|reply| reply.text)
}

/// Writes what an address answers into a file; leaves no file when it does not answer 200.
pub(crate) fn save(url: &str, file: &Path) -> Result<()> {
    node(&json!({ "method": "GET", "url": url, "file": file }).to_string()).map(|_| ())
}

fn node(input: &str) -> Result<String> {
    let mut child = Command::new("node")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start node")?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes())?;
    }
    Ok(String::from_utf8(child.wait_with_output()?.stdout)?)
}
