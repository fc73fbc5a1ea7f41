//! How a check ends: in a class of outcomes, or with a property that does not hold.

use std::borrow::Cow;

/// The class of an outcome; there are few.
pub type Class = Cow<'static, str>;

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The property, as a sentence that should be true. Two violations of one property are the same find.
    pub property: Cow<'static, str>,
    /// What was seen instead.
    pub seen: String,
}

/// How a check ends.
pub type Verdict = Result<Class, Violation>;

/// Goes on if the property holds.
pub(crate) fn holds(
    property: &'static str,
    is_so: bool,
    seen: impl FnOnce() -> String,
) -> Result<(), Violation> {
    if is_so {
        return Ok(());
    }
    Err(Violation {
        property: property.into(),
        seen: seen(),
    })
}

/// Goes on if both are the same.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    property: &'static str,
    one: &T,
    other: &T,
) -> Result<(), Violation> {
    holds(property, one == other, || format!("{one:?} and {other:?}"))
}

/// The class of an error that is told as text: without values and paths, so that there are few.
pub(crate) fn class_of(told: &str) -> Class {
    let told = told.rsplit_once(": ").map_or(told, |(head, what)| {
        if head.contains("InvalidBody") {
            what
        } else {
            told
        }
    });
    let told = told
        .split_once("unknown field")
        .map_or(told, |_| "unknown field");
    let letters = told.chars().filter(|c| !c.is_ascii_digit());
    Class::Owned(letters.take(60).collect())
}
