//! JSON in: one reader for everything that the Worker reads.
//!
//! A Worker that reads many types carries the code of its reader once for each of them, and a general one is most of its
//! size. So this one knows the types through their derived readers, as any would, but decides all that it can in code that
//! knows no type: what is a field and which one it is, what is text, where an object ends. It accepts and refuses what
//! `serde_json` does, except that
//!
//! - a struct comes from an object and never from an array of its fields;
//! - a number with a fraction or an exponent is refused wherever it is wanted: money is never a float;
//! - what is skipped is as well-formed, and nested no deeper, than what is read.
//!
//! A struct is told its fields in the order in which it lists them, so types that are read must not use `#[serde(alias)]`. One
//! that reads over unknown fields says so by its name, `#[serde(rename = "~Name")]`; every other one refuses them, and every
//! variant of an enum reads over them. An [`Error`] says where it
//! is (`lines[0].quantity`) and what is expected, and never repeats a value.

mod error;
mod fields;
mod places;
mod reader;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use serde::Deserializer;
use serde::de::DeserializeOwned;

pub use self::error::Error;
pub use self::fields::Fields;
use self::text::Text;
pub use self::tree::Tree;

/// Reads a value from a text that holds nothing else.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let mut text = Text::new(text);
    let value = T::deserialize(&mut text).map_err(|error| text.located(error))?;
    text.finish()?;
    Ok(value)
}

/// Reads a field that may be absent and may not be null, for `deserialize_with` beside `default`.
pub fn present<'de, D: Deserializer<'de>, T: serde::Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
