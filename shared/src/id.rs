//! Identifiers, parsed once at the boundary: no bare string stands for one inside.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json::{Read, Reader};
use crate::time::Millis;

/// Longest program id: it travels in every click token, 6 bits a symbol.
pub const PROGRAM_ID_LENGTH_MAX: usize = 32;

/// Longest id of the merchant's own making (order, customer, refund): generous for any shop, small for a row.
pub const EXTERNAL_ID_LENGTH_MAX: usize = 128;

/// Id of a program, `[a-z0-9-]{1,32}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProgramId(String);

/// An id that the merchant's systems made: order, customer, refund or dispute. 1 to 128 visible characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

/// A pseudonym of ours: person, referral, reward. It says when it was made, to the millisecond, and nothing else; the rest is
/// chance. In order of time, so that what belongs together lies together: a ledger writes one page of an index and not a
/// random one for each.
///
/// Its time tells nobody anything new: whoever gets to see one (the merchant; referrers, of their own referrals and rewards)
/// is told the time of its making beside it, and the log has a line of that time. Visitors are shown the pseudonym of
/// nobody, and it opens nothing: knowing one is no credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Read)]
#[serde(transparent)]
pub struct Pseudonym(pub String);

/// The click that a signed token carries: 12 random bytes, the business key of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClickId(pub [u8; 12]);

/// Why an id was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl ProgramId {
    /// Parses `[a-z0-9-]{1,32}`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=PROGRAM_ID_LENGTH_MAX).contains(&text.len());
        let clean = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits && clean {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ExternalId {
    /// Parses 1 to 128 characters (and at most 512 bytes), none of them a control, white space at an end, or a bidi mark.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = !text.is_empty() && text.chars().count() <= EXTERNAL_ID_LENGTH_MAX;
        let clean = text.trim() == text && !text.chars().any(crate::name::is_hidden);
        if fits && clean {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Pseudonym {
    /// A pseudonym made now, from random bytes: 12 hex digits of milliseconds and 20 of chance.
    pub fn new(now: Millis, entropy: [u8; 10]) -> Self {
        let [_, _, time @ ..] = now.0.to_be_bytes();
        Self(hex(&time) + &hex(&entropy))
    }
}

impl ClickId {
    /// 24 hex digits, as stored.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }
}

/// Lower-case hex digits of some bytes.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

impl TryFrom<String> for ProgramId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl Read for ProgramId {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::parse(&reader.text());
        reader.checked(read, || Self("x".into()))
    }
}

impl From<ProgramId> for String {
    fn from(id: ProgramId) -> Self {
        id.0
    }
}

impl TryFrom<String> for ExternalId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl ExternalId {
    /// What a reader goes on with that has met an error.
    pub(crate) fn stand_in() -> Self {
        Self("x".into())
    }
}

impl Read for ExternalId {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::parse(&reader.text());
        reader.checked(read, Self::stand_in)
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

impl fmt::Display for ProgramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of an allowed length without control characters")
    }
}

#[cfg(test)]
mod tests {
    use super::{ExternalId, ProgramId, Pseudonym};
    use crate::time::Millis;

    #[test]
    fn a_program_id_is_lower_case_letters_digits_and_dashes() {
        assert!(ProgramId::parse("acme-2").is_ok());
        for bad in ["", "Acme", "a_b", "a b", &"a".repeat(33)] {
            assert!(ProgramId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_external_id_refuses_controls_and_bidi_marks() {
        assert!(ExternalId::parse("#1001/É").is_ok());
        for bad in ["", " 1", "1\n", "1\u{202e}2", &"a".repeat(129)] {
            assert!(ExternalId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_pseudonym_is_32_hex_digits() {
        let made = Pseudonym::new(Millis(0x0199_0000_0001), [0xa5; 10]);
        assert_eq!(made.0, "019900000001".to_owned() + &"a5".repeat(10));
        assert!(made < Pseudonym::new(Millis(0x0199_0000_0002), [0; 10]));
    }
}
