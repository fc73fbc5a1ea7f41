//! What holds for every body that is an object of known fields.

use std::fmt::Debug;

use serde_json::Value;

use crate::verdict::{Violation, holds, same};

/// Checks a body that was accepted, given how it is read.
pub(super) fn is_strict<T: PartialEq + Debug>(
    body: &str,
    accepted: &T,
    read: impl Fn(&str) -> Option<T>,
) -> Result<(), Violation> {
    let parsed = serde_json::from_str::<Value>(body);
    holds(
        "what is accepted is JSON to others too",
        parsed.is_ok(),
        || format!("{parsed:?}"),
    )?;
    let value = parsed.unwrap_or_default();
    let object = value.as_object();
    holds("what is accepted is an object", object.is_some(), || {
        body.to_owned()
    })?;
    let inner = body.trim_start().strip_prefix('{').unwrap_or_default();
    let comma = if object.is_some_and(serde_json::Map::is_empty) {
        ""
    } else {
        ","
    };
    let unknown = format!("{{\"zz\":0{comma}{inner}");
    holds(
        "a field that nobody knows is refused",
        read(&unknown).is_none(),
        || unknown.clone(),
    )?;
    if let Some((name, value)) = object.and_then(|object| object.iter().next()) {
        let name = Value::from(name.as_str());
        let twice = format!("{{{name}:{value}{comma}{inner}");
        holds(
            "a field that comes twice is refused",
            read(&twice).is_none(),
            || twice.clone(),
        )?;
    }
    // Written as others write it: other white space, order and escapes. A `-0` becomes a fraction in their hands.
    if !has_fraction(&value) {
        let written = value.to_string();
        same(
            "what is written anew is read as the same",
            &read(&written).as_ref(),
            &Some(accepted),
        )?;
    }
    Ok(())
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        _ => false,
    }
}
