//! How a type asks for what it wants.
//!
//! Whatever is asked for is given: a reader that has met an error gives out stand-ins from there on, and tells at the end. So
//! no type's reader has to ask whether it went well.

use std::borrow::Cow;
use std::fmt::Display;

use super::error::Error;
use super::places::Places;
use super::read::Read;
use super::text::{Text, Whole};

/// A text that is being read.
pub struct Reader<'a> {
    text: Text<'a>,
    /// What is wrong with it: the first thing that was found.
    error: Option<Error>,
}

/// A variant of an enum: its name alone, or an object with its name and what it holds.
pub struct Variant {
    /// Which one, in the order in which the type lists them.
    pub index: usize,
    holds_value: bool,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        let text = Text::new(text);
        Self { text, error: None }
    }

    /// What is wrong with the text, of which all was read.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        match self.error {
            None => self.text.finish(),
            Some(error) => Err(error),
        }
    }

    /// What was read cannot be. Only the first error is told.
    #[cold]
    #[inline(never)]
    pub fn refuse(&mut self, why: &dyn Display) {
        self.fail(Error::new(&why.to_string()));
    }

    /// What was checked, or else the error and this in its stead.
    pub fn checked<T, E: Display>(&mut self, checked: Result<T, E>, stand_in: fn() -> T) -> T {
        checked.unwrap_or_else(|error| {
            self.refuse(&error);
            stand_in()
        })
    }

    #[cold]
    #[inline(never)]
    fn fail(&mut self, error: Error) {
        if self.error.is_none() {
            self.error = Some(self.text.located(error));
        }
    }

    /// What the text says, as long as nothing is wrong with it.
    fn ask<T: Default>(&mut self, read: impl FnOnce(&mut Text<'a>) -> Result<T, Error>) -> T {
        if self.error.is_some() {
            return T::default();
        }
        read(&mut self.text).unwrap_or_else(|error| {
            self.fail(error);
            T::default()
        })
    }

    /// Text.
    #[inline(never)]
    pub fn text(&mut self) -> String {
        self.ask(|text| text.text().map(Cow::into_owned))
    }

    /// Yes or no.
    #[inline(never)]
    pub fn truth(&mut self) -> bool {
        self.ask(Text::truth)
    }

    /// Whether there is nothing: goes behind it then.
    #[inline(never)]
    pub fn is_null(&mut self) -> bool {
        self.error.is_some() || self.ask(Text::is_null)
    }

    /// The first byte of what comes next.
    pub fn peek(&mut self) -> Option<u8> {
        self.ask(|text| Ok(text.next()))
    }

    /// A whole number, zero or more.
    #[inline(never)]
    pub fn natural(&mut self, most: u64) -> u64 {
        match self.whole() {
            Whole::Natural(number) if number <= most => number,
            _ => self.out_of_range(),
        }
    }

    /// A whole number.
    #[inline(never)]
    pub fn integer(&mut self) -> i64 {
        let whole = match self.whole() {
            Whole::Natural(number) => i64::try_from(number).ok(),
            Whole::Negative(number) => Some(number),
        };
        whole.unwrap_or_else(|| self.out_of_range())
    }

    pub(super) fn whole(&mut self) -> Whole {
        self.ask(Text::whole)
    }

    #[cold]
    fn out_of_range<T: Default>(&mut self) -> T {
        self.refuse(&"out of range");
        T::default()
    }

    /// Opens a list, if one comes.
    #[inline(never)]
    pub fn list(&mut self) {
        self.ask(|text| text.open(b'['));
    }

    /// Goes to the next element of a list, or behind its end.
    #[inline(never)]
    pub fn element(&mut self) -> bool {
        self.ask(Text::element)
    }

    /// The next element of a list that has another one.
    pub fn item<T: Read>(&mut self) -> T {
        if !self.element() {
            self.refuse(&"expected a list of another length");
        }
        T::read(self)
    }

    /// Goes behind a list that has no other element.
    #[inline(never)]
    pub fn leave_list(&mut self) {
        self.ask(|text| text.close(0, b']'));
    }

    /// Opens an object whose names are data.
    #[inline(never)]
    pub(super) fn map(&mut self) {
        self.ask(|text| text.open(b'{'));
    }

    /// Goes to the next field of such an object, and returns its name; nothing behind its end.
    #[inline(never)]
    pub(super) fn name(&mut self) -> Option<String> {
        self.ask(|text| Ok(text.field()?.then(|| text.name().to_owned())))
    }

    /// Goes behind the next value, whatever it is.
    #[inline(never)]
    pub fn skip(&mut self) {
        self.ask(|text| text.skip().map(drop));
    }

    /// The next value as it is written.
    pub fn raw(&mut self) -> String {
        self.ask(|text| text.skip().map(str::to_owned))
    }

    /// Finds the fields of an object; an open one may have others.
    #[inline(never)]
    pub fn object(&mut self, names: &'static [&'static str], is_open: bool) -> Places {
        self.ask(|text| text.fields_of(names, is_open))
    }

    /// The next of these fields.
    pub fn field<T: Read>(&mut self, places: &mut Places) -> T {
        if self.goes_to_next(places) {
            return T::read(self);
        }
        T::absent().unwrap_or_else(|| {
            self.miss(places);
            T::read(self)
        })
    }

    /// The next of these fields, or what is usual when it is not there.
    pub fn field_or<T: Read>(&mut self, places: &mut Places, usual: T) -> T {
        if self.goes_to_next(places) {
            return T::read(self);
        }
        usual
    }

    /// The next of these fields, which may be absent and may not be null.
    pub fn present<T: Read>(&mut self, places: &mut Places) -> Option<T> {
        self.goes_to_next(places).then(|| T::read(self))
    }

    #[inline(never)]
    fn goes_to_next(&mut self, places: &mut Places) -> bool {
        self.ask(|text| Ok(text.go_to_next(places)))
    }

    #[cold]
    #[inline(never)]
    fn miss(&mut self, places: &Places) {
        if self.error.is_none() {
            self.text.step_out();
            self.fail(Error::missing(places.last()));
        }
    }

    /// Goes behind an object all of whose fields were read.
    #[inline(never)]
    pub fn leave(&mut self, places: &Places) {
        self.ask(|text| {
            text.leave(places);
            Ok(())
        });
    }

    /// The variant that comes next.
    #[inline(never)]
    pub fn variant(&mut self, names: &'static [&'static str]) -> Variant {
        let depth = self.text.depth();
        let (index, holds_value) = self.ask(|text| text.variant_of(names));
        Variant {
            index,
            holds_value,
            depth,
        }
    }

    /// This variant comes with a value, which comes next.
    #[inline(never)]
    pub fn holds_value(&mut self, variant: &Variant) {
        if !variant.holds_value {
            self.refuse(&"expected an object with this name and a value");
        }
    }

    /// This variant comes alone, or with null.
    #[inline(never)]
    pub fn holds_nothing(&mut self, variant: &Variant) {
        if variant.holds_value && !self.is_null() {
            self.refuse(&"expected null");
        }
    }

    /// Goes behind a variant.
    #[inline(never)]
    pub fn leave_variant(&mut self, variant: &Variant) {
        self.ask(|text| text.close(variant.depth, b'}'));
    }

    /// The number of one of these words.
    #[inline(never)]
    pub fn word(&mut self, words: &'static [&'static str]) -> usize {
        let variant = self.variant(words);
        self.holds_nothing(&variant);
        self.leave_variant(&variant);
        variant.index
    }
}
