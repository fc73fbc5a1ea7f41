//! What staff says in its own words: a few sentences, which may name people and are kept encrypted.

use goodword_shared::name::{NOTE_LENGTH_MAX, clean_note};
use goodword_shared::rejection::Rejection;

/// The text of a field, cleaned; refused (invalid_body) when nothing is left of it, or when it is too long.
pub(crate) fn words(field: &str, text: &str) -> Result<String, Rejection> {
    clean_note(text).ok_or_else(|| {
        let text = format!("{field}: expected 1 to {NOTE_LENGTH_MAX} visible characters");
        Rejection::InvalidBody(text)
    })
}
