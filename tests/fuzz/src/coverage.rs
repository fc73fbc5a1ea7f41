//! What an execution went through, as counted by the compiler.
//!
//! `cargo xtask fuzz` compiles this crate and all that it tests with LLVM's coverage counters: stable `rustc` takes the pass by its
//! name (`-C passes=sancov-module`). Each edge of the program's flow has a counter of eight bits; every module tells where
//! the counters lie before `main` begins. Compiled in the usual way there are none, and everything here is empty.

use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

static FIRST: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());
static END: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());

/// Called by each module that has counters. All of them lie in one section, so that each tells the same.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(first: *mut AtomicU64, end: *mut AtomicU64) {
    FIRST.store(first, Ordering::Relaxed);
    END.store(end, Ordering::Relaxed);
}

/// The counters, eight in a word. Those that lie before or behind whole words are not looked at.
fn counters() -> &'static [AtomicU64] {
    let (first, end) = (FIRST.load(Ordering::Relaxed), END.load(Ordering::Relaxed));
    let length = end.addr().saturating_sub(first.addr());
    if first.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: the linker has put `length` initialised bytes there, for as long as the program runs. They change while
    // they are looked at, which atomics allow; there is one thread that runs what is tested.
    unsafe {
        let bytes = std::slice::from_raw_parts(first.cast::<std::sync::atomic::AtomicU8>(), length);
        let (_, words, _) = bytes.align_to::<AtomicU64>();
        words
    }
}

/// How many counters there are.
pub(crate) fn points() -> usize {
    counters().len() * 8
}

/// Sets all counters to nothing.
pub(crate) fn reset() {
    for word in counters() {
        word.store(0, Ordering::Relaxed);
    }
}

/// Everything that was gone through so far, and about how often.
pub(crate) struct Seen {
    buckets: Vec<u8>,
    points: usize,
}

impl Seen {
    /// Nothing yet.
    pub(crate) fn nothing() -> Self {
        Self {
            buckets: vec![0; counters().len() * 8],
            points: 0,
        }
    }

    /// Adds what was counted since [`reset`]; whether any of it is new.
    pub(crate) fn add(&mut self) -> bool {
        let mut new = false;
        for (word, seen) in counters().iter().zip(self.buckets.chunks_exact_mut(8)) {
            let word = word.load(Ordering::Relaxed);
            if word == 0 {
                continue;
            }
            for (count, seen) in word.to_ne_bytes().into_iter().zip(seen) {
                let bucket = bucket(count);
                if *seen & bucket != bucket {
                    self.points += usize::from(*seen == 0);
                    *seen |= bucket;
                    new = true;
                }
            }
        }
        new
    }

    /// Edges that were gone through.
    pub(crate) fn points(&self) -> usize {
        self.points
    }
}

/// A bit for about how often: once, twice, three times, up to 7, 15, 31, 127, more.
fn bucket(count: u8) -> u8 {
    match count {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        4..=7 => 8,
        8..=15 => 16,
        16..=31 => 32,
        32..=127 => 64,
        128..=255 => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn a_count_that_is_about_the_same_is_nothing_new() {
        assert_eq!(bucket(5), bucket(7));
        assert_ne!(bucket(7), bucket(8));
        assert_eq!(bucket(0), 0);
    }
}
