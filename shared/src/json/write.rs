//! What serde derives, written by a serializer that cannot fail.
//!
//! serde_json's may, and so a Worker asks after each of some thousand fields whether it went well. Nothing of ours has a form
//! that JSON cannot hold: here the error is a type without a value, which leaves no question to ask. The text is the one that
//! `serde_json` writes.

#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter, Write as _};

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Writes a value.
pub fn write<T: Serialize + ?Sized>(value: &T) -> String {
    let mut writer = Writer::default();
    writer.value(value);
    writer.into_text()
}

/// What was written so far. Whether a comma is due is seen from its end.
#[derive(Debug, Default)]
pub struct Writer(String);

impl Writer {
    /// Adds a value, where one may stand.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let Ok(()) = value.serialize(self);
    }

    /// Adds what is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.0.push_str(json);
    }

    /// Adds the name of a field, and a comma before it unless it is the first.
    pub fn name(&mut self, name: &str) {
        self.element();
        self.text(name);
        self.0.push(':');
    }

    /// What was written.
    pub fn into_text(self) -> String {
        self.0
    }

    /// A comma, unless a list or an object was just opened.
    fn element(&mut self) {
        if !matches!(self.0.as_bytes().last(), Some(b'[' | b'{')) {
            self.0.push(',');
        }
    }

    fn text(&mut self, text: &str) {
        self.0.push('"');
        let mut rest = text;
        while let Some((plain, more)) = at_escape(rest) {
            self.0.push_str(plain);
            let mut characters = more.chars();
            self.escape(characters.next().unwrap_or_default());
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        self.0.push('"');
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '"' | '\\' => character,
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            _ => return self.display(format_args!("\\u{:04x}", u32::from(character))),
        };
        self.0.push('\\');
        self.0.push(short);
    }

    /// A `String` takes everything.
    fn display(&mut self, what: fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(what);
    }

    /// A number with a fraction; what is none is nothing to JSON.
    fn fraction(&mut self, is_number: bool, digits: fmt::Arguments<'_>) {
        if is_number {
            self.display(digits);
        } else {
            self.raw("null");
        }
    }

    fn open(&mut self, with: char, close: &'static str) -> Parts<'_> {
        self.0.push(with);
        Parts {
            writer: self,
            close,
        }
    }

    fn open_variant(&mut self, name: &str, with: char, close: &'static str) -> Parts<'_> {
        self.0.push('{');
        self.name(name);
        self.open(with, close)
    }
}

/// A text's part before the first character that is not written as it is, and the part from there on.
fn at_escape(text: &str) -> Option<(&str, &str)> {
    let at = text
        .bytes()
        .position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')?;
    text.split_at_checked(at)
}

/// No error at all.
#[derive(Debug)]
pub enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl Error for Never {
    /// Only a type that refuses to be written makes one, and none of ours does.
    fn custom<T: Display>(_: T) -> Self {
        std::process::abort()
    }
}

/// A list or an object that is being written.
#[derive(Debug)]
pub struct Parts<'a> {
    writer: &'a mut Writer,
    close: &'static str,
}

impl Parts<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.writer.element();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Never> {
        self.writer.name(name);
        value.serialize(&mut *self.writer)
    }

    fn finish(self) {
        self.writer.raw(self.close);
    }
}

/// A number, or what is written like one.
macro_rules! as_displayed {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<(), Never> {
            self.display(format_args!("{value}"));
            Ok(())
        }
    )*};
}

/// A number that is written as a wider one.
macro_rules! as_wider {
    ($($method:ident: $type:ty => $wider:ident),*) => {$(
        fn $method(self, value: $type) -> Result<(), Never> {
            self.$wider(value.into())
        }
    )*};
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    as_displayed!(serialize_bool: bool, serialize_i64: i64, serialize_u64: u64, serialize_i128: i128, serialize_u128: u128);
    as_wider!(
        serialize_i8: i8 => serialize_i64, serialize_i16: i16 => serialize_i64, serialize_i32: i32 => serialize_i64,
        serialize_u8: u8 => serialize_u64, serialize_u16: u16 => serialize_u64, serialize_u32: u32 => serialize_u64
    );

    fn serialize_f32(self, value: f32) -> Result<(), Never> {
        self.fraction(value.is_finite(), format_args!("{value:?}"));
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Never> {
        self.fraction(value.is_finite(), format_args!("{value:?}"));
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Never> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Never> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Never> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        self.raw("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Never> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        let mut object = self.open('{', "}");
        object.field(variant, value)?;
        object.finish();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Never> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, Never> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Never> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Never> {
        Ok(self.open_variant(variant, '[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Never> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Never> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, Never> {
        Ok(self.open_variant(variant, '{', "}}"))
    }
}

/// What is a list to JSON.
macro_rules! lists {
    ($($kind:ident: $method:ident),*) => {$(
        impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                self.add(value)
            }

            fn end(self) -> Result<(), Never> {
                self.finish();
                Ok(())
            }
        }
    )*};
}

/// What is an object to JSON.
macro_rules! objects {
    ($($kind:ident),*) => {$(
        impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Never> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Never> {
                self.finish();
                Ok(())
            }
        }
    )*};
}

lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);
objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Never;

    /// A name is text, also where it is a number.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        self.writer.element();
        let name = write(key);
        if name.starts_with('"') {
            self.writer.raw(&name);
            return Ok(());
        }
        self.writer.text(&name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.writer.raw(":");
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Never> {
        self.finish();
        Ok(())
    }
}
