//! What came of all mutants so far: those of every shard, and those that have met more tests since.

use std::collections::BTreeMap;

use serde_json::Value;

/// All batches that are done, taken together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) shards: usize,
    pub(super) caught: u64,
    pub(super) timed_out: u64,
    /// They do not compile, and so need no test.
    pub(super) unviable: u64,
    /// Each with its reason, if there is one.
    pub(super) survivors: Vec<(String, Option<String>)>,
}

impl Outcome {
    /// Of these batches, with reasons by what a mutant is called without its place.
    pub(super) fn of(batches: &[Value], reasons: &str) -> Self {
        let reasons = reasons_of(reasons);
        let mut all = Self::default();
        for batch in batches {
            match texts(&batch["tried"]) {
                Some(tried) => all.add_tried(batch, &tried),
                None => all.add_shard(batch, &reasons),
            }
        }
        all
    }

    /// Mutants that some test had to notice.
    pub(super) fn viable(&self) -> u64 {
        self.killed() + self.survivors.len() as u64
    }

    /// Of these, those that were noticed.
    pub(super) fn killed(&self) -> u64 {
        self.caught + self.timed_out
    }

    /// Those that survive without a reason.
    pub(super) fn unexplained(&self) -> Vec<String> {
        let silent = self.survivors.iter().filter(|(_, why)| why.is_none());
        silent.map(|(name, _)| name.clone()).collect()
    }

    fn add_shard(&mut self, batch: &Value, reasons: &BTreeMap<String, String>) {
        let count = |name: &str| batch[name].as_u64().unwrap_or_default();
        self.shards += 1;
        self.caught += count("caught");
        self.timed_out += count("timed_out");
        self.unviable += count("unviable");
        for mutant in texts(&batch["missed"]).unwrap_or_default() {
            let reason = reasons.get(&without_place(&mutant)).cloned();
            self.survivors.push((mutant, reason));
        }
    }

    /// Of those that were tried again, what was not missed this time was killed.
    fn add_tried(&mut self, batch: &Value, tried: &[String]) {
        let missed = texts(&batch["missed"]).unwrap_or_default();
        let is_killed = |name: &String| tried.contains(name) && !missed.contains(name);
        let before = self.survivors.len();
        self.survivors.retain(|(name, _)| !is_killed(name));
        self.caught += (before - self.survivors.len()) as u64;
    }
}

/// The texts of a list; `None` where there is none.
fn texts(list: &Value) -> Option<Vec<String>> {
    let list = list.as_array()?;
    let texts = list.iter().filter_map(Value::as_str);
    Some(texts.map(str::to_owned).collect())
}

fn reasons_of(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once("  # "))
        .map(|(mutant, reason)| (mutant.trim().to_owned(), reason.trim().to_owned()))
        .collect()
}

/// `shared/src/money.rs:12:5: replace ...` without line and column, which move with every change.
fn without_place(mutant: &str) -> String {
    let mut parts = mutant.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(change)) => format!("{file}:{change}"),
        _ => mutant.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Outcome, reasons_of, without_place};

    #[test]
    fn a_mutant_is_named_without_its_place() {
        let mutant = "shared/src/money.rs:12:5: replace Money::plus -> Result<Self> with Ok(0: u8)";
        let named = "shared/src/money.rs: replace Money::plus -> Result<Self> with Ok(0: u8)";
        assert_eq!(without_place(mutant), named);
        let reasons = reasons_of(&format!("# a comment\n{named}  # the same either way\n"));
        assert_eq!(reasons[named], "the same either way");
        assert_eq!(reasons.len(), 1);
    }

    const SAME: &str = "a.rs: c  # the same either way";

    fn shard() -> Value {
        json!({
            "shard": 0, "caught": 7, "timed_out": 1, "unviable": 2, "missed": ["a.rs:1:1: b", "a.rs:2:2: c", "a.rs:3:3: d"],
        })
    }

    fn silent(batches: &[Value], reasons: &str) -> (u64, Vec<String>) {
        let found = Outcome::of(batches, reasons);
        assert_eq!((found.shards, found.viable()), (1, 11));
        (found.killed(), found.unexplained())
    }

    #[test]
    fn what_survived_and_was_killed_later_is_killed() {
        let (b, d) = ("a.rs:1:1: b".to_owned(), "a.rs:3:3: d".to_owned());
        assert_eq!(silent(&[shard()], SAME), (8, vec![b, d.clone()]));
        let again = json!({ "tried": ["a.rs:1:1: b", "a.rs:3:3: d"], "missed": ["a.rs:3:3: d"] });
        assert_eq!(silent(&[shard(), again], SAME), (9, vec![d]));
    }

    #[test]
    fn what_was_not_tried_again_is_as_alive_as_before() {
        let again = json!({ "tried": ["a.rs:1:1: b"], "missed": [] });
        let left = vec!["a.rs:2:2: c".to_owned(), "a.rs:3:3: d".to_owned()];
        assert_eq!(silent(&[shard(), again], ""), (9, left));
    }
}
