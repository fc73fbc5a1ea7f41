//! The figures that are promised, on seeds that no weight was chosen on. `cargo xtask risk-report` judges more of them.

use goodword_risk_report::TUNING_END;
use goodword_risk_report::report::{Report, run};

/// Where each range of seeds begins, and how long it is: chosen after the weights had been changed for the last time, like those of
/// `cargo xtask risk-report`, and apart from them. They are judged together, and may miss a limit by two standard
/// errors, because some classes have but some hundred orders here; `cargo xtask test` judges many more, by the limits themselves.
const RANGES: [(u64, u64); 3] = [(540_000, 6), (650_000, 6), (760_000, 6)];

#[test]
fn abuse_is_caught_and_honest_people_are_left_alone_on_seeds_that_were_not_looked_at() {
    let mut all = Report::default();
    for (start, seeds) in RANGES {
        assert!(start >= TUNING_END);
        all.absorb(run(start, seeds).expect("ledgers that do what they must"));
    }
    let failures = all.failures(2);
    println!(
        "number: risk, {} referred orders of fresh seeds, {} limits missed",
        all.orders(),
        failures.len()
    );
    assert_eq!(failures, Vec::<String>::new(), "{all}");
}
