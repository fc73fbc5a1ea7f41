//! Time as integer Unix milliseconds, always handed in.
//!
//! A decision that read a clock could not be replayed; so `now` is an argument everywhere, and this type keeps
//! milliseconds from being mixed up with seconds or days.

use serde::{Deserialize, Serialize};

/// Milliseconds in a day. Days are 24 hours: holds and windows are durations, not calendar dates.
pub const DAY_MS: i64 = 86_400_000;

/// A moment, Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// This moment and so many days; stays at the end of time rather than wrapping.
    #[must_use]
    pub const fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add((days as i64).saturating_mul(DAY_MS)))
    }

    /// This moment and so many milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Whole Unix seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, Millis};

    #[test]
    fn days_are_added_as_24_hours() {
        assert_eq!(Millis(5).plus_days(2), Millis(5 + 2 * DAY_MS));
    }

    #[test]
    fn the_end_of_time_does_not_wrap() {
        assert_eq!(Millis(i64::MAX).plus_days(1), Millis(i64::MAX));
    }

    #[test]
    fn seconds_before_the_epoch_round_down() {
        assert_eq!(Millis(-1).seconds(), -1);
    }
}
