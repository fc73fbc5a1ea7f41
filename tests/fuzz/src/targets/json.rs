//! The JSON reader itself, beside somebody else's.

use std::collections::BTreeMap;
use std::fmt::Debug;

use goodword_shared::json::{Fields, Read, parse};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{Form, Target};
use crate::verdict::{Class, Verdict, Violation, holds, same};

const WORDS: &[&str] = &[
    "{\"a\":1,\"b\":{\"a\":true}}",
    "\"a\":",
    "\"b\":",
    "\"c\":",
    "\"\\u0061\":",
    "[1,2]",
    "[null]",
    "[true,\"x\"]",
    "true",
    "false",
    "null",
    "0.0",
    "1e400",
    "-0",
    "01",
    "\"\\u12",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\\/",
    "\\b\\f",
    "\"alone\"",
    "{\"inside\":1}",
    "{\"pair\":[1,\"x\"]}",
    "{\"named\":{\"a\":1}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"x\":{\"x\":{\"x\":{\"x\":{\"x\":",
    ",",
    "nul",
    "\u{a0}",
];

pub(super) const READER: Target = Target::text("json_reader", reader).with(WORDS).like(Form::Text(
    "[ \t]?(\\{(\"[abcx]\" ?: ?(-?[0-9]{1,20}|\"[a-zé\\\\\"]{0,5}\"|null|true|\\[[0-9,]{0,5}\\]),?){0,4}\\}|\\[(-?[0-9.eE+]{1,9},?){0,4}\\]|\"[ -~]{0,9}\")[ ,]?",
));
pub(super) const FIELDS: Target = Target::text("json_fields", fields)
    .with(WORDS)
    .like(Form::Text(
        "\\{(\"[a-z]{1,2}\":( ?[0-9]{1,3}|\"[a-z]{0,4}\"|\\[\\]|\\{\"a\":1\\}),?){0,6}\\}",
    ));

#[derive(Debug, PartialEq, Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: i64,
    b: Option<u8>,
    #[serde(default)]
    c: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize, Read)]
struct Loose {
    a: Option<bool>,
    b: Option<Box<Loose>>,
    c: Option<BTreeMap<String, u64>>,
    d: Option<Word>,
}

#[derive(Debug, PartialEq, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
enum Word {
    Alone,
    Inside(i64),
    Pair((i64, String)),
    Named { a: i64 },
}

fn reader(text: &str) -> Verdict {
    // In somebody else's hands a struct may come from a list of its fields; here never.
    let lists = text.contains('[');
    let mut read = [
        agree::<Option<bool>>(text)?,
        agree::<Vec<i64>>(text)?,
        agree::<String>(text)?,
        agree::<u8>(text)?,
        agree::<BTreeMap<String, Option<String>>>(text)?,
        agree::<Vec<Vec<Option<String>>>>(text)?,
        false,
        false,
        false,
    ];
    if lists {
        let strict = parse::<Strict>(text).ok();
        let theirs = strict.is_none() || serde_json::from_str::<Strict>(text).ok() == strict;
        holds("what is accepted is read alike by others", theirs, || {
            format!("{strict:?}")
        })?;
        let loose = parse::<Loose>(text).ok();
        // What is skipped may be nested deeper there, and never here.
        let theirs = loose.is_none() || serde_json::from_str::<Loose>(text).ok() == loose;
        holds("what is accepted is read alike by others", theirs, || {
            format!("{loose:?}")
        })?;
    } else {
        read[6] = agree::<Strict>(text)?;
        read[7] = one_way::<Loose>(text)?;
        read[8] = agree::<Word>(text)?;
    }
    Ok(Class::Owned(format!("{read:?}")))
}

fn agree<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) -> Result<bool, Violation> {
    let (ours, theirs) = (parse::<T>(text), serde_json::from_str::<T>(text).ok());
    same(
        "both readers read the same",
        &ours.as_ref().ok(),
        &theirs.as_ref(),
    )?;
    if let Err(error) = &ours {
        let told = error.to_string();
        let short = told.len() < 600 && !told.chars().any(char::is_control);
        holds("an error can be shown", short, || told.clone())?;
    }
    Ok(theirs.is_some())
}

/// Fields that are skipped are held to more here than there.
fn one_way<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) -> Result<bool, Violation> {
    let Ok(ours) = parse::<T>(text) else {
        return Ok(false);
    };
    let theirs = serde_json::from_str::<T>(text).ok();
    same(
        "what is accepted is read alike by others",
        &theirs.as_ref(),
        &Some(&ours),
    )?;
    Ok(true)
}

fn fields(text: &str) -> Verdict {
    let theirs = serde_json::from_str::<Value>(text);
    let Ok(fields) = Fields::parse(text) else {
        // Refused by this reader alone: too many fields, or one twice, which the other takes for one.
        if let Ok(Value::Object(object)) = &theirs {
            let written = serde_json::to_string(object).unwrap_or_default();
            let known = object.len() > 100 || Fields::parse(&written).is_ok();
            holds(
                "only repeated and numerous fields are refused",
                known,
                || written.clone(),
            )?;
        }
        return Ok(if theirs.is_ok() {
            "refused here"
        } else {
            "refused"
        }
        .into());
    };
    let well_formed = serde_json::from_str::<IgnoredAny>(text);
    holds(
        "what is accepted is JSON to others too",
        well_formed.is_ok(),
        || text.into(),
    )?;
    let written = fields.into_json();
    let again = Fields::parse(&written).map(Fields::into_json).ok();
    same(
        "what is left is the same text",
        &again.as_ref(),
        &Some(&written),
    )?;
    if let Ok(theirs) = theirs {
        let read = serde_json::from_str::<Value>(&written).ok();
        same("what is left says the same", &read.as_ref(), &Some(&theirs))?;
        for (name, value) in theirs.as_object().into_iter().flatten().take(3) {
            let taken = Fields::parse(text)
                .ok()
                .and_then(|mut fields| fields.take(name));
            let taken = taken.and_then(|text| serde_json::from_str::<Value>(text).ok());
            same(
                "a field is taken as it was written",
                &taken.as_ref(),
                &Some(value),
            )?;
        }
    }
    Ok("accepted".into())
}
