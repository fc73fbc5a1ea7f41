//! JSON in and out: one reader for everything that the Worker reads, and one writer ([`write()`]) for what serde derives.
//!
//! A Worker that reads many types carries the code of its reader once for each of them, and serde's would be a tenth of its
//! size. So types derive [`Read`], which takes a call or two for a field: all that can be is decided in code that knows no type
//! (what is a field and which one it is, what is text, where an object ends), and an error is asked for once, when all was
//! read. It accepts and refuses what `serde_json` does with the same attributes, except that
//!
//! - a struct comes from an object and never from an array of its fields;
//! - a number with a fraction or an exponent is refused wherever it is wanted: money is never a float;
//! - what is skipped is as well-formed, and nested no deeper, than what is read.
//!
//! A type that reads over unknown fields says so by its name, `#[serde(rename = "~Name")]`; every other one refuses them, and
//! every variant of an enum reads over them. An [`Error`] says where it is (`lines[0].quantity`) and what is expected, and
//! never repeats a value.

mod error;
mod fields;
mod places;
mod read;
mod reader;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod write;

pub use goodword_derive::Read;

pub use self::error::Error;
pub use self::fields::Fields;
pub use self::places::Places;
pub use self::read::{Raw, Read};
pub use self::reader::{Reader, Variant};
pub use self::tree::Tree;
pub use self::write::{Writer, write};

/// Reads a value from a text that holds nothing else.
pub fn parse<T: Read>(text: &str) -> Result<T, Error> {
    let mut reader = Reader::new(text);
    let value = T::read(&mut reader);
    reader.finish()?;
    Ok(value)
}
