//! A JSON object whose fields are still text, each there once.
//!
//! Reading an object into an ordinary map would let the last of two equal fields win in silence; what a body says twice
//! may mean something else than what was understood.

use std::fmt;

use serde::Deserialize;
use serde::de::{Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Fields in the order in which they came.
pub(crate) struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Takes a field out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let index = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.remove(index).1)
    }

    /// What is left, as an object again.
    pub(crate) fn into_json(self) -> String {
        let fields: Vec<String> = self
            .0
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", serde_json::Value::String(name)))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("duplicate field"));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn a_field_that_comes_twice_is_refused() {
        assert!(serde_json::from_str::<Fields>(r#"{"a":1,"a":1}"#).is_err());
    }

    #[test]
    fn what_is_left_is_the_same_text() {
        let mut fields: Fields =
            serde_json::from_str(r#"{"a":1,"b":{"c":1,"c":2}}"#).expect("fields");
        assert_eq!(
            fields.take("a").map(|value| value.get().to_owned()),
            Some("1".into())
        );
        assert_eq!(fields.into_json(), r#"{"b":{"c":1,"c":2}}"#);
    }
}
