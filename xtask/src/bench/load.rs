//! The load generator: a closed loop over keep-alive connections, in one thread.
//!
//! Every connection has one request under way and sends the next as soon as the answer is there. One thread that sleeps in
//! `poll` keeps to one of the machine's cores, so that the server has another to itself, and it does so little per request
//! that the server stays the slower of the two; each run says how busy both were.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A server that is silent for so long is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer, with the request it belongs to.
pub(super) struct Answer<'a> {
    /// Which of the run's requests, counted from 0.
    pub number: usize,
    /// When the request was sent.
    pub sent: Instant,
    bytes: &'a [u8],
}

impl Answer<'_> {
    /// The status, if this is an answer at all.
    pub(super) fn status(&self) -> u16 {
        let digits = self.bytes.get(9..12).unwrap_or_default();
        let text = std::str::from_utf8(digits).unwrap_or_default();
        text.parse().unwrap_or(0)
    }

    /// The whole answer as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }

    /// What follows the headers.
    pub(super) fn body(&self) -> String {
        let text = self.text();
        text.split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default()
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split_once("\r\n\r\n").map_or("", |(head, _)| head);
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    number: usize,
    sent: Instant,
    open: bool,
}

/// Sends what `next` writes (it is told the request's number, and says false when there is no more), and hands every
/// answer to `answered`.
pub(super) fn drive(
    port: u16,
    connections: usize,
    mut next: impl FnMut(usize, &mut Vec<u8>) -> bool,
    mut answered: impl FnMut(&Answer) -> Result<()>,
) -> Result<()> {
    let mut sender = Sender::default();
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::new(port)?;
        connection.open = sender.send(&mut connection, &mut next)?;
        open.push(connection);
    }
    let mut ready = Vec::with_capacity(connections);
    while open.iter().any(|connection| connection.open) {
        wait_for_input(&open, &mut ready)?;
        for at in &ready {
            let Some(connection) = open.get_mut(*at) else {
                continue;
            };
            if !connection.receive()? {
                continue;
            }
            answered(&connection.answer())?;
            connection.open = sender.send(connection, &mut next)?;
        }
    }
    Ok(())
}

/// Sends one request and returns status, headers and body as text.
pub(super) fn once(port: u16, request: &[u8]) -> Result<(u16, String)> {
    let mut wire = Wire::open(port)?;
    wire.ask(request)?;
    let answer = wire.answer();
    Ok((answer.status(), answer.text()))
}

/// One connection for one request after the other.
pub(super) struct Wire(Connection);

impl Wire {
    /// Connects.
    pub(super) fn open(port: u16) -> Result<Self> {
        Connection::new(port).map(Self)
    }

    /// Sends a request and waits for the whole answer; returns the time that took.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Duration> {
        self.0.send(request)?;
        loop {
            wait_for_input(std::slice::from_ref(&self.0), &mut Vec::new())?;
            if self.0.receive()? {
                return Ok(self.0.sent.elapsed());
            }
        }
    }

    /// The last answer.
    pub(super) fn answer(&self) -> Answer<'_> {
        self.0.answer()
    }
}

#[derive(Default)]
struct Sender {
    requests: usize,
    buffer: Vec<u8>,
}

impl Sender {
    fn send(
        &mut self,
        connection: &mut Connection,
        next: &mut impl FnMut(usize, &mut Vec<u8>) -> bool,
    ) -> Result<bool> {
        self.buffer.clear();
        if !next(self.requests, &mut self.buffer) {
            return Ok(false);
        }
        connection.number = self.requests;
        self.requests += 1;
        connection.send(&self.buffer)?;
        Ok(true)
    }
}

impl Connection {
    fn new(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("nothing listens")?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(4_096),
            number: 0,
            sent: Instant::now(),
            open: true,
        })
    }

    fn send(&mut self, request: &[u8]) -> Result<()> {
        self.received.clear();
        self.sent = Instant::now();
        // A request fits into the socket's buffer whole: the answer to the last one has been read.
        self.stream
            .write_all(request)
            .context("a request was not taken")
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            number: self.number,
            sent: self.sent,
            bytes: &self.received,
        }
    }

    /// Reads what is there; true when the answer is whole.
    fn receive(&mut self) -> Result<bool> {
        let mut part = [0; 4_096];
        match self.stream.read(&mut part) {
            Ok(0) => bail!(
                "the server hung up after {}",
                String::from_utf8_lossy(&self.received)
            ),
            Ok(length) => self
                .received
                .extend_from_slice(part.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("the server hung up"),
        }
        Ok(is_whole(&self.received))
    }
}

fn wait_for_input(open: &[Connection], ready: &mut Vec<usize>) -> Result<()> {
    let waiting = || {
        open.iter()
            .enumerate()
            .filter(|(_, connection)| connection.open)
    };
    let mut sockets: Vec<PollFd> = waiting()
        .map(|(_, connection)| PollFd::new(connection.stream.as_fd(), PollFlags::POLLIN))
        .collect();
    let patience = PollTimeout::try_from(PATIENCE).unwrap_or(PollTimeout::NONE);
    if poll(&mut sockets, patience)? == 0 {
        bail!("no answer in {} s", PATIENCE.as_secs());
    }
    ready.clear();
    let found = waiting().zip(&sockets);
    ready.extend(found.filter_map(|((at, _), socket)| socket.any()?.then_some(at)));
    Ok(())
}

/// Whether an answer is there to its last byte.
fn is_whole(bytes: &[u8]) -> bool {
    // The redirects, which come in tens of thousands a second, have no body.
    if bytes.starts_with(b"HTTP/1.1 302") {
        return bytes.ends_with(b"\r\n\r\n");
    }
    let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_ascii_lowercase();
    if head.contains("\r\ntransfer-encoding: chunked") {
        return bytes.ends_with(b"0\r\n\r\n");
    }
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    bytes.len() >= end + 4 + length
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn an_answer_is_whole_with_the_last_byte_of_its_body() {
        let whole = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        assert!(is_whole(whole));
        assert!(!is_whole(&whole[..whole.len() - 1]));
        assert!(!is_whole(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n"));
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        assert!(is_whole(chunked));
        assert!(!is_whole(&chunked[..chunked.len() - 5]));
        assert!(is_whole(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n"
        ));
    }
}
