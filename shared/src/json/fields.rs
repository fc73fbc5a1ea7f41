//! A JSON object whose fields are still text, each there once.

use super::error::Error;
use super::text::Text;
use super::write::Writer;

/// Fields of an object, at most: each is compared with all before it.
const FIELDS_MAX: usize = 100;

/// Fields in the order in which they came. An object that says something twice is refused: it may mean something else than
/// what was understood.
#[derive(Debug)]
pub struct Fields<'a>(Vec<(String, &'a str)>);

impl<'a> Fields<'a> {
    /// The fields of a text that is an object.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        let mut text = Text::new(text);
        let read = read(&mut text).map_err(|error| text.located(error))?;
        text.finish()?;
        Ok(Self(read))
    }

    /// Takes a field out, as it was written.
    pub fn take(&mut self, name: &str) -> Option<&'a str> {
        let index = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.remove(index).1)
    }

    /// Sets a field, before the first whose name is greater: what was in their order stays so.
    pub fn set(&mut self, name: &str, value: &'a str) {
        self.0.retain(|(known, _)| known != name);
        let after = |(known, _): &(String, &str)| known.as_str() > name;
        let at = self.0.iter().position(after).unwrap_or(self.0.len());
        self.0.insert(at, (name.to_owned(), value));
    }

    /// What is left, as an object again.
    pub fn into_json(self) -> String {
        let mut object = Writer::default();
        object.raw("{");
        for (name, value) in self.0 {
            object.name(&name);
            object.raw(value);
        }
        object.raw("}");
        object.into_text()
    }
}

fn read<'a>(text: &mut Text<'a>) -> Result<Vec<(String, &'a str)>, Error> {
    let mut fields: Vec<(String, &'a str)> = Vec::new();
    text.open(b'{')?;
    while text.field()? {
        if fields.len() >= FIELDS_MAX {
            return Err(Error::new("more fields than anything has"));
        }
        let name = text.name().to_owned();
        if fields.iter().any(|(known, _)| *known == name) {
            return Err(Error::new("duplicate field"));
        }
        fields.push((name, text.skip()?));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn an_object_of_thousands_of_fields_is_refused() {
        let object = |fields: usize| {
            let fields: Vec<String> = (0..fields).map(|at| format!("\"f{at}\":1")).collect();
            format!("{{{}}}", fields.join(","))
        };
        assert!(Fields::parse(&object(100)).is_ok());
        assert!(Fields::parse(&object(101)).is_err());
    }

    #[test]
    fn a_field_that_comes_twice_is_refused() {
        assert!(Fields::parse(r#"{"a":1,"\u0061":1}"#).is_err());
    }

    #[test]
    fn what_is_left_is_the_same_text() {
        let mut fields =
            Fields::parse(r#" {"a" : 1.50 , "b\"":{"c":1,"c":2}, "d": [ 1e9 ]} "#).expect("fields");
        assert_eq!(fields.take("a"), Some("1.50"));
        assert_eq!(fields.take("a"), None);
        assert_eq!(fields.into_json(), r#"{"b\"":{"c":1,"c":2},"d":[ 1e9 ]}"#);
    }

    #[test]
    fn a_field_is_set_where_the_order_of_the_names_has_it() {
        let with = |object: &str| {
            let mut fields = Fields::parse(object).expect("fields");
            fields.set("by", "7");
            fields.into_json()
        };
        assert_eq!(with("{}"), r#"{"by":7}"#);
        assert_eq!(with(r#"{"a":1,"c":2}"#), r#"{"a":1,"by":7,"c":2}"#);
        assert_eq!(with(r#"{"a":1,"by":2}"#), r#"{"a":1,"by":7}"#);
    }

    #[test]
    fn anything_but_an_object_alone_is_refused() {
        for text in ["", "[]", "{} {}", "{\"a\"}", "{\"a\":}", "null"] {
            assert!(Fields::parse(text).is_err(), "{text}");
        }
    }
}
