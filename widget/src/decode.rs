//! JSON that the browser has parsed, read into typed values by serde.
//!
//! The browser's parser is there for nothing, and it is the faster one. A parser of our own in WebAssembly costs 18 KB of
//! brotli, most of it for error messages that nobody would read and for floating-point numbers that no answer has. So
//! answers are walked as values of the engine, and every mistake in them is the same mistake: [`Malformed`].

use std::fmt::{self, Display, Formatter};
use std::slice::Iter;

use serde::de::{self, DeserializeSeed, Expected, SeqAccess, Unexpected, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A value is not what was agreed on.
#[derive(Debug)]
pub(crate) struct Malformed;

/// Reads one value of the engine.
pub(crate) struct Decoder(JsValue);

impl Decoder {
    pub(crate) fn new(value: JsValue) -> Self {
        Self(value)
    }

    fn number(&self) -> Result<f64, Malformed> {
        self.0.as_f64().ok_or(Malformed)
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn field(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn item(list: &JsValue, at: u32) -> Result<JsValue, JsValue>;
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a saturated number is as wrong as any other, and never dangerous here"
)]
impl<'de> Deserializer<'de> for Decoder {
    type Error = Malformed;

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_bool(self.0.as_bool().ok_or(Malformed)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.number()? as i64)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u32(self.number()? as u32)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_string(self.0.as_string().ok_or(Malformed)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_seq(Items {
            list: self.0,
            at: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_seq(Fields {
            object: self.0,
            left: fields.iter(),
        })
    }

    // No wire type has any of these.
    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        map enum identifier ignored_any
    }
}

/// The fields that the type knows, in its order: what else an answer has costs nothing, and neither do comparisons of names.
struct Fields {
    object: JsValue,
    left: Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Malformed> {
        let name = self.left.next().ok_or(Malformed)?;
        let value = field(&self.object, name).map_err(|_| Malformed)?;
        // A field that is missing is undefined, which is nothing to those that are optional.
        seed.deserialize(Decoder(value)).map(Some)
    }
}

struct Items {
    list: JsValue,
    at: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Malformed> {
        // A list with nothing in it may have been left out.
        if self.list.is_undefined() {
            return Ok(None);
        }
        let value = item(&self.list, self.at).map_err(|_| Malformed)?;
        if value.is_undefined() {
            return Ok(None);
        }
        self.at = self.at.saturating_add(1);
        seed.deserialize(Decoder(value)).map(Some)
    }
}

// Every kind of mistake is answered without looking at it: the default implementations would format a message.
impl de::Error for Malformed {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl Display for Malformed {
    fn fmt(&self, _: &mut Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Malformed {}
