//! JSON objects of ours, written as text at once: building a tree of each only to write it would cost twice the code.
//!
//! Their keys are sorted, which the compiler checks: the activity log hashes what it stores, and whoever audits an export
//! writes it again in that form.

use goodword_shared::json::Writer;
use serde::Serialize;

/// An object, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Json(pub(crate) String);

/// What may stand in an object: whatever serde writes, and objects.
pub(crate) trait Field {
    /// Writes it.
    fn write(&self, writer: &mut Writer);
}

/// `object!({ "name": value, ... })`, in the order of the names.
macro_rules! object {
    ({ $($name:literal : $value:expr),* $(,)? }) => {{
        const _: () = assert!($crate::json::ascend(&[$($name),*]), "names are sorted");
        $crate::json::written(&[$(($name, &$value as &dyn $crate::json::Field)),*])
    }};
}
pub(crate) use object;

impl<T: Serialize> Field for T {
    fn write(&self, writer: &mut Writer) {
        writer.value(self);
    }
}

impl Field for Json {
    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }
}

/// The text of anything.
pub(crate) fn text(field: &dyn Field) -> String {
    let mut writer = Writer::default();
    field.write(&mut writer);
    writer.into_text()
}

/// A list of these.
pub(crate) fn list(all: &[Json]) -> Json {
    let all: Vec<&str> = all.iter().map(|Json(text)| text.as_str()).collect();
    Json(format!("[{}]", all.join(",")))
}

/// An object of these fields, for [`object!`](object).
pub(crate) fn written(fields: &[(&str, &dyn Field)]) -> Json {
    let mut writer = Writer::default();
    writer.raw("{");
    for (name, value) in fields {
        writer.name(name);
        value.write(&mut writer);
    }
    writer.raw("}");
    Json(writer.into_text())
}

/// Whether names are in their order, each once.
pub(crate) const fn ascend(names: &[&str]) -> bool {
    let mut rest = names;
    while let [one, tail @ ..] = rest {
        if let [next, ..] = tail
            && !comes_before(one.as_bytes(), next.as_bytes())
        {
            return false;
        }
        rest = tail;
    }
    true
}

const fn comes_before(mut one: &[u8], mut other: &[u8]) -> bool {
    loop {
        match (one, other) {
            (_, []) => return false,
            ([], _) => return true,
            ([a, one_rest @ ..], [b, other_rest @ ..]) => {
                if *a != *b {
                    return *a < *b;
                }
                (one, other) = (one_rest, other_rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Json, ascend, list, text};

    #[test]
    fn an_object_is_what_a_tree_of_it_would_be_written_as() {
        let none: Option<&str> = None;
        let written = object!({
            "a": "\"quoted\"\n", "b": 7, "list": list(&[object!({}), object!({ "x": true })]), "none": none,
            "one": object!({ "deep": [1, 2] }),
        });
        let tree = json!({
            "a": "\"quoted\"\n", "b": 7, "list": [{}, { "x": true }], "none": null, "one": { "deep": [1, 2] },
        });
        assert_eq!(written, Json(tree.to_string()));
        assert_eq!(list(&[]), Json("[]".into()));
        assert_eq!(text(&vec!["a"]), r#"["a"]"#);
    }

    #[test]
    fn names_that_are_not_sorted_do_not_compile() {
        assert!(ascend(&[]) && ascend(&["a"]) && ascend(&["a", "ab", "b"]));
        assert!(!ascend(&["b", "a"]) && !ascend(&["a", "a"]) && !ascend(&["ab", "a"]));
    }
}
