//! One measured run, and pairs of them.
//!
//! Other work on the machine makes single runs differ by tens of percent, but two runs next to each other differ alike. So
//! every figure is a ratio of two adjacent runs, the order within a pair changes with every pair, and what counts is the
//! median of the ratios.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::load::drive;
use super::server::{Server, processor_time};
use crate::steps::Note;

/// Connections, each with one request under way.
pub(super) const CONNECTIONS: usize = 16;

/// The beginning of a run does not count: caches fill again after the other side's run.
const SETTLING: Duration = Duration::from_millis(100);

/// Pairs of runs that do not count: the optimising compiler is at work.
const WARMING: usize = 3;

/// What one run found.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Requests a second.
    pub rate: f64,
    /// Microseconds of the server's processor time for a request.
    pub cost: Option<f64>,
    /// Median time from request to answer, in microseconds.
    pub latency: f64,
    /// Parts of one processor that the server used.
    pub server_busy: Option<f64>,
    /// Parts of one processor that the load generator used.
    pub client_busy: Option<f64>,
}

/// Puts a server under load for a time and counts. Any answer with another status ends the run with an error.
pub(super) fn run(
    server: &Server,
    lasting: Duration,
    status: u16,
    mut next: impl FnMut(usize, &mut Vec<u8>) -> bool,
) -> Result<Run> {
    let from = Instant::now() + SETTLING;
    let to = from + lasting;
    let mut window: Option<Window> = None;
    let mut last = from;
    let mut taken = Vec::new();
    drive(
        server.port,
        CONNECTIONS,
        |number, into| Instant::now() < to && next(number, into),
        |answer| {
            if answer.status() != status {
                bail!("expected {status}, got: {}", answer.text());
            }
            let now = Instant::now();
            if now >= from {
                if window.is_none() {
                    window = Some(Window::open(server));
                    return Ok(());
                }
                taken.push(now.duration_since(answer.sent));
                last = now;
            }
            Ok(())
        },
    )?;
    match window {
        Some(window) if taken.len() >= 20 => Ok(window.close(server, last, taken)),
        _ => bail!("fewer than 20 answers in {} s", lasting.as_secs_f64()),
    }
}

/// Sends these requests to a server that has nothing else to do, and counts until the last is answered. Any answer with
/// another status ends it with an error.
pub(super) fn burst(server: &Server, requests: &[Vec<u8>], status: u16) -> Result<Run> {
    let mut window: Option<Window> = None;
    let mut answers = 0;
    let mut last = Instant::now();
    let mut taken = Vec::new();
    drive(
        server.port,
        CONNECTIONS,
        |number, into| {
            let request = requests.get(number);
            into.extend_from_slice(request.map_or(&[], Vec::as_slice));
            request.is_some()
        },
        |answer| {
            if answer.status() != status {
                bail!("expected {status}, got: {}", answer.text());
            }
            answers += 1;
            last = Instant::now();
            if window.is_some() {
                taken.push(last.duration_since(answer.sent));
            } else if answers == 2 * CONNECTIONS {
                window = Some(Window::open(server));
            }
            Ok(())
        },
    )?;
    match window {
        Some(window) if taken.len() >= 20 => Ok(window.close(server, last, taken)),
        _ => bail!("fewer than 20 answers in a burst"),
    }
}

struct Window {
    since: Instant,
    server: Option<Duration>,
    client: Option<Duration>,
}

impl Window {
    fn open(server: &Server) -> Self {
        Self {
            since: Instant::now(),
            server: server.processor_time(),
            client: processor_time(std::process::id()),
        }
    }

    fn close(self, server: &Server, last: Instant, mut taken: Vec<Duration>) -> Run {
        let seconds = last.duration_since(self.since).as_secs_f64();
        let spent = |before: Option<Duration>, after: Option<Duration>| {
            Some(after?.saturating_sub(before?).as_secs_f64())
        };
        let server = spent(self.server, server.processor_time());
        let client = spent(self.client, processor_time(std::process::id()));
        taken.sort_unstable();
        let median = taken.get(taken.len() / 2).copied().unwrap_or_default();
        let requests = as_float(taken.len());
        Run {
            rate: requests / seconds,
            cost: server.map(|server| server / requests * 1e6),
            latency: median.as_secs_f64() * 1e6,
            server_busy: server.map(|server| server / seconds),
            client_busy: client.map(|client| client / seconds),
        }
    }
}

/// Runs of ours beside runs of a floor.
pub(super) struct Pairs(pub Vec<(Run, Run)>);

impl Pairs {
    /// Takes pairs of adjacent runs; every other pair begins with the floor.
    pub(super) fn take(
        count: usize,
        note: &Note,
        mut ours: impl FnMut() -> Result<Run>,
        mut floor: impl FnMut() -> Result<Run>,
    ) -> Result<Self> {
        note.set("warming up");
        for _ in 0..WARMING {
            ours()?;
            floor()?;
        }
        let mut pairs = Vec::with_capacity(count);
        for at in 0..count {
            note.set(&format!("pair {} of {count}", at + 1));
            pairs.push(if at % 2 == 0 {
                let first = ours()?;
                (first, floor()?)
            } else {
                let first = floor()?;
                (ours()?, first)
            });
        }
        Ok(Self(pairs))
    }

    /// Ours against the floor's, pair by pair.
    pub(super) fn ratios(&self, figure: impl Fn(&Run) -> Option<f64>) -> Spread {
        let ratio = |(ours, floor): &(Run, Run)| Some(figure(ours)? / figure(floor)?);
        Spread::of(self.0.iter().filter_map(ratio))
    }

    /// A figure of our runs.
    pub(super) fn ours(&self, figure: impl Fn(&Run) -> Option<f64>) -> Spread {
        Spread::of(self.0.iter().filter_map(|(ours, _)| figure(ours)))
    }

    /// A figure of the floor's runs.
    pub(super) fn floor(&self, figure: impl Fn(&Run) -> Option<f64>) -> Spread {
        Spread::of(self.0.iter().filter_map(|(_, floor)| figure(floor)))
    }
}

/// Values in order of size; empty where nothing was measured.
pub(super) struct Spread(Vec<f64>);

impl Spread {
    /// Of these values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value in the middle.
    pub(super) fn median(&self) -> Option<f64> {
        let upper = *self.0.get(self.0.len() / 2)?;
        let lower = *self.0.get((self.0.len() - 1) / 2)?;
        Some(f64::midpoint(lower, upper))
    }

    /// Smallest and largest.
    pub(super) fn ends(&self) -> Option<(f64, f64)> {
        Some((*self.0.first()?, *self.0.last()?))
    }
}

/// Counts here are far below 2^53, so that nothing is lost.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(super) fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(
            Spread::of([4.0, 1.0, 2.0, 3.0].into_iter()).median(),
            Some(2.5)
        );
        assert_eq!(Spread::of([3.0, 1.0, 2.0].into_iter()).median(), Some(2.0));
        assert_eq!(Spread::of([].into_iter()).median(), None);
    }
}
