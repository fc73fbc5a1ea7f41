//! Time as integer Unix milliseconds, always handed in.
//!
//! A decision that read a clock could not be replayed; so `now` is an argument everywhere, and this type keeps
//! milliseconds from being mixed up with seconds or days.

use serde::{Deserialize, Serialize};

use crate::json::Read;

/// Milliseconds in a day. Days are 24 hours: holds and windows are durations, not calendar dates.
pub const DAY_MS: i64 = 86_400_000;

/// A moment, Unix milliseconds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Read,
)]
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

    /// The day in the Gregorian calendar and the minute, UTC: `2026-11-25 08:41 UTC`.
    pub fn in_words(self) -> String {
        let minutes = self.0.rem_euclid(DAY_MS).div_euclid(60_000);
        let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
        let (year, month, day) = civil(self.0.div_euclid(DAY_MS));
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
    }

    /// Days since 1970.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// Whole Unix seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Year, month and day of a day since 1970-01-01. A year begins in March here, so that the leap day is its last: the method
/// of Hinnant, "chrono-compatible low-level date algorithms". Milliseconds of 64 bits are days that nothing below overflows.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leaps = of_era
        .div_euclid(1_460)
        .saturating_sub(of_era.div_euclid(36_524));
    let leaps = leaps.saturating_add(of_era.div_euclid(146_096));
    let year_of_era = of_era.saturating_sub(leaps).div_euclid(365);
    let begun = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era.div_euclid(4))
        .saturating_sub(year_of_era.div_euclid(100));
    let of_year = of_era.saturating_sub(begun);
    let month = of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let before = month.saturating_mul(153).saturating_add(2).div_euclid(5);
    let day = of_year.saturating_sub(before).saturating_add(1);
    let january = month >= 10;
    let month = if january {
        month.saturating_sub(9)
    } else {
        month.saturating_add(3)
    };
    let year = era
        .saturating_mul(400)
        .saturating_add(year_of_era)
        .saturating_add(i64::from(january));
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, Millis};

    #[test]
    fn days_are_added_as_24_hours() {
        assert_eq!(Millis(5).plus_days(2), Millis(5 + 2 * DAY_MS));
    }

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        for (ms, words) in [
            (0, "1970-01-01 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (951_868_799_999, "2000-02-29 23:59 UTC"),
            (1_709_251_200_000, "2024-03-01 00:00 UTC"),
            (1_764_060_060_000, "2025-11-25 08:41 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(Millis(ms).in_words(), words);
        }
        assert!(Millis(i64::MAX).in_words().ends_with("UTC"));
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
