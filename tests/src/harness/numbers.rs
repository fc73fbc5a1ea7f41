//! Numbers that a run prints: past the test runner's capture, so that they are seen when all is well.

use std::io::Write;
use std::time::Duration;

/// Prints a line that begins with `number:`.
pub fn print_number(text: &str) {
    let mut out = std::io::stdout().lock();
    // A closed output loses a number and no test.
    let _ = writeln!(out, "number: {text}");
}

/// The value below which so many percent of some times lie.
pub fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Duration::from_millis(100));
        assert_eq!(percentile(&times, 99), Duration::from_millis(198));
        assert_eq!(percentile(&times[..1], 50), Duration::from_millis(200));
    }
}
