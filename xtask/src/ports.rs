//! Ports: which are taken, which is free, who answers.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// An error that names the port when something listens on it already.
pub(crate) fn require_free(port: u16, what: &str, flag: &str) -> Result<()> {
    // Any port that happens to be free: nobody would know where to look.
    if port == 0 {
        bail!("{flag} cannot be `0`");
    }
    let taken = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ]
    .iter()
    .any(|address| TcpStream::connect_timeout(address, Duration::from_millis(300)).is_ok());
    if taken || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!(
            "port {port} is in use, and the {what} needs it: stop what listens there, or choose another with {flag}"
        );
    }
    Ok(())
}

/// A port that nothing listens on just now.
pub(crate) fn free() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Whether `GET path` on this machine is answered with a 200.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    status(port, path).is_ok_and(|line| line.contains(" 200"))
}

fn status(port: u16, path: &str) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut start = [0; 64];
    let length = stream.read(&mut start)?;
    Ok(start
        .iter()
        .take(length)
        .map(|byte| char::from(*byte))
        .collect())
}
