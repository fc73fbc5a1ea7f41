//! Who has used what, and when.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::Person;

/// Things with the people who have used them.
#[derive(Debug)]
pub(super) struct Uses<K>(HashMap<K, Vec<(Person, i64)>>);

impl<K> Default for Uses<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Uses<K> {
    /// Somebody has used this.
    pub(super) fn note(&mut self, key: K, person: Person, at: i64) {
        self.0.entry(key).or_default().push((person, at));
    }

    /// Everybody who has used one of these.
    pub(super) fn of(&self, keys: &[K]) -> HashSet<Person> {
        let found = keys.iter().filter_map(|key| self.0.get(key)).flatten();
        found.map(|(person, _)| *person).collect()
    }
}

/// The network of an address.
pub(super) fn prefix([a, b, c, _]: [u8; 4]) -> String {
    format!("{a}.{b}.{c}")
}
