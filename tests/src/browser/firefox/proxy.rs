//! The line between Firefox and everybody else: a SOCKS proxy that leads to this machine alone, and can be slow, or gone.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Error, ErrorKind, Result};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::super::network::{Line, SLOW_BYTES, SLOW_ROUND};

const SOCKS5: u8 = 5;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
/// The answers: connected, and why not.
const CONNECTED: u8 = 0;
const NO_NETWORK: u8 = 3;

/// A running proxy. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Host and port.
    pub(super) address: String,
    line: watch::Sender<Line>,
    server: JoinHandle<()>,
}

impl Proxy {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let (line, seen) = watch::channel(Line::Fast);
        let wire = Arc::new(Mutex::new(Instant::now()));
        let server = tokio::spawn(async move {
            loop {
                let Ok((browser, _)) = listener.accept().await else {
                    continue;
                };
                // What becomes of a connection is between the browser and the site.
                tokio::spawn(carry(browser, seen.clone(), Arc::clone(&wire)));
            }
        });
        Self {
            address,
            line,
            server,
        }
    }

    /// The line is like this from now on. What is open when it goes is cut.
    pub(super) fn line_is(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// When the wire is free again: all connections share it.
type Wire = Arc<Mutex<Instant>>;

async fn carry(mut browser: TcpStream, line: watch::Receiver<Line>, wire: Wire) -> Result<()> {
    let site = asked_for(&mut browser).await?;
    let is = *line.borrow();
    if is == Line::Gone {
        // The browser must not blame the proxy, and look for a way around it.
        return answer(&mut browser, NO_NETWORK).await;
    }
    let site = TcpStream::connect(site).await?;
    if is == Line::Slow {
        sleep_until(Instant::now() + SLOW_ROUND).await;
    }
    answer(&mut browser, CONNECTED).await?;
    browser.set_nodelay(true)?;
    site.set_nodelay(true)?;
    let (from_browser, to_browser) = browser.into_split();
    let (from_site, to_site) = site.into_split();
    let mut cut = line.clone();
    let both = async {
        tokio::try_join!(
            one_way(from_browser, to_site, line.clone(), Arc::clone(&wire)),
            one_way(from_site, to_browser, line, wire),
        )
    };
    tokio::select! {
        done = both => done.map(drop),
        _ = cut.wait_for(|line| *line == Line::Gone) => Ok(()),
    }
}

async fn answer(browser: &mut TcpStream, what: u8) -> Result<()> {
    let said = [SOCKS5, what, 0, IPV4, 0, 0, 0, 0, 0, 0];
    browser.write_all(&said).await
}

/// Where the browser wants to go, which is this machine or an error.
async fn asked_for(browser: &mut TcpStream) -> Result<SocketAddr> {
    let mut head = [0; 2];
    browser.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    browser.read_exact(&mut methods).await?;
    browser.write_all(&[SOCKS5, 0]).await?;
    let mut asked = [0; 4];
    browser.read_exact(&mut asked).await?;
    let elsewhere = || Error::new(ErrorKind::HostUnreachable, "not this machine");
    let host = match asked {
        [SOCKS5, CONNECT, 0, IPV4] => {
            let mut host = [0; 4];
            browser.read_exact(&mut host).await?;
            Ipv4Addr::from(host)
        }
        [SOCKS5, CONNECT, 0, NAME] => {
            let mut name = vec![0; usize::from(browser.read_u8().await?)];
            browser.read_exact(&mut name).await?;
            let name = String::from_utf8_lossy(&name).into_owned();
            name.parse().map_err(|_| elsewhere())?
        }
        _ => return Err(elsewhere()),
    };
    let port = browser.read_u16().await?;
    if !host.is_loopback() {
        return Err(elsewhere());
    }
    Ok(SocketAddr::from((host, port)))
}

/// Carries what comes, each piece when it is due, and the end after it.
async fn one_way(
    mut from: OwnedReadHalf,
    to: OwnedWriteHalf,
    line: watch::Receiver<Line>,
    wire: Wire,
) -> Result<()> {
    let (pieces, mut due) = unbounded_channel::<(Instant, Vec<u8>)>();
    let deliver = async move {
        let mut to = to;
        while let Some((when, piece)) = due.recv().await {
            sleep_until(when).await;
            to.write_all(&piece).await?;
        }
        to.shutdown().await
    };
    let take = async move {
        let mut buffer = vec![0; 4_096];
        loop {
            let length = from.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            let when = arrives(*line.borrow(), &wire, length);
            send(&pieces, when, &buffer[..length])?;
        }
    };
    tokio::try_join!(take, deliver)?;
    Ok(())
}

fn send(to: &UnboundedSender<(Instant, Vec<u8>)>, when: Instant, piece: &[u8]) -> Result<()> {
    let sent = to.send((when, piece.to_owned()));
    sent.map_err(|_| Error::from(ErrorKind::BrokenPipe))
}

/// When so many bytes are on the other side that are sent now.
fn arrives(line: Line, wire: &Wire, length: usize) -> Instant {
    let now = Instant::now();
    if line != Line::Slow {
        return now;
    }
    let mut free = wire.lock().unwrap_or_else(PoisonError::into_inner);
    let share = f64::from(u32::try_from(length).expect("a piece")) / f64::from(SLOW_BYTES);
    *free = (*free).max(now) + Duration::from_secs_f64(share);
    *free + SLOW_ROUND / 2
}
