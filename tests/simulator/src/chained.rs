//! What the chained log says has moved is what the journal has: whoever verifies the one vouches for the other.

use goodword_edge::native::{Cell, NativeLedger};
use serde_json::Value;

use crate::violation::{Check, must_equal};

const VOUCHED: &str = "every posting of the journal stands in the chained log, in its order";

/// Compares them. A ledger that an earlier version has begun says so from the first line on that does.
pub fn check_chained(ledger: &NativeLedger) -> Check {
    let said = ledger.query(
        "SELECT json_extract(data, '$.moved') FROM log WHERE json_extract(data, '$.moved') IS NOT NULL ORDER BY seq",
    )?;
    let mut moved = Vec::new();
    for row in &said {
        let Some(Cell::Text(list)) = row.first() else {
            continue;
        };
        let list: Vec<Value> = serde_json::from_str(list).map_err(|error| error.to_string())?;
        moved.extend(list.iter().map(|one| {
            let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
            let amount = one["amount"].as_i64().unwrap_or_default();
            (text("debit"), text("credit"), amount, text("currency"))
        }));
    }
    let journal =
        ledger.query("SELECT debit, credit, amount, currency FROM journal ORDER BY seq")?;
    let mut booked: Vec<_> = journal
        .iter()
        .map(|row| match &row[..] {
            [
                Cell::Text(debit),
                Cell::Text(credit),
                Cell::Integer(amount),
                Cell::Text(currency),
            ] => (debit.clone(), credit.clone(), *amount, currency.clone()),
            _ => Default::default(),
        })
        .collect();
    let silent = ledger.query(
        "SELECT 1 FROM log WHERE kind LIKE 'reward.e%' AND json_extract(data, '$.moved') IS NULL LIMIT 1",
    )?;
    if !silent.is_empty() {
        booked.drain(..booked.len().saturating_sub(moved.len()));
    }
    must_equal(VOUCHED, "postings", &moved, &booked)
}
