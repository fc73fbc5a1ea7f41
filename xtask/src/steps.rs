//! Progress: a line for each step with the time it took, and a sign of life while it lasts.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;

thread_local! {
    /// How many steps are open: of steps within steps, only the innermost shows that it is alive.
    static DEPTH: Arc<AtomicUsize> = Arc::new(AtomicUsize::new(0));
}

/// Runs `work` as a named step. The latest thing it notes is shown beside the name while it runs.
pub(crate) fn step<T>(name: &str, work: impl FnOnce(&Note) -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let note = Note::default();
    let open = DEPTH.with(Arc::clone);
    let depth = open.fetch_add(1, Ordering::SeqCst);
    let ticker = Ticker::start(name.to_owned(), &open, note.clone(), started);
    let result = work(&note);
    open.store(depth, Ordering::SeqCst);
    ticker.stop();
    report(
        if result.is_ok() { '✓' } else { '✗' },
        name,
        started.elapsed(),
    );
    result
}

/// One finished line: `  ✓ npm packages            12.3 s`.
pub(crate) fn report(mark: char, name: &str, took: Duration) {
    println!(
        "{}  {mark} {name:<28} {:>6.1} s",
        clear_line(),
        took.as_secs_f64()
    );
}

/// What a running step is just doing: the last line of its tool's output.
#[derive(Clone, Default)]
pub(crate) struct Note(Arc<Mutex<String>>);

impl Note {
    pub(crate) fn set(&self, text: &str) {
        if let Ok(mut note) = self.0.lock() {
            text.trim().clone_into(&mut note);
        }
    }

    fn get(&self) -> String {
        let text = self.0.lock().map(|note| note.clone()).unwrap_or_default();
        text.chars()
            .filter(|symbol| !symbol.is_control())
            .take(60)
            .collect()
    }
}

struct Ticker {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Ticker {
    fn start(name: String, open: &Arc<AtomicUsize>, note: Note, started: Instant) -> Self {
        let (stop, stopped) = channel();
        let (open, depth) = (Arc::clone(open), open.load(Ordering::SeqCst));
        let work = move || tick(&name, (&open, depth), &note, started, &stopped);
        let thread = std::thread::spawn(work);
        Self { stop, thread }
    }

    fn stop(self) {
        drop(self.stop);
        // The thread only prints; were it to fail, there would be nothing to do about it.
        let _ = self.thread.join();
    }
}

fn tick(
    name: &str,
    (open, depth): (&AtomicUsize, usize),
    note: &Note,
    started: Instant,
    stopped: &Receiver<()>,
) {
    let terminal = std::io::stdout().is_terminal();
    // A log file gets a line now and then; a terminal gets a line that moves.
    let pause = if terminal {
        Duration::from_millis(200)
    } else {
        Duration::from_secs(20)
    };
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if open.load(Ordering::SeqCst) != depth {
            continue;
        }
        let seconds = started.elapsed().as_secs();
        let line = format!("  … {name:<28} {seconds:>4} s  {}", note.get());
        if terminal {
            print!("{}{line}", clear_line());
            let _ = std::io::stdout().flush();
        } else {
            println!("{line}");
        }
    }
}

fn clear_line() -> &'static str {
    if std::io::stdout().is_terminal() {
        "\r\x1b[2K"
    } else {
        ""
    }
}
