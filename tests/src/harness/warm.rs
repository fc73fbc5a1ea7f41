//! Keeps wrangler's way to the Worker open.
//!
//! Wrangler passes every request on through connections that both of its processes close after five idle seconds. One that is
//! used in that very moment is lost, and what was asked through it: a POST is answered by wrangler itself, and a GET waits
//! until somebody else asks for something. So somebody does, all the time, through as many connections as tests use.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Requests at once: one for each connection.
const AT_ONCE: usize = 8;

/// Far less than a connection may idle.
const PAUSE: Duration = Duration::from_secs(1);

/// An edge that does not answer for so many pauses is gone.
const REFUSALS_MAX: u32 = 60;

static KEPT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps the way to an edge open, from now until it is gone. `url` is `http://` and an address.
pub(super) fn keep_open(url: &str) {
    let Some(address) = url.split('/').nth(2) else {
        return;
    };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.insert(address.to_owned()) {
        let address = address.to_owned();
        thread::spawn(move || ask_until_gone(&address));
    }
}

fn ask_until_gone(address: &str) {
    let mut refusals = 0;
    while refusals < REFUSALS_MAX {
        let answered = thread::scope(|scope| {
            let asked: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| ask(address))).collect();
            asked
                .into_iter()
                .any(|one| matches!(one.join(), Ok(Some(()))))
        });
        refusals = if answered { 0 } else { refusals + 1 };
        thread::park_timeout(PAUSE);
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.remove(address);
}

fn ask(address: &str) -> Option<()> {
    let mut line = TcpStream::connect(address).ok()?;
    line.set_read_timeout(Some(PAUSE)).ok()?;
    let asked = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    line.write_all(asked.as_bytes()).ok()?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).ok()?;
    answer.starts_with(b"HTTP/1.1 200").then_some(())
}
