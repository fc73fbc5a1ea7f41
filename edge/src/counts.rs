//! Approximate counts of what is shown, shared, clicked and claimed: gathered in the isolate, sent in batches.
//!
//! A count never costs a request anything but memory, and is never used for money. What an isolate has gathered when it
//! is evicted is lost; that is at most the last two seconds.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use goodword_shared::channel::Channel;
use goodword_shared::json::Read;
use goodword_shared::time::{DAY_MS, Millis};
use serde::Serialize;
use worker::{Delay, Env};

use crate::adapters::ledger::within_patience;
use crate::adapters::tally;

/// How long counts gather before they are sent.
const GATHER: Duration = Duration::from_secs(2);

/// Different things counted at once; more are dropped, so that a flood cannot fill the isolate.
const ENTRIES_MAX: usize = 1_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Read)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Counted {
    /// A placement was seen.
    Shown,
    /// It was closed without a share.
    Dismissed,
    /// The link was shared.
    Shared,
    /// A person came through the link.
    Clicked,
    /// A discount was claimed.
    Claimed,
}

/// One thing that is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Read)]
#[serde(rename = "~CountKey")]
pub(crate) struct CountKey {
    /// Days since 1970.
    pub(crate) day: u32,
    pub(crate) kind: Counted,
    pub(crate) placement: String,
    pub(crate) channel: String,
    pub(crate) variant: u8,
}

/// Counts of one program, in the order of what is counted.
pub(crate) type Batch = Vec<(CountKey, u32)>;

thread_local! {
    static GATHERED: RefCell<Vec<(String, Batch)>> = const { RefCell::new(Vec::new()) };
    static SCHEDULED: Cell<bool> = const { Cell::new(false) };
}

/// Counts one.
pub(crate) fn count(
    program: &str,
    kind: Counted,
    placement: &str,
    channel: Channel,
    variant: u8,
    now: Millis,
) {
    let key = CountKey {
        day: day(now),
        kind,
        placement: placement.to_owned(),
        channel: channel.name().to_owned(),
        variant,
    };
    GATHERED.with_borrow_mut(|gathered| {
        let Some((_, batch)) = gathered.iter_mut().find(|(of, _)| of == program) else {
            gathered.push((program.to_owned(), vec![(key, 1)]));
            return;
        };
        add(batch, key);
    });
}

fn add(batch: &mut Batch, key: CountKey) {
    match batch.binary_search_by(|(known, _)| known.cmp(&key)) {
        Ok(at) => {
            if let Some((_, counted)) = batch.get_mut(at) {
                *counted = counted.saturating_add(1);
            }
        }
        Err(at) if batch.len() < ENTRIES_MAX => batch.insert(at, (key, 1)),
        Err(_) => {}
    }
}

/// Days since 1970 of a time.
pub(crate) fn day(at: Millis) -> u32 {
    u32::try_from(at.0.div_euclid(DAY_MS)).unwrap_or_default()
}

/// Whether there are counts that nobody is about to send. Saying so makes the caller responsible.
pub(crate) fn flush_due() -> bool {
    let waiting = GATHERED.with_borrow(|gathered| !gathered.is_empty());
    waiting && !SCHEDULED.replace(true)
}

/// Gathers a while longer, then sends.
pub(crate) async fn flush(env: Env) {
    Delay::from(GATHER).await;
    SCHEDULED.set(false);
    let gathered = GATHERED.take();
    for (program, batch) in gathered {
        if within_patience(tally::add(&env, &program, &batch))
            .await
            .is_err()
        {
            worker::console_warn!("[goodword] {} counts were lost", batch.len());
        }
    }
}
