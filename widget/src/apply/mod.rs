//! Ways to put a discount code into this page's cart.
//!
//! There is one adapter so far, [`hook`]: the page has told `goodword("shop", ...)` how. Where there is none, the code is
//! shown with a copy button.

pub(crate) mod hook;

/// The page's cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cart {
    /// It cannot be reached from here.
    None,
    Empty,
    Full,
}

/// What came of an attempt to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The cart has the code, and the total shows it.
    Applied,
    /// Not now: another cart may take it.
    Pending,
    /// The shop has refused it, for this cart.
    Rejected,
    /// The buyer's own code takes more off, and stays.
    Kept,
    /// It does not go together with what is in the cart.
    Conflict,
    /// This page cannot do it.
    Unsupported,
}
