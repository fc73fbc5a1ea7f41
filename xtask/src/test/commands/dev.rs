//! `cargo xtask dev`: the edge and the demo store together, and their state, which stays.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;
use serde_json::json;

use super::checkout::Checkout;
use super::running::Running;
use crate::test::counts::Counts;
use crate::{http, ports};

/// The last thing that it says before all it does is serve.
const READY: &str = "Ctrl-C stops everything; the state stays.";
/// Nothing is left to compile or to install when it is started again.
const SECONDS: Duration = Duration::from_secs(30);
const EDGE_LOG: &str = ".wrangler/edge.log";

pub(super) fn run(counts: &mut Counts, checkout: &Checkout) {
    let Some(code) = first_start(counts, checkout) else {
        return;
    };
    second_start(counts, checkout, &code);
    fresh_start(counts, checkout, &code);
    interrupted_start(counts, checkout);
}

/// The code of the guest who enrols in it.
fn first_start(counts: &mut Counts, checkout: &Checkout) -> Option<String> {
    let (dev, ports) = counts.check("`cargo xtask dev` starts", || {
        let ports = Ports::choose()?;
        Ok((ports.dev(checkout, "dev-1", &[])?, ports))
    })?;
    counts.check("it says what to open", || {
        let text = dev.text();
        for line in [ports.edge_url(), ports.store_url(), KV_LINE.to_owned()] {
            ensure!(text.contains(&line), "no `{line}` in:\n{text}");
        }
        Ok(())
    });
    counts.check("the edge and the demo store answer there", || {
        ports.both_answer()
    });
    let code = counts.check("a guest enrols by e-mail", || ports.guest_code());
    counts.check(
        "the line that reads KV reads what the edge has written",
        || kv_line_works(checkout, &dev.text()),
    );
    counts.check("Ctrl-C ends it in seconds, with all it has started", || {
        dev.end_by(Signal::SIGINT)
    });
    code
}

fn second_start(counts: &mut Counts, checkout: &Checkout, code: &str) {
    let started = counts.check("a second start takes seconds", || {
        let (ports, since) = (Ports::choose()?, Instant::now());
        let command = ports.command(checkout, &[]);
        let dev = Running::start_until_closed(checkout, "dev-2", command, &ports.numbers(), READY)?;
        let took = since.elapsed();
        ensure!(took < SECONDS, "it took {} s", took.as_secs());
        Ok((dev, ports))
    });
    let Some((dev, ports)) = started else {
        return;
    };
    counts.check("the state has stayed, on other ports as well", || {
        ports.both_answer()?;
        let now = ports.guest_code()?;
        ensure!(now == code, "the guest's code was {code} and is {now}");
        Ok(())
    });
    counts.check("closing the terminal's window ends it as well", || {
        dev.end_by(Signal::SIGHUP)
    });
}

fn fresh_start(counts: &mut Counts, checkout: &Checkout, code: &str) {
    let started = counts.check("`cargo xtask dev --fresh` starts", || {
        let ports = Ports::choose()?;
        Ok((ports.dev(checkout, "dev-fresh", &["--fresh"])?, ports))
    });
    let Some((dev, ports)) = started else {
        return;
    };
    counts.check("it begins anew: the guest has a new code", || {
        let now = ports.guest_code()?;
        ensure!(now != code, "the guest still has the code {code}");
        Ok(())
    });
    counts.check(
        "when the demo store dies, it says so and ends the edge",
        || {
            let text = dev.end_by_loss_of("demo-store")?;
            let words = "error: the demo store ended by itself; its log is";
            ensure!(text.contains(words), "no `{words}` in:\n{text}");
            Ok(())
        },
    );
}

fn interrupted_start(counts: &mut Counts, checkout: &Checkout) {
    counts.check(
        "Ctrl-C while it starts leaves nothing behind either",
        || {
            let log = checkout.path(EDGE_LOG);
            fs::remove_file(&log).context("the edge had no log")?;
            let ports = Ports::choose()?;
            let command = ports.command(checkout, &[]);
            let mut dev = Running::start(checkout, "dev-interrupted", command, &ports.numbers())?;
            // Then wrangler has started another of these commands, which is the deepest that processes ever go.
            let building = "Running: cargo xtask build";
            dev.wait_until(|| fs::read_to_string(&log).is_ok_and(|text| text.contains(building)))?;
            dev.end_by(Signal::SIGINT)
        },
    );
}

const KV_LINE: &str =
    "npx wrangler kv key get --binding GOODWORD --local \"attribution:demo:ORDER\"";

/// The printed line, asking for a record that is there: no order has been placed.
fn kv_line_works(checkout: &Checkout, text: &str) -> Result<()> {
    let start = text.find("npx wrangler").context("no line was printed")?;
    let line = text[start..].lines().next().unwrap_or_default();
    let line = line.replace("attribution:demo:ORDER", "program:demo");
    let mut command = checkout.command("sh");
    let told = checkout.tell("kv", command.args(["-c", &line]))?;
    told.succeeded()?;
    told.says(&["Ember & Oak"])
}

struct Ports {
    edge: u16,
    store: u16,
}

impl Ports {
    fn choose() -> Result<Self> {
        Ok(Self {
            edge: ports::free()?,
            store: ports::free()?,
        })
    }

    fn numbers(&self) -> [u16; 2] {
        [self.edge, self.store]
    }

    fn edge_url(&self) -> String {
        format!("http://localhost:{}/", self.edge)
    }

    fn store_url(&self) -> String {
        format!("http://localhost:{}/", self.store)
    }

    fn command(&self, checkout: &Checkout, more: &[&str]) -> Command {
        let mut command = checkout.xtask(&["dev"]);
        command
            .args(["--edge-port", &self.edge.to_string()])
            .args(["--store-port", &self.store.to_string()])
            .args(more);
        command
    }

    /// `cargo xtask dev` on these ports, until it is ready.
    fn dev(&self, checkout: &Checkout, name: &str, more: &[&str]) -> Result<Running> {
        let command = self.command(checkout, more);
        let mut dev = Running::start(checkout, name, command, &self.numbers())?;
        dev.wait_for(READY)?;
        Ok(dev)
    }

    fn both_answer(&self) -> Result<()> {
        ensure!(
            ports::answers(self.edge, "/healthz"),
            "the edge does not answer"
        );
        let root = http::get(&self.edge_url()).context("the edge's address says nothing")?;
        ensure!(
            root.contains("/openapi.yaml"),
            "it does not say where the contract is:\n{root}"
        );
        let page = http::get(&self.store_url()).context("the demo store does not answer")?;
        let tag = format!("{}widget.js\" data-program=\"demo\"", self.edge_url());
        ensure!(page.contains(&tag), "the page has no `{tag}`:\n{page}");
        Ok(())
    }

    /// The code of one and the same guest.
    fn guest_code(&self) -> Result<String> {
        let url = format!("{}v1/programs/demo/referrers", self.edge_url());
        let guest = json!({ "email": "gil@example.com" });
        let reply = http::send("POST", &url, "", Some(&guest))?;
        let code = reply.json["code"].as_str().map(str::to_owned);
        code.with_context(|| format!("{} {}", reply.status, reply.text))
    }
}
