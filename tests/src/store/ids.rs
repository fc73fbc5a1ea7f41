//! Time and randomness: the two things that make ids.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Crockford's 32 symbols: nothing in them is mistaken for something else on an invoice.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The wall clock in Unix milliseconds.
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A document number: `prefix`, the time in 9 symbols, 5 random ones. It sorts by time and stays unique over restarts,
/// without a counter to store; only A-Z and 0-9, which every system on its way accepts.
///
/// # Panics
/// When the operating system has no randomness.
pub fn document_id(prefix: &str, at_ms: i64) -> String {
    let mut id = prefix.to_owned();
    for place in (0..9).rev() {
        id.push(symbol((at_ms >> (5 * place)).to_le_bytes()[0]));
    }
    for byte in random::<5>() {
        id.push(symbol(byte));
    }
    id
}

/// An unguessable session id: 128 bits in hex.
///
/// # Panics
/// When the operating system has no randomness.
pub fn session_id() -> String {
    hex(&random::<16>())
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Locks what a panicking request may have left locked: every critical section here leaves whole values behind.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn symbol(byte: u8) -> char {
    char::from(SYMBOLS[usize::from(byte & 31)])
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::document_id;

    #[test]
    fn a_document_id_is_plain_and_sorts_by_time() {
        let earlier = document_id("EO", 1_764_000_000_000);
        let later = document_id("EO", 1_764_000_000_001);
        assert_eq!(earlier.len(), 16);
        assert!(earlier.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(earlier < later, "{earlier} {later}");
    }

    #[test]
    fn ids_of_the_same_millisecond_differ() {
        let ids: BTreeSet<String> = (0..200).map(|_| document_id("EO", 7)).collect();
        assert_eq!(ids.len(), 200);
    }
}
