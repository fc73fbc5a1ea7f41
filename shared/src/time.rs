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

/// The calendar month of a moment in UTC, such as `2026-11`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "days are below 2^38: nothing here comes near the end of an integer"
)]
pub fn month(at: Millis) -> String {
    // Civil from days (Howard Hinnant): years begin in March, so that the leap day is the last one.
    let days = at.0.div_euclid(DAY_MS).saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}")
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, Millis, month};

    #[test]
    fn months_are_those_of_the_calendar() {
        let midnight = |days: i64| Millis(days * DAY_MS);
        let months = [
            (0, "1970-01"),
            (30, "1970-01"),
            (31, "1970-02"),
            (59, "1970-03"),
            (11_016, "2000-02"),
            (11_017, "2000-03"),
            (20_453, "2025-12"),
            (20_454, "2026-01"),
            (20_512, "2026-02"),
            (20_513, "2026-03"),
            (-1, "1969-12"),
        ];
        for (days, name) in months {
            assert_eq!(month(midnight(days)), name, "{days}");
        }
        assert_eq!(month(Millis(DAY_MS * 31 - 1)), "1970-01");
        assert_eq!(month(Millis(DAY_MS * 31)), "1970-02");
    }

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
