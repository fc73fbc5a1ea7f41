//! The grammar of JSON (RFC 8259), and how far a text has been read: all of the reader that knows no type.

use std::borrow::Cow;

use super::error::{Error, clean};
use super::places::Places;

/// Objects and lists that may lie inside one another.
const DEPTH_MAX: usize = 127;

/// A place that takes more bytes than this to tell is told in part.
const PATH_LENGTH_MAX: usize = 120;

/// A text, read from its beginning to its end.
pub(super) struct Text<'a> {
    all: &'a str,
    at: usize,
    /// Where in the value that is: one step for each object and list that is open.
    path: Vec<Step<'a>>,
}

enum Step<'a> {
    /// Before the first field or element.
    Start,
    Field(Cow<'a, str>),
    Element(usize),
}

/// A whole number.
pub(super) enum Whole {
    Natural(u64),
    Negative(i64),
}

impl Default for Whole {
    fn default() -> Self {
        Self::Natural(0)
    }
}

impl<'a> Text<'a> {
    pub(super) const fn new(all: &'a str) -> Self {
        Self {
            all,
            at: 0,
            path: Vec::new(),
        }
    }

    /// After the value there is nothing else.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.malformed()),
        }
    }

    /// An error of what is being read.
    #[cold]
    #[inline(never)]
    pub(super) fn located(&self, error: Error) -> Error {
        let mut path = String::new();
        for step in &self.path {
            if path.len() > PATH_LENGTH_MAX {
                path.push_str("...");
                break;
            }
            match step {
                Step::Start => {}
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&clean(name));
                }
                Step::Element(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        error.at(path)
    }

    /// The next byte that is not a space.
    #[inline(never)]
    pub(super) fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.step(1);
        }
        self.byte()
    }

    /// Opens an object or a list.
    #[inline(never)]
    pub(super) fn open(&mut self, bracket: u8) -> Result<(), Error> {
        if self.next() != Some(bracket) {
            return Err(Error::new(match bracket {
                b'{' => "expected an object",
                _ => "expected a list",
            }));
        }
        if self.path.len() >= DEPTH_MAX {
            return Err(Error::new("nested too deeply"));
        }
        self.step(1);
        self.path.push(Step::Start);
        Ok(())
    }

    /// How many objects and lists are open.
    pub(super) const fn depth(&self) -> usize {
        self.path.len()
    }

    /// Closes what was opened at this depth, unless its end was read already; nothing may be left in it.
    #[inline(never)]
    pub(super) fn close(&mut self, depth: usize, bracket: u8) -> Result<(), Error> {
        if self.path.len() <= depth || self.ends(bracket)? {
            return Ok(());
        }
        Err(Error::new("expected nothing after this"))
    }

    /// Goes to the next element of a list, or behind its end.
    #[inline(never)]
    pub(super) fn element(&mut self) -> Result<bool, Error> {
        if self.ends(b']')? {
            return Ok(false);
        }
        if let Some(step) = self.path.last_mut() {
            *step = Step::Element(match step {
                Step::Element(index) => index.saturating_add(1),
                _ => 0,
            });
        }
        Ok(true)
    }

    /// Goes to the value of the next field of an object, or behind its end.
    #[inline(never)]
    pub(super) fn field(&mut self) -> Result<bool, Error> {
        if self.ends(b'}')? {
            return Ok(false);
        }
        if self.next() != Some(b'"') {
            return Err(self.malformed());
        }
        let name = self.string()?;
        if self.next() != Some(b':') {
            return Err(self.malformed());
        }
        self.step(1);
        if let Some(step) = self.path.last_mut() {
            *step = Step::Field(name);
        }
        Ok(true)
    }

    /// The name of the field whose value comes next.
    pub(super) fn name(&self) -> &str {
        match self.path.last() {
            Some(Step::Field(name)) => name,
            _ => "",
        }
    }

    /// Finds the fields of an object, and goes behind it.
    #[inline(never)]
    pub(super) fn fields_of(
        &mut self,
        names: &'static [&'static str],
        open: bool,
    ) -> Result<Places, Error> {
        let mut places = Places::of(names);
        self.open(b'{')?;
        while self.field()? {
            match index(names, self.name()) {
                Some(index) => places.found(index, self.at)?,
                None if open => {}
                None => {
                    let error = Error::unknown(self.name());
                    self.path.pop();
                    return Err(error);
                }
            }
            self.skip()?;
        }
        places.end = self.at;
        self.path.push(Step::Start);
        Ok(places)
    }

    /// Goes to the value of the next of these fields; false when it is not there.
    #[inline(never)]
    pub(super) fn go_to_next(&mut self, places: &mut Places) -> bool {
        let Some((name, at)) = places.next() else {
            return false;
        };
        self.at = at;
        if let Some(step) = self.path.last_mut() {
            *step = Step::Field(Cow::Borrowed(name));
        }
        true
    }

    /// Goes behind the object of these fields, all of which were read.
    #[inline(never)]
    pub(super) fn leave(&mut self, places: &Places) {
        self.at = places.end;
        self.path.pop();
    }

    /// Goes out of what is being read: an error is of what it is in.
    pub(super) fn step_out(&mut self) {
        self.path.pop();
    }

    /// The number of the variant that comes next, as a text alone or as the one field of an object (`true`).
    #[inline(never)]
    pub(super) fn variant_of(&mut self, names: &[&str]) -> Result<(usize, bool), Error> {
        if self.next() == Some(b'{') {
            self.open(b'{')?;
            if self.field()? {
                if let Some(index) = index(names, self.name()) {
                    return Ok((index, true));
                }
                self.path.pop();
            }
        } else if let Some(index) = index(names, &self.text()?) {
            return Ok((index, false));
        }
        Err(Error::one_of(names))
    }

    /// Text.
    #[inline(never)]
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, Error> {
        if self.next() != Some(b'"') {
            return Err(Error::new("expected text"));
        }
        self.string()
    }

    /// Yes or no.
    #[inline(never)]
    pub(super) fn truth(&mut self) -> Result<bool, Error> {
        match self.next() {
            Some(b't') => self.word("true").map(|()| true),
            Some(b'f') => self.word("false").map(|()| false),
            _ => Err(Error::new("expected true or false")),
        }
    }

    /// Whether there is nothing: goes behind it then.
    #[inline(never)]
    pub(super) fn is_null(&mut self) -> Result<bool, Error> {
        if self.next() != Some(b'n') {
            return Ok(false);
        }
        self.word("null").map(|()| true)
    }

    /// A whole number.
    #[inline(never)]
    pub(super) fn whole(&mut self) -> Result<Whole, Error> {
        const EXPECTED: &str = "expected a whole number";
        if !matches!(self.next(), Some(b'-' | b'0'..=b'9')) {
            return Err(Error::new(EXPECTED));
        }
        let from = self.at;
        self.number()?;
        let digits = self.all.get(from..self.at).unwrap_or_default();
        let whole = if digits.starts_with('-') {
            let negative = digits.parse().ok().filter(|number| *number != 0);
            negative.map(Whole::Negative)
        } else {
            digits.parse().ok().map(Whole::Natural)
        };
        whole.ok_or_else(|| Error::new(EXPECTED))
    }

    /// Goes behind the next value, whatever it is, and returns how it is written.
    #[inline(never)]
    pub(super) fn skip(&mut self) -> Result<&'a str, Error> {
        let next = self.next();
        let from = self.at;
        match next {
            Some(b'{') => {
                self.open(b'{')?;
                while self.field()? {
                    self.skip()?;
                }
            }
            Some(b'[') => {
                self.open(b'[')?;
                while self.element()? {
                    self.skip()?;
                }
            }
            Some(b'"') => drop(self.string()?),
            Some(b'n') => self.word("null")?,
            Some(b't' | b'f') => drop(self.truth()?),
            _ => self.number()?,
        }
        Ok(self.all.get(from..self.at).unwrap_or_default())
    }

    /// Whether an object or a list ends here; if not, goes behind the comma.
    fn ends(&mut self, bracket: u8) -> Result<bool, Error> {
        let next = self.next();
        if next == Some(bracket) {
            self.step(1);
            self.path.pop();
            return Ok(true);
        }
        if !matches!(self.path.last(), Some(Step::Start)) {
            if next != Some(b',') {
                return Err(self.malformed());
            }
            self.step(1);
        }
        Ok(false)
    }

    fn byte(&self) -> Option<u8> {
        self.all.as_bytes().get(self.at).copied()
    }

    const fn step(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    #[cold]
    #[inline(never)]
    fn malformed(&self) -> Error {
        Error::new(&format!("not JSON from byte {} on", self.at))
    }

    fn word(&mut self, word: &str) -> Result<(), Error> {
        let rest = self.all.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.malformed());
        }
        self.step(word.len());
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Error> {
        let from = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.step(1);
        }
        if self.at == from {
            return Err(self.malformed());
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Error> {
        if self.byte() == Some(b'-') {
            self.step(1);
        }
        match self.byte() {
            Some(b'0') => self.step(1),
            _ => self.digits()?,
        }
        if matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.malformed());
        }
        if self.byte() == Some(b'.') {
            self.step(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.step(1);
            if let Some(b'+' | b'-') = self.byte() {
                self.step(1);
            }
            self.digits()?;
        }
        Ok(())
    }

    /// The text between two quotation marks, of which the first comes next.
    fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        self.step(1);
        let mut unescaped: Option<String> = None;
        loop {
            let from = self.at;
            while !matches!(self.byte(), None | Some(b'"' | b'\\' | ..b' ')) {
                self.step(1);
            }
            let part = self.all.get(from..self.at).unwrap_or_default();
            match self.byte() {
                Some(b'"') => {
                    self.step(1);
                    return Ok(match unescaped {
                        None => Cow::Borrowed(part),
                        Some(text) => Cow::Owned(text + part),
                    });
                }
                Some(b'\\') => {
                    self.step(1);
                    let text = unescaped.get_or_insert_default();
                    text.push_str(part);
                    let escaped = self.escaped();
                    text.push(escaped.ok_or_else(|| self.malformed())?);
                }
                _ => return Err(self.malformed()),
            }
        }
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Option<char> {
        let letter = self.byte()?;
        self.step(1);
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first.into());
                }
                self.word("\\u").ok()?;
                char::decode_utf16([first, self.unit()?]).next()?.ok()?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.all.get(self.at..self.at.saturating_add(4))?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.step(4);
        u16::from_str_radix(digits, 16).ok()
    }
}

/// The number of a name in a list of names.
fn index(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}
