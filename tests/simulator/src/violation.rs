//! What a check says when something is not as it must be.

use std::fmt;

/// A broken invariant, by name, with what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: &'static str,
    /// What was found.
    pub found: String,
}

/// A check's outcome.
pub type Check<T = ()> = Result<T, Violation>;

/// A violation, if it is not so.
pub fn must(holds: bool, invariant: &'static str, found: impl FnOnce() -> String) -> Check {
    if holds {
        Ok(())
    } else {
        Err(Violation {
            invariant,
            found: found(),
        })
    }
}

/// A violation, if they differ.
pub fn must_equal<T: PartialEq + fmt::Debug>(
    invariant: &'static str,
    what: &str,
    ledger: &T,
    model: &T,
) -> Check {
    must(ledger == model, invariant, || {
        format!("{what}: the ledger says {ledger:?}, it must be {model:?}")
    })
}

/// The ledger itself failed where no fault was injected.
impl From<String> for Violation {
    fn from(found: String) -> Self {
        Self {
            invariant: "the ledger never breaks by itself",
            found,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}", self.invariant, self.found)
    }
}
