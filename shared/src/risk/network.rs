//! Networks as hashes that lose their meaning.
//!
//! A network prefix (`/24` or `/48`, see the caller) is compared as a keyed hash under a key that moves on every fourteen days and
//! cannot be turned back: each key is made from the one before, and all but the latest two are forgotten. So who
//! was where is known for two to four weeks, and by nobody after that, not even with a copy of the ledger.

use crate::keyed_hash::{KeyedHash, SecretKey, keyed_hash, mac};
use crate::time::{DAY_MS, Millis};

/// How long one key is in use.
pub const PERIOD_MS: i64 = 14 * DAY_MS;

/// Most steps made at once: after a longer absence a key has no relation to what was stored, and need not have one.
const STEPS_MAX: i64 = 1_000;

/// The keys that networks are compared under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkKeys {
    /// The period of the newer key.
    pub period: i64,
    /// The key in use.
    pub current: SecretKey,
    /// The one before, under which networks of the period before can still be found.
    pub previous: Option<SecretKey>,
}

impl NetworkKeys {
    /// The first key, from random bytes.
    pub const fn new(seed: SecretKey, now: Millis) -> Self {
        Self {
            period: period(now),
            current: seed,
            previous: None,
        }
    }

    /// The keys of `now`: the same ones within a period, later ones after it, never earlier ones. Store them before
    /// a hash of theirs.
    #[must_use]
    pub fn at(mut self, now: Millis) -> Self {
        let steps = period(now).saturating_sub(self.period).min(STEPS_MAX);
        for _ in 0..steps {
            let next = SecretKey(mac(&self.current, &[b"network/next"]));
            self.previous = Some(std::mem::replace(&mut self.current, next));
        }
        self.period = self.period.max(period(now));
        self
    }

    /// As bytes, to be kept sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.period.to_be_bytes().to_vec();
        bytes.extend(self.current.0);
        bytes.extend(self.previous.iter().flat_map(|key| key.0));
        bytes
    }

    /// What was kept.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (period, rest) = bytes.split_first_chunk()?;
        let (current, rest) = rest.split_first_chunk()?;
        let previous = match rest.len() {
            0 => None,
            _ => Some(SecretKey(rest.try_into().ok()?)),
        };
        Some(Self {
            period: i64::from_be_bytes(*period),
            current: SecretKey(*current),
            previous,
        })
    }

    /// The hash to store.
    pub fn hash(&self, prefix: &str) -> KeyedHash {
        keyed_hash(&self.current, "network", prefix)
    }

    /// The hashes under which the network may have been stored.
    pub fn hashes(&self, prefix: &str) -> Vec<KeyedHash> {
        let keys = std::iter::once(&self.current).chain(self.previous.as_ref());
        keys.map(|key| keyed_hash(key, "network", prefix)).collect()
    }
}

const fn period(at: Millis) -> i64 {
    at.0.div_euclid(PERIOD_MS)
}

#[cfg(test)]
mod tests {
    use super::{NetworkKeys, PERIOD_MS};
    use crate::keyed_hash::SecretKey;
    use crate::time::Millis;

    fn after(periods: i64) -> NetworkKeys {
        NetworkKeys::new(SecretKey([5; 32]), Millis(0)).at(Millis(periods * PERIOD_MS))
    }

    #[test]
    fn a_network_is_found_in_its_own_period_and_the_next_and_then_no_more() {
        let stored = after(0).hash("203.0.113");
        assert!(after(0).hashes("203.0.113").contains(&stored));
        assert!(after(1).hashes("203.0.113").contains(&stored));
        assert!(!after(2).hashes("203.0.113").contains(&stored));
        assert!(!after(0).hashes("203.0.114").contains(&stored));
    }

    #[test]
    fn a_key_is_in_use_for_fourteen_days() {
        let first = NetworkKeys::new(SecretKey([5; 32]), Millis(0));
        assert_eq!(first.clone().at(Millis(14 * 86_400_000 - 1)), first);
        assert_ne!(first.clone().at(Millis(14 * 86_400_000)), first);
    }

    #[test]
    fn one_long_step_comes_to_the_same_as_many_short_ones() {
        let mut keys = after(0);
        for period in 1..=5 {
            keys = keys.at(Millis(period * PERIOD_MS + 7));
        }
        assert_eq!(keys, after(5));
    }

    #[test]
    fn keys_survive_being_kept_and_half_of_them_is_none() {
        for keys in [after(0), after(3)] {
            let bytes = keys.to_bytes();
            assert_eq!(NetworkKeys::from_bytes(&bytes), Some(keys));
            assert_eq!(NetworkKeys::from_bytes(&bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_clock_that_goes_back_gives_no_earlier_key() {
        assert_eq!(after(3).at(Millis(0)), after(3));
        assert_eq!(after(0).at(Millis(PERIOD_MS - 1)), after(0));
    }
}
