//! The inputs of which new ones are made: each has reached something that none before it had.

use crate::rng::Rng;

/// Most inputs; then every second one goes.
const INPUTS_MAX: usize = 4_096;

/// How many of the latest are chosen half of the time: what was found last has been tried least.
const LATEST: usize = 32;

/// Longest input that is kept for a later run.
const KEPT_LENGTH_MAX: usize = 4_096;

#[derive(Default)]
pub(super) struct Pool(Vec<Vec<u8>>);

impl Pool {
    pub(super) fn add(&mut self, input: Vec<u8>) {
        if self.0.len() >= INPUTS_MAX {
            let mut index = 0;
            self.0.retain(|_| {
                index += 1;
                index % 2 == 0
            });
        }
        self.0.push(input);
    }

    /// One of them; nothing when there is none.
    pub(super) fn pick(&self, rng: &mut Rng) -> &[u8] {
        let latest = if rng.once_in(2) {
            LATEST.min(self.0.len())
        } else {
            self.0.len()
        };
        let index = self.0.len() - latest + rng.below(latest);
        self.0.get(index).map_or(&[], Vec::as_slice)
    }

    pub(super) fn worth_keeping(&self) -> impl Iterator<Item = &[u8]> {
        let inputs = self.0.iter().map(Vec::as_slice);
        inputs.filter(|input| input.len() <= KEPT_LENGTH_MAX)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
