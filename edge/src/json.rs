//! JSON objects of ours, written as text at once: building a tree of each only to write it would cost twice the code.
//!
//! Their keys are sorted, which the compiler checks: the activity log hashes what it stores, and whoever audits an export
//! writes it again in that form.

use serde::Serialize;

/// An object, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Json(pub(crate) String);

/// What may stand in an object: whatever serde writes, and objects.
pub(crate) trait Field {
    /// Writes it. Nothing of ours has a form that JSON cannot hold; it would be null.
    fn write(&self, out: &mut Vec<u8>);
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
    fn write(&self, out: &mut Vec<u8>) {
        let length = out.len();
        if serde_json::to_writer(&mut *out, self).is_err() {
            out.truncate(length);
            out.extend_from_slice(b"null");
        }
    }
}

impl Field for Json {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }
}

/// The text of anything.
pub(crate) fn text(field: &dyn Field) -> String {
    let mut out = Vec::new();
    field.write(&mut out);
    finished(out)
}

/// A list of these.
pub(crate) fn list(all: &[Json]) -> Json {
    let all: Vec<&str> = all.iter().map(|Json(text)| text.as_str()).collect();
    Json(format!("[{}]", all.join(",")))
}

/// An object of these fields, for [`object!`](object).
pub(crate) fn written(fields: &[(&str, &dyn Field)]) -> Json {
    let mut out = Vec::new();
    let mut before = b'{';
    for (name, value) in fields {
        out.push(before);
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        value.write(&mut out);
        before = b',';
    }
    if fields.is_empty() {
        out.push(b'{');
    }
    out.push(b'}');
    Json(finished(out))
}

/// What is written is text.
fn finished(out: Vec<u8>) -> String {
    String::from_utf8(out).unwrap_or_default()
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
