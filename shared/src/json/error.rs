//! What is wrong with a JSON text, and where.

use std::fmt::{self, Display};

/// Characters of the body's own names that are repeated in an error.
const NAME_LENGTH_MAX: usize = 40;

/// Why a text was refused: what and where, never a value of it. Of what it says itself, only names of fields are repeated.
#[derive(Debug, PartialEq, Eq)]
pub struct Error(Box<Said>);

#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    path: String,
    what: String,
}

impl Error {
    #[cold]
    #[inline(never)]
    pub(super) fn new(what: &str) -> Self {
        Self(Box::new(Said {
            path: String::new(),
            what: what.to_owned(),
        }))
    }

    /// A field that the type does not have.
    #[cold]
    pub(crate) fn unknown(name: &str) -> Self {
        Self::new(&format!("unknown field {}", clean(name)))
    }

    /// A field that must be there.
    #[cold]
    pub(crate) fn missing(name: &str) -> Self {
        Self::new(&format!("missing field {name}"))
    }

    /// One of these words is expected.
    #[cold]
    pub(crate) fn one_of(words: &[&str]) -> Self {
        Self::new(&format!("expected one of {}", words.join(", ")))
    }

    /// The same error, said to be there.
    pub(super) fn at(mut self, path: String) -> Self {
        self.0.path = path;
        self
    }
}

/// A name from a text, fit to be shown.
pub(super) fn clean(name: &str) -> String {
    name.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(NAME_LENGTH_MAX)
        .collect()
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            f.write_str(&self.0.path)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.0.what)
    }
}

impl std::error::Error for Error {}
