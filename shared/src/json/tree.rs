//! Any JSON, read whole: for what others send, of which a few values are wanted and most are not known.
//!
//! Numbers stay as they are written, so that an amount with a fraction is read as a decimal and never as a float. Whatever is
//! not there is [`Tree::Null`], as deep as one asks.

use super::error::Error;
use super::text::Text;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Nothing, or not there.
    Null,
    /// Yes or no.
    Truth(bool),
    /// A number as it is written.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object. Of fields with one name the last counts, as for the readers of the web.
    Object(Vec<(String, Self)>),
}

/// What is not there.
static NULL: Tree = Tree::Null;

impl Tree {
    /// Reads a text that holds one value and nothing else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut text = Text::new(text);
        let tree = read(&mut text).map_err(|error| text.located(error))?;
        text.finish()?;
        Ok(tree)
    }

    /// The value at a path of names, such as `data.object.id`.
    pub fn at(&self, path: &str) -> &Self {
        path.split('.').fold(self, |tree, name| match tree {
            Self::Object(fields) => {
                let mut fields = fields.iter().rev();
                let found = fields.find(|(field, _)| field == name);
                found.map_or(&NULL, |(_, value)| value)
            }
            _ => &NULL,
        })
    }

    /// The elements of a list; of anything else none.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// Text that is not empty, or a number as it is written: ids are either, and so are amounts.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether it is `true`.
    pub const fn is_true(&self) -> bool {
        matches!(self, Self::Truth(true))
    }
}

fn read(text: &mut Text<'_>) -> Result<Tree, Error> {
    Ok(match text.next() {
        Some(b'{') => {
            text.open(b'{')?;
            let mut fields = Vec::new();
            while text.field()? {
                let name = text.name().to_owned();
                fields.push((name, read(text)?));
            }
            Tree::Object(fields)
        }
        Some(b'[') => {
            text.open(b'[')?;
            let mut elements = Vec::new();
            while text.element()? {
                elements.push(read(text)?);
            }
            Tree::List(elements)
        }
        Some(b'"') => Tree::Text(text.text()?.into_owned()),
        Some(b't' | b'f') => Tree::Truth(text.truth()?),
        Some(b'n') => {
            text.skip()?;
            Tree::Null
        }
        _ => Tree::Number(text.skip()?.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_oneof};
    use proptest::proptest;

    use super::Tree;

    #[test]
    fn values_are_found_by_their_path_and_what_is_not_there_is_nothing() {
        let tree =
            Tree::parse(r#"{"a":{"b":[{"c":"x"},{"c":1.50}]},"a2":null,"e":""}"#).expect("a tree");
        let listed = tree.at("a.b").elements();
        assert_eq!(listed[0].at("c").word(), Some("x"));
        assert_eq!(listed[1].at("c").word(), Some("1.50"));
        for nothing in ["a2", "a.z.y", "e", "a.b.c", ""] {
            assert_eq!(tree.at(nothing).word(), None, "{nothing}");
        }
        assert!(tree.at("a").elements().is_empty());
    }

    #[test]
    fn of_fields_with_one_name_the_last_counts() {
        let tree = Tree::parse(r#"{"a":1,"\u0061":2}"#).expect("a tree");
        assert_eq!(tree.at("a").word(), Some("2"));
    }

    #[test]
    fn what_is_nested_too_deeply_or_no_json_is_refused() {
        for bad in [
            "",
            "{",
            "[1,]",
            "{} 1",
            "nul",
            "01",
            "\"\u{1}\"",
            &"[".repeat(100_000),
        ] {
            assert!(Tree::parse(bad).is_err(), "{bad:.20}");
        }
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<String>().prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn is_same(tree: &Tree, value: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (tree, value) {
            (Tree::Null, Value::Null) => true,
            (Tree::Truth(one), Value::Bool(other)) => one == other,
            (Tree::Number(one), Value::Number(other)) => *one == other.to_string(),
            (Tree::Text(one), Value::String(other)) => one == other,
            (Tree::List(ones), Value::Array(others)) => {
                ones.len() == others.len()
                    && ones
                        .iter()
                        .zip(others)
                        .all(|(one, other)| is_same(one, other))
            }
            (Tree::Object(ones), Value::Object(others)) => {
                ones.len() == others.len()
                    && ones.iter().all(|(name, one)| {
                        others.get(name).is_some_and(|other| is_same(one, other))
                    })
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_tree_holds_what_serde_json_wrote(value in values()) {
            let tree = Tree::parse(&value.to_string()).expect("JSON");
            assert!(is_same(&tree, &value), "{value}");
        }
    }
}
