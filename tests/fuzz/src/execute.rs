//! One execution: the check of a target on one input, with its panics caught and its time taken.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::clock::processor_time;
use crate::targets::Target;
use crate::verdict::{Verdict, Violation};
use crate::{coverage, watch};

/// Longest time for one input. What is read once takes a few milliseconds for 64 KB, checks included; what compares
/// every byte with every other takes seconds.
const TIME_MAX: Duration = Duration::from_millis(300);

/// How often a slow input is tried again: another program may have had the processor, or what it keeps near to it.
const AGAIN: usize = 4;

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// While there is one, panics are kept instead of being printed.
pub struct Panics(());

impl Panics {
    /// From now on.
    pub fn kept() -> Self {
        std::panic::set_hook(Box::new(|info| {
            PANIC.set(Some(info.to_string()));
        }));
        Self(())
    }

    /// Checks an input.
    pub fn execute(&self, target: &Target, input: &[u8]) -> Verdict {
        watch::begins(input);
        let begun = Instant::now();
        let verdict = caught(target, input);
        if begun.elapsed() > TIME_MAX {
            return verdict.and_then(|class| require_fast(target, input).map(|()| class));
        }
        verdict
    }
}

fn caught(target: &Target, input: &[u8]) -> Verdict {
    coverage::reset();
    catch_unwind(AssertUnwindSafe(|| target.check(input))).unwrap_or_else(|_| {
        let told = PANIC.take().unwrap_or_default();
        let (place, message) = told.split_once('\n').unwrap_or((&told, ""));
        Err(Violation {
            property: format!("it does not panic ({place})").into(),
            seen: message.to_owned(),
        })
    })
}

fn require_fast(target: &Target, input: &[u8]) -> Result<(), Violation> {
    let mut fastest = Duration::MAX;
    for _ in 0..AGAIN {
        let begun = processor_time().unwrap_or_default();
        caught(target, input)?;
        let ended = processor_time().unwrap_or_default();
        fastest = fastest.min(ended.saturating_sub(begun));
        if fastest <= TIME_MAX {
            return Ok(());
        }
    }
    Err(Violation {
        property: "it ends in time".into(),
        seen: format!("{} bytes took {} ms", input.len(), fastest.as_millis()),
    })
}
