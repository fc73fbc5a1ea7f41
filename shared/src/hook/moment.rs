//! Times as platforms write them.

use crate::json::Tree;
use crate::time::{DAY_MS, Millis};

/// The first of these that is a time, at most `now`; `now` when none is. RFC 3339, with or without zone (UTC then), or Unix
/// seconds.
pub(super) fn moment(told: &[&Tree], now: Millis) -> Millis {
    let mut told = told.iter().filter_map(|tree| tree.word());
    let at = told.find_map(|word| seconds(word).or_else(|| calendar(word)));
    Millis(at.unwrap_or(now.0).clamp(0, now.0))
}

fn seconds(word: &str) -> Option<i64> {
    word.parse::<i64>().ok()?.checked_mul(1_000)
}

/// `2026-11-25T08:41:00`, `2026-11-25 08:41:00.123Z`, `2026-11-25T08:41:00-05:00`.
fn calendar(word: &str) -> Option<i64> {
    let number = |from: usize, to: usize| word.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
    if !fits || second > 60 {
        return None;
    }
    let zone = word
        .get(19..)?
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let clock = hour
        .checked_mul(60)?
        .checked_add(minute)?
        .checked_sub(offset(zone)?)?;
    let of_day = clock
        .checked_mul(60)?
        .checked_add(second)?
        .checked_mul(1_000)?;
    days(year, month, day)
        .checked_mul(DAY_MS)?
        .checked_add(of_day)
}

/// Minutes that a zone's clocks are ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let hours: i64 = zone.get(1..3)?.parse().ok()?;
    let minutes: i64 = zone.get(3..)?.trim_start_matches(':').parse().ok()?;
    hours
        .checked_mul(60)?
        .checked_add(minutes)?
        .checked_mul(sign)
}

/// Days of a date since 1970-01-01. A year begins in March here, so that the leap day is its last (as in `time::civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 {
        year
    } else {
        year.saturating_sub(1)
    };
    let since_march = month.saturating_add(9).rem_euclid(12);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = since_march
        .saturating_mul(153)
        .saturating_add(2)
        .div_euclid(5)
        .saturating_add(day)
        .saturating_sub(1);
    let leaps = of_era.div_euclid(4).saturating_sub(of_era.div_euclid(100));
    let of_era = of_era
        .saturating_mul(365)
        .saturating_add(leaps)
        .saturating_add(of_year);
    era.saturating_mul(146_097)
        .saturating_add(of_era)
        .saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::{days, moment};
    use crate::json::Tree;
    use crate::time::Millis;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn at(json: &str) -> i64 {
        moment(&[&Tree::parse(json).expect("JSON")], NOW).0
    }

    #[test]
    fn times_are_read_in_every_form_that_platforms_write() {
        for (json, millis) in [
            ("1764060060", 1_764_060_060_000),
            (r#""2025-11-25T08:41:00Z""#, 1_764_060_060_000),
            (r#""2025-11-25T08:41:00""#, 1_764_060_060_000),
            (r#""2025-11-25 08:41:00.999Z""#, 1_764_060_060_000),
            (r#""2025-11-25T03:41:00-05:00""#, 1_764_060_060_000),
            (r#""2025-11-25T14:11:00+0530""#, 1_764_060_060_000),
            (r#""1970-01-01T00:00:00Z""#, 0),
        ] {
            assert_eq!(at(json), millis, "{json}");
        }
    }

    #[test]
    fn what_is_no_time_or_ahead_of_ours_is_now() {
        for json in [
            "null",
            "\"\"",
            "\"soon\"",
            "\"2025-13-01T00:00:00Z\"",
            "\"2025-01-01\"",
            "9999999999999",
            "\"2999-01-01T00:00:00Z\"",
            "\"2025-11-25T08:41:00 Uhr\"",
            "\"２０25-11-25T08:41:00Z\"",
        ] {
            assert_eq!(at(json), NOW.0, "{json}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let lengths = |year: i64| {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            [
                31,
                if leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ]
        };
        let mut next = 0;
        for year in 1970..2500 {
            for (length, month) in lengths(year).into_iter().zip(1..) {
                for day in 1..=length {
                    assert_eq!(days(year, month, day), next);
                    next += 1;
                }
            }
        }
    }
}
